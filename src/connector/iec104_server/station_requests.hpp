#pragma once

#include <functional>
#include <string_view>

#include "config/server.hpp"
#include "connector/common/translate.hpp"
#include "iec104/station/controlled_station.hpp"
#include "net/event_loop.hpp"
#include "net/ip_address.hpp"

namespace busbar::connector {

/// Requests of control rooms that the gateway serves itself, in memory: freezing counters (C_CI_NA_1 with FRZ 1). A
/// reset (FRZ 2, 3) is refused: the count is the RTU's, and an offset that a restart forgets would falsify it.
class StationRequests {
public:
    /// `on_answered`: sessions may have something to send.
    StationRequests(net::EventLoop& loop, iec104::ControlledStation& station, std::function<void()> on_answered);

    void configure(const config::ServerConfig& config, const TimeZone& zone);
    /// An ASDU of ControlledSession::CommandReceived. False: it is for somebody else.
    bool take(iec104::ControlledSession& session, Octets asdu, const net::PeerAddress& peer);

private:
    std::string_view serve_counters(const iec60870::AsduView& request);
    std::array<Octet, 7> time_tag() const;

    net::EventLoop& loop_;
    iec104::ControlledStation& station_;
    std::function<void()> on_answered_;
    net::AllowList may_command_;
    iec60870::AsduFormat format_;
    TimeZone zone_;
};

}  // namespace busbar::connector
