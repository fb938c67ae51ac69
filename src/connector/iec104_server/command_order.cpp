#include "connector/iec104_server/command_order.hpp"

#include <algorithm>
#include <utility>

#include "store/keys.hpp"

namespace busbar::connector {

namespace {

/// Of an XREVRANGE with COUNT 1; 0-0 where there is no entry.
store::StreamId last_id(const store::Reply& reply) {
    const auto entries = reply.children();
    if (entries.empty() || entries[0].children().empty()) return {};
    return store::parse_stream_id(entries[0].children()[0].text()).value_or(store::StreamId{});
}

}  // namespace

CommandOrder::CommandOrder(store::Store& store, std::function<store::StreamId()> updates_position,
                           std::function<void()> on_changed)
    : StorePart(store),
      position_(std::move(updates_position)),
      on_changed_(std::move(on_changed)),
      hold_limit_(store.loop()),
      wait_limit_(store.loop()) {}

void CommandOrder::forget(iec104::ControlledSession& session) {
    held_.erase(&session);
    std::erase_if(terminations_, [&](const auto& entry) { return entry.second.session == &session; });
}

// --- confirmation before return information

/// Whoever writes return information has written the confirmation before it, over the same connection.
void CommandOrder::hold(iec104::ControlledSession& session) {
    session.hold_events(true);
    if (held_.empty()) hold_limit_.after(longest_hold, [this] { release(); });
    held_.insert(&session);
    ++asked_;
    store_.client().command({"XREVRANGE", store::keys::command_results, "+", "-", "COUNT", "1"},
                            guarded([this](const store::Reply& reply) {
                                --asked_;
                                needed_ = std::max(needed_, last_id(reply));
                                release_if_read();
                            }));
}

void CommandOrder::results_read(store::StreamId up_to) {
    read_ = up_to;
    release_if_read();
}

void CommandOrder::release_if_read() {
    if (asked_ == 0 && read_ >= needed_) release();
}

void CommandOrder::release() {
    if (held_.empty()) return;
    hold_limit_.cancel();
    for (auto* session : std::exchange(held_, {})) session->hold_events(false);
    on_changed_();
}

// --- return information before termination

void CommandOrder::terminate(iec104::ControlledSession& session, OctetBuffer asdu) {
    const auto number = ++last_termination_;
    const auto latest = store_.loop().now() + longest_wait;
    terminations_.emplace(number, Termination{&session, std::move(asdu), false, {}, latest});
    store_.client().command({"XREVRANGE", updates_, "+", "-", "COUNT", "1"},
                            guarded([this, number](const store::Reply& reply) { end_told(number, reply); }));
}

void CommandOrder::end_told(std::uint64_t number, const store::Reply& reply) {
    const auto found = terminations_.find(number);
    if (found == terminations_.end()) return;
    found->second.has_end = true;
    found->second.end = last_id(reply);
    updates_moved();
}

void CommandOrder::updates_moved() {
    if (terminations_.empty()) return;
    const auto now = store_.loop().now();
    const auto position = position_();
    bool sent = false;
    std::erase_if(terminations_, [&](const auto& entry) {
        const Termination& termination = entry.second;
        const bool reached = termination.has_end && position >= termination.end;
        if (!reached && now < termination.latest) return false;
        sent |= termination.session->send(termination.asdu, now);
        return true;
    });
    if (sent) on_changed_();
    if (!terminations_.empty()) wait_limit_.at(terminations_.begin()->second.latest, [this] { updates_moved(); });
}

}  // namespace busbar::connector
