#include "sim/wire/line_reader.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace busbar::sim {

LineReader::LineReader(int descriptor, std::function<void(std::string line)> on_line)
    : descriptor_(descriptor), stop_(::eventfd(0, EFD_CLOEXEC)), on_line_(std::move(on_line)) {
    if (stop_ < 0) throw std::runtime_error("no event descriptor left");
    thread_ = std::thread([this] { read_lines(); });
}

LineReader::~LineReader() {
    ::eventfd_write(stop_, 1);
    thread_.join();
    ::close(stop_);
}

void LineReader::read_lines() {
    std::string line;
    std::array<char, 4096> buffer;
    while (true) {
        std::array<pollfd, 2> wait{{{descriptor_, POLLIN, 0}, {stop_, POLLIN, 0}}};
        if (::poll(wait.data(), wait.size(), -1) < 0) continue;
        if (wait[1].revents != 0) return;
        const ssize_t count = ::read(descriptor_, buffer.data(), buffer.size());
        if (count <= 0) return;
        for (const char character : std::string_view(buffer.data(), static_cast<std::size_t>(count))) {
            if (character == '\n') {
                on_line_(std::exchange(line, {}));
            } else if (line.size() < longest_line) {
                line += character;
            }
        }
    }
}

}  // namespace busbar::sim
