#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "support/faults.hpp"

namespace busbar::tests {

/// Stands between a client and a server and passes on what they say, spoiled as told. Runs in a thread of its own.
///
/// Addresses are "HOST:PORT" (an IPv4 address; port 0: any) or the path of a unix socket. Commands, one a line:
///
///   delay S | delay-requests S | delay-replies S     octets arrive S seconds late, in order
///   halve-replies S           of each piece from the server the second half comes S seconds later
///   stall | resume            nothing passes, the connections stay
///   refuse | accept           new connections are closed at once
///   reset | close             all connections, now (RST or FIN)
///   cut-requests-after N | cut-replies-after N       N octets more in all, then close
///   reset-requests-after N | reset-replies-after N   the same with a reset
///   replace XADD N|all -OOM command not allowed      the reply to the N-th next (all) XADD is this instead
///   reset-before-reply XADD N|all                    the server executes it; its reply becomes a reset
///   reset-before SET N|all    what came before it still reaches the server; then a reset
///   normal                    no faults from now on
///   count                     answers "connections N accepted N requests N replies N" (octets passed on)
///
/// Commands that name a RESP command, or one with the beginning of its key (SET=process:image:), work on connections
/// whose first octet was '*'; anything else passes as it is.
class FaultProxy {
public:
    /// `source`: from where it connects to the server. Throws std::runtime_error if it cannot listen.
    FaultProxy(std::string listen, std::string server, std::string source = {});
    ~FaultProxy();
    FaultProxy(const FaultProxy&) = delete;
    FaultProxy& operator=(const FaultProxy&) = delete;

    /// The TCP port it listens on; 0 for a unix socket.
    std::uint16_t port() const { return port_; }
    /// Carries out one command; returns "ok", the answer, or what is wrong with it.
    std::string tell(std::string_view command);

private:
    struct Pair;
    void run();
    void accept();
    void serve(Pair& pair);
    void read_requests(Pair& pair);
    void read_replies(Pair& pair);
    void write(Pair& pair);

    std::string server_, source_;
    std::uint16_t port_ = 0;
    int listener_ = -1;
    int wake_ = -1;
    std::mutex mutex_;  // guards all below
    Faults faults_;
    std::list<std::unique_ptr<Pair>> pairs_;
    std::uint64_t accepted_ = 0, requests_ = 0, replies_ = 0;
    bool ending_ = false;
    std::thread thread_;
};

}  // namespace busbar::tests
