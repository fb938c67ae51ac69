#include "sim/wire/line_log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace busbar::sim {

LineLog::LineLog(const std::filesystem::path& path)
    : descriptor_(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644)),
      owned_(true),
      name_(path.string()) {
    if (descriptor_ < 0) throw std::runtime_error(fmt::format("{}: {}", name_, std::strerror(errno)));
}

LineLog::LineLog(LineLog&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      owned_(std::exchange(other.owned_, false)),
      name_(std::move(other.name_)) {}

LineLog::~LineLog() {
    if (owned_) ::close(descriptor_);
}

void LineLog::write(std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(descriptor_, text.data(), text.size());
        if (count >= 0) {
            text.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN) {  // a terminal or pipe that another program made non-blocking
            pollfd wait{descriptor_, POLLOUT, 0};
            ::poll(&wait, 1, -1);
        } else if (errno != EINTR) {
            throw std::runtime_error(fmt::format("{}: {}", name_, std::strerror(errno)));
        }
    }
}

}  // namespace busbar::sim
