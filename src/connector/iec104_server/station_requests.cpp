#include "connector/iec104_server/station_requests.hpp"

#include <array>
#include <utility>

#include "connector/common/messages.hpp"
#include "connector/common/protocol.hpp"
#include "iec60870/element/time_tag.hpp"

namespace busbar::connector {

using iec104::CounterRequest;
using iec60870::AsduView;
using iec60870::Cause;

namespace {

constexpr iec60870::TypeId counter_interrogation = 101;

}  // namespace

StationRequests::StationRequests(net::EventLoop& loop, iec104::ControlledStation& station,
                                 std::function<void()> on_answered)
    : loop_(loop), station_(station), on_answered_(std::move(on_answered)) {}

void StationRequests::configure(const config::ServerConfig& config, const TimeZone& zone) {
    may_command_ = net::AllowList::parse(config.network.command_clients).value_or(net::AllowList{});
    format_ = asdu_format(config.protocol);
    zone_ = zone;
}

bool StationRequests::take(iec104::ControlledSession& session, Octets asdu, const net::PeerAddress& peer) {
    const auto request = AsduView::parse(asdu, format_);
    if (!request || request->header().type != counter_interrogation) return false;
    const auto& header = request->header();
    const bool permitted = may_command_.permits(peer.address);
    const std::string_view refusal = permitted ? serve_counters(*request) : "the peer may not command";
    if (refusal.empty()) {
        log(messages::counters_frozen, peer.to_string(), header.common_address);
    } else {
        log(messages::command_denied, peer.to_string(), header.type, header.common_address, 0, refusal);
    }
    std::array<Octet, iec60870::max_asdu_size> mirrored{};
    session.send(iec60870::mirror(asdu, Cause::activation_con, !refusal.empty(), mirrored, format_), loop_.now());
    on_answered_();
    return true;
}

/// Why not; empty: done.
std::string_view StationRequests::serve_counters(const AsduView& request) {
    const auto wanted = CounterRequest::of(request[0].element[0]);
    if (!wanted || wanted->freeze != CounterRequest::Freeze::freeze) return "counters are the RTU's to reset";
    station_.freeze_counters(request.header().common_address, wanted->group, time_tag());
    return {};
}

/// Of this moment, marked as not the source's.
std::array<Octet, 7> StationRequests::time_tag() const {
    const auto local = zone_.to_local(loop_.utc_now());
    auto tag = iec60870::make_cp56(local.time);
    tag.summer = local.summer;
    tag.substituted = true;
    std::array<Octet, 7> octets{};
    iec60870::encode(tag, octets.data());
    return octets;
}

}  // namespace busbar::connector
