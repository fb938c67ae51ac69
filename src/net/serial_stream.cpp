#include "net/serial_stream.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <system_error>
#include <utility>

#include "net/native.hpp"

namespace busbar::net {

namespace {

constexpr std::string_view used = "in use by another program";

std::string message(int error) { return std::generic_category().message(error); }

/// A descriptor until somebody else takes it.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number() const { return number_; }
    int release() { return std::exchange(number_, -1); }

private:
    int number_;
};

/// "dialout": who may use the port; empty if that cannot be said.
std::string group_of(const std::string& port) {
    struct stat about {};
    if (::stat(port.c_str(), &about) != 0) return {};
    const group* owner = ::getgrgid(about.st_gid);
    return owner ? owner->gr_name : "";
}

tl::unexpected<Error> open_failure(const std::string& port, int error) {
    if (error == EBUSY) return fail(std::string(used));
    const std::string group = error == EACCES ? group_of(port) : "";
    return fail(message(error) + (group.empty() ? "" : fmt::format(" (it is for the group {})", group)));
}

/// Both locks: this one keeps out programs that ask, TIOCEXCL those that do not - unless they are root's.
Result<void> take_alone(int port) {
    if (::flock(port, LOCK_EX | LOCK_NB) != 0) return fail(errno == EWOULDBLOCK ? std::string(used) : message(errno));
    if (::ioctl(port, TIOCEXCL) != 0) return fail("not for one program alone: " + message(errno));
    return {};
}

Result<void> set_attributes(int port, const SerialSettings& settings) {
    const auto attributes = serial_attributes(settings);
    if (!attributes) return tl::make_unexpected(attributes.error());
    const int failed = ::tcsetattr(port, TCSANOW, &*attributes) == 0 ? 0 : errno;
    termios in_force{};
    if (::tcgetattr(port, &in_force) != 0) return fail(message(errno));
    if (const std::string what = not_taken(*attributes, in_force, settings); !what.empty())
        return fail(what + " is not possible on this port");
    if (failed != 0)
        return fail(fmt::format("{} is not possible on this port: {}", to_string(settings), message(failed)));
    return {};
}

/// A port without control lines may only be told to leave them off.
Result<void> set_line(int port, int line, bool on, std::string_view name) {
    if (::ioctl(port, on ? TIOCMBIS : TIOCMBIC, &line) == 0 || !on) return {};
    return fail(fmt::format("{} cannot be switched on: {}", name, message(errno)));
}

Result<void> set_up(int port, const SerialSettings& settings) {
    if (::isatty(port) != 1) return fail("is no serial port");
    if (auto alone = take_alone(port); !alone) return alone;
    if (auto set = set_attributes(port, settings); !set) return set;
    if (auto set = set_line(port, TIOCM_RTS, settings.rts, "RTS"); !set) return set;
    if (auto set = set_line(port, TIOCM_DTR, settings.dtr, "DTR"); !set) return set;
    ::tcflush(port, TCIOFLUSH);
    return {};
}

Transfer moved_or_not(ssize_t count) {
    if (count > 0) return {Transfer::State::moved, static_cast<std::size_t>(count), {}};
    if (count == 0) return {Transfer::State::ended, 0, "the serial port has gone (hung up)"};
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {};
    return {Transfer::State::ended, 0, fmt::format("the serial port has gone ({})", message(errno))};
}

}  // namespace

/// Outlives the stream as long as the loop still holds one of its waits.
struct SerialStream::Waiting {
    boost::asio::posix::stream_descriptor port;
    std::function<void()> for_reading, for_writing;
};

Result<std::unique_ptr<SerialStream>> SerialStream::open(EventLoop& loop, const std::string& port,
                                                         const SerialSettings& settings) {
    Descriptor descriptor(::open(port.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    if (descriptor.number() < 0) return open_failure(port, errno);
    if (const auto ready = set_up(descriptor.number(), settings); !ready) return tl::make_unexpected(ready.error());
    return std::unique_ptr<SerialStream>(new SerialStream(loop, descriptor.release(), settings.buffer_size));
}

SerialStream::SerialStream(EventLoop& loop, int descriptor, std::size_t buffer_size)
    : waiting_(std::make_shared<Waiting>(
          Waiting{boost::asio::posix::stream_descriptor(loop.native().io, descriptor), {}, {}})),
      buffer_size_(buffer_size) {}

SerialStream::~SerialStream() { close(); }

Transfer SerialStream::read(std::span<Octet> into) {
    return moved_or_not(::read(waiting_->port.native_handle(), into.data(), std::min(into.size(), buffer_size_)));
}

Transfer SerialStream::write(Octets octets) {
    return moved_or_not(::write(waiting_->port.native_handle(), octets.data(), octets.size()));
}

void SerialStream::when_readable(std::function<void()> ready) {
    waiting_->for_reading = std::move(ready);
    waiting_->port.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                              [waiting = waiting_](const boost::system::error_code&) {
                                  if (const auto call = std::exchange(waiting->for_reading, nullptr)) call();
                              });
}

void SerialStream::when_writable(std::function<void()> ready) {
    waiting_->for_writing = std::move(ready);
    waiting_->port.async_wait(boost::asio::posix::stream_descriptor::wait_write,
                              [waiting = waiting_](const boost::system::error_code&) {
                                  if (const auto call = std::exchange(waiting->for_writing, nullptr)) call();
                              });
}

void SerialStream::close() {
    waiting_->for_reading = nullptr;
    waiting_->for_writing = nullptr;
    if (!waiting_->port.is_open()) return;
    const int port = waiting_->port.native_handle();
    ::tcflush(port, TCOFLUSH);
    ::ioctl(port, TIOCNXCL);
    boost::system::error_code ignored;
    waiting_->port.close(ignored);
}

}  // namespace busbar::net
