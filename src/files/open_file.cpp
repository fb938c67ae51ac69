#include "files/open_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <system_error>

namespace busbar::files {

Descriptor::~Descriptor() {
    if (number_ >= 0) ::close(number_);
}

Error system_error(const std::string& what) { return {what + ": " + std::generic_category().message(errno)}; }

Result<Descriptor> open_folder(const std::string& path) {
    Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return tl::make_unexpected(system_error(path));
    return folder;
}

FileState FileState::of(const struct stat& found) {
    return {found.st_dev, found.st_ino, static_cast<std::uint64_t>(found.st_size), found.st_mtim.tv_sec,
            found.st_mtim.tv_nsec};
}

UtcTime FileState::modified() const {
    return UtcTime(std::chrono::seconds(modified_s) +
                   std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::nanoseconds(modified_ns)));
}

Result<OpenFile> OpenFile::open(const Descriptor& folder, const std::string& name) {
    // A pipe must not keep us waiting for its writer.
    Descriptor file(::openat(folder.number(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file) return tl::make_unexpected(system_error("cannot be opened"));
    struct stat found {};
    if (::fstat(file.number(), &found) != 0) return tl::make_unexpected(system_error("cannot be looked at"));
    if (!S_ISREG(found.st_mode)) return fail("is not a regular file");
    return OpenFile(std::move(file), FileState::of(found));
}

Result<void> OpenFile::read(std::uint64_t offset, std::span<Octet> out) const {
    for (std::size_t done = 0; done < out.size();) {
        const auto read =
            ::pread(file_.number(), out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
        if (read < 0 && errno == EINTR) continue;
        if (read < 0) return tl::make_unexpected(system_error("cannot be read"));
        if (read == 0) return fail("has become shorter");
        done += static_cast<std::size_t>(read);
    }
    // Looked at afterwards, so that nothing that was written meanwhile goes unnoticed.
    struct stat found {};
    if (::fstat(file_.number(), &found) != 0) return tl::make_unexpected(system_error("cannot be looked at"));
    if (FileState::of(found) != state_) return fail("has changed");
    return {};
}

}  // namespace busbar::files
