#include "manage/data_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

namespace busbar::manage {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void refuse_folder(const fs::path& path, const std::string& why) {
    throw std::runtime_error(fmt::format("--data {}: {}", path.string(), why));
}

/// Who holds the lock wrote his process id into the file.
std::string holder(int lock) {
    std::array<char, 32> text{};
    const ssize_t size = pread(lock, text.data(), text.size(), 0);
    const std::string_view pid(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    return fmt::format("another busbar works in it (process {})", pid.substr(0, pid.find('\n')));
}

}  // namespace

DataFolder::DataFolder(fs::path path) : path_(std::move(path)) {
    std::error_code error;
    for (const auto& folder : {path_, run(), units()}) {
        fs::create_directories(folder, error);
        if (error) refuse_folder(path_, error.message());
    }
    fs::permissions(path_, fs::perms::owner_all, error);
    if (error) refuse_folder(path_, error.message());
    const auto file = path_ / "lock";
    lock_ = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock_ < 0) refuse_folder(path_, std::strerror(errno));
    if (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
        const std::string why = errno == EWOULDBLOCK ? holder(lock_) : std::strerror(errno);
        close(lock_);
        refuse_folder(path_, why);
    }
    const std::string pid = fmt::format("{}\n", getpid());
    if (ftruncate(lock_, 0) != 0 || pwrite(lock_, pid.data(), pid.size(), 0) < 0) {
        const std::string why = std::strerror(errno);
        close(lock_);
        refuse_folder(path_, why);
    }
}

/// The file stays: whoever waited for its removal would lock a file that nobody else sees.
DataFolder::~DataFolder() { close(lock_); }

}  // namespace busbar::manage
