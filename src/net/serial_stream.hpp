#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "net/event_loop.hpp"
#include "net/serial_settings.hpp"
#include "net/stream.hpp"

namespace busbar::net {

/// A serial port that nobody else uses meanwhile. What the port has not sent yet when it is closed is dropped: to wait
/// for a slow line would hold up everything else.
class SerialStream : public Stream {
public:
    /// Opens and sets up the port; what lies in it from before is dropped. The error says why not, without the port:
    /// "No such file or directory", "in use by another program", "parity even is not possible on this port".
    static Result<std::unique_ptr<SerialStream>> open(EventLoop& loop, const std::string& port,
                                                      const SerialSettings& settings);
    ~SerialStream() override;

    Transfer read(std::span<Octet> into) override;
    Transfer write(Octets octets) override;
    void when_readable(std::function<void()> ready) override;
    void when_writable(std::function<void()> ready) override;
    void close() override;
    PeerAddress peer() const override { return {}; }

private:
    struct Waiting;
    SerialStream(EventLoop& loop, int descriptor, std::size_t buffer_size);
    std::shared_ptr<Waiting> waiting_;
    std::size_t buffer_size_;
};

}  // namespace busbar::net
