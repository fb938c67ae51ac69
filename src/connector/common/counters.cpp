#include "connector/common/counters.hpp"

namespace busbar::connector {

iec104::LinkCounters sum(const iec104::LinkCounters& left, const iec104::LinkCounters& right) {
    iec104::LinkCounters total = left;
    total.i_sent += right.i_sent;
    total.i_received += right.i_received;
    total.s_sent += right.s_sent;
    total.s_received += right.s_received;
    total.u_sent += right.u_sent;
    total.u_received += right.u_received;
    total.ignored += right.ignored;
    total.t1_expired += right.t1_expired;
    total.t2_expired += right.t2_expired;
    total.t3_expired += right.t3_expired;
    total.octets_sent += right.octets_sent;
    total.octets_received += right.octets_received;
    return total;
}

void write_counters(store::StatusWriter& status, const iec104::LinkCounters& counters) {
    const std::pair<std::string_view, std::uint64_t> fields[] = {
        {"i_sent", counters.i_sent},           {"i_received", counters.i_received},
        {"s_sent", counters.s_sent},           {"s_received", counters.s_received},
        {"u_sent", counters.u_sent},           {"u_received", counters.u_received},
        {"u_ignored", counters.ignored},       {"t1_expired", counters.t1_expired},
        {"t2_expired", counters.t2_expired},   {"t3_expired", counters.t3_expired},
        {"octets_sent", counters.octets_sent}, {"octets_received", counters.octets_received}};
    for (const auto& [field, value] : fields) status.set(field, static_cast<std::int64_t>(value));
}

void LinesNow::add(const iec104::Link& link) {
    ++up;
    if (link.state() == iec104::TransferState::started) ++started;
    unacknowledged += link.sent_count() - link.acknowledged_count();
}

void write_lines(store::StatusWriter& status, const LinesNow& lines) {
    status.set("links_up", static_cast<std::int64_t>(lines.up));
    status.set("links_started", static_cast<std::int64_t>(lines.started));
    status.set("unacknowledged", static_cast<std::int64_t>(lines.unacknowledged));
}

}  // namespace busbar::connector
