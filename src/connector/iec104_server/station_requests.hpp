#pragma once

#include <functional>
#include <string_view>

#include "config/server.hpp"
#include "connector/common/translate.hpp"
#include "iec104/station/controlled_station.hpp"
#include "net/event_loop.hpp"
#include "net/ip_address.hpp"

namespace busbar::connector {

/// Requests of control rooms that the gateway serves itself: freezing counters (C_CI_NA_1 with FRZ 1), in memory, and
/// the reset of its own process (C_RP_NA_1, QRP 1), if that is permitted. Refused are the reset of counters (FRZ 2, 3),
/// since the count is the RTU's, and an offset that a restart forgets would falsify it, and that of events (QRP 2),
/// which are kept until they are acknowledged.
class StationRequests {
public:
    struct Owner {
        /// Sessions may have something to send.
        std::function<void()> on_answered;
        /// QRP 1 was confirmed.
        std::function<void(const net::PeerAddress& peer)> reset_process;
    };
    StationRequests(net::EventLoop& loop, iec104::ControlledStation& station, Owner owner);

    void configure(const config::ServerConfig& config, const TimeZone& zone);
    /// An ASDU of ControlledSession::CommandReceived. False: it is for somebody else.
    bool take(iec104::ControlledSession& session, Octets asdu, const net::PeerAddress& peer);

private:
    std::string_view serve_counters(const iec60870::AsduView& request);
    std::string_view serve_reset(const iec60870::AsduView& request) const;
    void answer(iec104::ControlledSession& session, const iec60870::AsduView& request, std::string_view refusal,
                const net::PeerAddress& peer);
    std::array<Octet, 7> time_tag() const;

    net::EventLoop& loop_;
    iec104::ControlledStation& station_;
    Owner owner_;
    bool resets_ = false;
    net::AllowList may_command_;
    iec60870::AsduFormat format_;
    TimeZone zone_;
};

}  // namespace busbar::connector
