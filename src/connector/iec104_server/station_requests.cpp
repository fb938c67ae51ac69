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

constexpr iec60870::TypeId counter_interrogation = 101, reset_process = 105;
constexpr Octet general_reset = 1, reset_of_events = 2;  // QRP
constexpr std::string_view tested = "a test (T = 1) must not act on the process";

}  // namespace

StationRequests::StationRequests(net::EventLoop& loop, iec104::ControlledStation& station, Owner owner)
    : loop_(loop), station_(station), owner_(std::move(owner)) {}

void StationRequests::configure(const config::ServerConfig& config, const TimeZone& zone) {
    may_command_ = net::AllowList::parse(config.network.command_clients).value_or(net::AllowList{});
    format_ = asdu_format(config.protocol);
    zone_ = zone;
    resets_ = config.reset_process;
}

bool StationRequests::take(iec104::ControlledSession& session, Octets asdu, const net::PeerAddress& peer) {
    const auto request = AsduView::parse(asdu, format_);
    if (!request || (request->header().type != counter_interrogation && request->header().type != reset_process))
        return false;
    const bool freezes = request->header().type == counter_interrogation;
    const bool permitted = may_command_.permits(peer.address);
    const std::string_view refusal = !permitted ? "the peer may not command"
                                     : freezes  ? serve_counters(*request)
                                                : serve_reset(*request);
    answer(session, *request, refusal, peer);
    if (!freezes && refusal.empty()) owner_.reset_process(peer);
    return true;
}

void StationRequests::answer(iec104::ControlledSession& session, const AsduView& request, std::string_view refusal,
                             const net::PeerAddress& peer) {
    const auto& header = request.header();
    if (!refusal.empty()) {
        log(messages::command_denied, peer.to_string(), header.type, header.common_address, 0, refusal);
    } else if (header.type == counter_interrogation) {
        log(messages::counters_frozen, peer.to_string(), header.common_address);
    }
    std::array<Octet, iec60870::max_asdu_size> mirrored{};
    const bool negative = !refusal.empty();
    session.send(iec60870::mirror(request.octets(), Cause::activation_con, negative, mirrored, format_), loop_.now());
    owner_.on_answered();
}

std::string_view StationRequests::serve_reset(const AsduView& request) const {
    const Octet qualifier = request[0].element[0];
    if (request.header().test) return tested;
    if (qualifier == reset_of_events) return "events are kept until they are acknowledged";
    if (qualifier != general_reset) return "the qualifier is not supported";
    return resets_ ? "" : "reset_process does not permit it";
}

/// Why not; empty: done.
std::string_view StationRequests::serve_counters(const AsduView& request) {
    if (request.header().test) return tested;
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
