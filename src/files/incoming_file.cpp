#include "files/incoming_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "files/file_name.hpp"

namespace busbar::files {

namespace {

std::string temporary_name(const std::string& name) { return "." + name + ".part"; }

}  // namespace

IncomingFile::IncomingFile(Descriptor folder, Descriptor file, std::string name)
    : folder_(std::move(folder)), file_(std::move(file)), name_(std::move(name)), temporary_(temporary_name(name_)) {}

Result<IncomingFile> IncomingFile::create(const std::string& folder, const std::string& name) {
    if (!is_plain_name(name)) return fail("\"" + printable(name) + "\" is not a file name without a folder");
    auto opened = open_folder(folder);
    if (!opened) return tl::make_unexpected(opened.error());
    const auto temporary = temporary_name(name);
    ::unlinkat(opened->number(), temporary.c_str(), 0);  // of a process that was killed
    constexpr mode_t mode = 0640;
    Descriptor file(
        ::openat(opened->number(), temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
    if (!file) return tl::make_unexpected(system_error(folder));
    return IncomingFile(std::move(*opened), std::move(file), name);
}

IncomingFile::~IncomingFile() {
    if (file_) ::unlinkat(folder_.number(), temporary_.c_str(), 0);
}

Result<void> IncomingFile::write(std::uint64_t offset, Octets octets) {
    while (!octets.empty()) {
        const auto written = ::pwrite(file_.number(), octets.data(), octets.size(), static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return tl::make_unexpected(system_error("cannot be written"));
        offset += static_cast<std::uint64_t>(written);
        octets = octets.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

Result<void> IncomingFile::finish(std::uint64_t length) {
    const bool stored = ::ftruncate(file_.number(), static_cast<off_t>(length)) == 0 && ::fsync(file_.number()) == 0 &&
                        ::renameat(folder_.number(), temporary_.c_str(), folder_.number(), name_.c_str()) == 0;
    if (!stored) return tl::make_unexpected(system_error("cannot be stored"));
    const Descriptor done = std::exchange(file_, Descriptor());
    if (::fsync(folder_.number()) != 0) return tl::make_unexpected(system_error("cannot be stored"));
    return {};
}

}  // namespace busbar::files
