#include "store/client/resp_session.hpp"

#include <algorithm>
#include <utility>

namespace busbar::store {

RespSession::RespSession(const ClientOptions& options, OnDisconnected on_disconnected, TimePoint now)
    : answer_limit_(options.answer_limit),
      ping_every_(options.ping_every),
      barred_(options.barred),
      on_disconnected_(std::move(on_disconnected)),
      reader_(options.max_reply_octets),
      last_heard_(now) {}

void RespSession::expect(ReplyHandler handler, TimePoint now) {
    answers_.add(std::move(handler), newly_appended(), now);
}

void RespSession::expect(std::size_t replies, BatchHandler handler, TimePoint now) {
    require(replies > 0, "a batch has at least one reply");
    answers_.add(std::move(handler), replies, newly_appended(), now);
}

void RespSession::push_to(PushHandler handler) {
    newly_appended();
    push_handler_ = std::make_shared<const PushHandler>(std::move(handler));
}

std::size_t RespSession::newly_appended() { return commands_.size() - std::exchange(counted_, commands_.size()); }

AnswerQueue RespSession::abandon() {
    abandoned_ = true;
    return std::exchange(answers_, {});
}

void RespSession::receive(Octets octets, TimePoint now) {
    if (abandoned_) return;
    last_heard_ = now;
    const auto read = reader_.read(octets, [this](const Reply& reply) { return take_reply(reply); });
    if (!read) closed_ = read.error().what;
}

/// False: read no further.
bool RespSession::take_reply(const Reply& reply) {
    const bool is_pong =
        reply.kind() == Reply::Kind::status || (!reply.children().empty() && reply.children()[0].text() == "pong");
    if (push_handler_ && !is_pong) {
        push(reply);
    } else if (!answers_.answer(reply)) {
        closed_ = "the store answers what was not asked: " + std::string(reply.text());
    }
    return !closed_ && !abandoned_;
}

void RespSession::push(const Reply& reply) {
    const auto handler = push_handler_;
    const auto parts = reply.children();
    const auto is = [&](std::string_view kind, std::size_t size) {
        return parts.size() == size && parts[0].text() == kind;
    };
    if (reply.is_error()) {
        (*handler)({Push::Kind::failed, {}, reply.text(), {}});
    } else if (is("message", 3)) {
        (*handler)({Push::Kind::message, parts[1].text(), parts[2].text(), {}});
    } else if (is("pmessage", 4)) {
        (*handler)({Push::Kind::message, parts[2].text(), parts[3].text(), parts[1].text()});
    } else if (is("subscribe", 3) || is("psubscribe", 3)) {
        (*handler)({Push::Kind::subscribed, parts[1].text(), {}, {}});
    }
}

std::optional<TimePoint> RespSession::answer_due() const {
    const auto oldest = answers_.oldest();
    if (!oldest || answer_limit_ == Duration::zero()) return std::nullopt;
    return *oldest + answer_limit_;
}

std::optional<TimePoint> RespSession::ping_due() const {
    if (ping_every_ == Duration::zero() || answers_.oldest()) return std::nullopt;
    return last_heard_ + ping_every_;
}

std::optional<TimePoint> RespSession::next_deadline() const {
    if (closed_ || abandoned_) return std::nullopt;
    const auto answer = answer_due();
    return answer ? answer : ping_due();
}

void RespSession::on_deadline(TimePoint now) {
    if (const auto due = answer_due(); due && *due <= now) {
        const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(answer_limit_).count();
        closed_ = "the store has not answered for " + std::to_string(limit) + " ms";
    } else if (const auto ping = ping_due(); ping && *ping <= now) {
        commands_.raw("*1\r\n$4\r\nPING\r\n");
        expect([](const Reply&) {}, now);
    }
}

void RespSession::take_output(OctetBuffer& into, TimePoint) {
    commands_.take(into);
    counted_ = 0;
}

void RespSession::disconnected(const std::string& reason, TimePoint) {
    if (!abandoned_) on_disconnected_(reason, abandon());
}

}  // namespace busbar::store
