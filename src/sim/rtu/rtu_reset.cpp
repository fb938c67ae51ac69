#include "sim/rtu/rtu_session.hpp"

/// What an RTU does at a reset process command (C_RP_NA_1).
namespace busbar::sim {

using iec60870::Cause;

namespace {

constexpr Octet general_reset = 1, reset_of_events = 2;             // QRP
constexpr std::uint8_t remote_reset = 2;                            // COI
constexpr Duration until_restart = std::chrono::milliseconds{100};  // the confirmation goes out before

}  // namespace

void Rtu::serve_reset(Session& session, const iec60870::AsduView& request, TimePoint now) {
    const Octet qualifier = request[0].element[0];
    const bool known = qualifier == general_reset || qualifier == reset_of_events;
    const bool done = known && !request.header().test;
    reply(session, request, Cause::activation_con, !done, now);
    if (done && qualifier == reset_of_events) drop_events();
    if (done && qualifier == general_reset) restart_at_ = now + until_restart;
}

/// The lines are lost, the event buffer is not: it lies in memory that outlives the power.
void Rtu::restart() {
    restart_at_.reset();
    journal_.line("restarted").end();
    station_.restarted(remote_reset);
    for (const auto& [id, session] : sessions_) session->close("the process was reset");
    for (const auto& [id, session] : sessions_) session->wake();
}

void Rtu::drop_events() {
    for (Group& group : groups_) {
        for (std::uint64_t number = station_.acknowledged(group.id).major + 1; number <= last_number_; ++number) {
            journal_.line("dropped").add("group", group.config.name).add("number", number).end();
        }
        station_.drop_events(group.id);
        group.acknowledged = last_number_;
    }
    buffer_.acknowledge(last_number_);
    journal_.flush();
}

}  // namespace busbar::sim
