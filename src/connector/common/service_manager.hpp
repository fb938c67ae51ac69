#pragma once

#include <string>
#include <string_view>

#include "net/event_loop.hpp"
#include "net/timer.hpp"

namespace busbar::connector {

/// What systemd wants to hear of a unit of Type=notify: datagrams to $NOTIFY_SOCKET, as sd_notify(3) describes them.
/// Our own few lines: libsystemd would bring three compressors and libgcrypt into every process for them. Without a
/// $NOTIFY_SOCKET nothing happens.
class ServiceManager {
public:
    /// Takes $NOTIFY_SOCKET and $WATCHDOG_USEC out of the environment: children are not who systemd listens to.
    explicit ServiceManager(net::EventLoop& loop);
    ~ServiceManager();
    ServiceManager(const ServiceManager&) = delete;
    ServiceManager& operator=(const ServiceManager&) = delete;

    /// Everything works. From now on the watchdog hears of the loop, twice in each of its periods.
    void ready(std::string_view status);
    /// A sentence for `systemctl status`; told once while it stays the same.
    void status(std::string_view sentence);
    void stopping();

private:
    void send(std::string_view text);

    net::Timer watchdog_;
    Duration period_{};   // of the watchdog; 0: none
    int socket_ = -1;     // connected
    std::string status_;  // told last
};

}  // namespace busbar::connector
