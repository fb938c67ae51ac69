#include "store/client/answer_queue.hpp"

#include <utility>

namespace busbar::store {

void AnswerQueue::add(ReplyHandler handler, std::size_t octets, TimePoint now) {
    add({std::move(handler), 1, octets, now});
}

void AnswerQueue::add(BatchHandler handler, std::size_t replies, std::size_t octets, TimePoint now) {
    add({std::move(handler), replies, octets, now});
}

void AnswerQueue::add(Waiting waiting) {
    replies_ += waiting.replies;
    octets_ += waiting.octets;
    waiting_.push_back(std::move(waiting));
}

bool AnswerQueue::answer(const Reply& reply) {
    if (waiting_.empty()) return false;
    Waiting& first = waiting_.front();
    if (std::holds_alternative<ReplyHandler>(first.handler)) {
        const Waiting waiting = take_first();
        std::get<ReplyHandler>(waiting.handler)(reply);
        return true;
    }
    --first.replies;
    --replies_;
    count(reply);
    if (first.replies > 0) return true;
    const Waiting waiting = take_first();
    finish_batch(std::get<BatchHandler>(waiting.handler), 0, {});
    return true;
}

AnswerQueue::Waiting AnswerQueue::take_first() {
    Waiting waiting = std::move(waiting_.front());
    waiting_.pop_front();
    replies_ -= waiting.replies;
    octets_ -= waiting.octets;
    return waiting;
}

void AnswerQueue::count(const Reply& reply) {
    if (!reply.is_error()) {
        ++good_;
        return;
    }
    if (failures_.size() < Batch::failures_kept) failures_.push_back({good_ + failed_, std::string(reply.text())});
    ++failed_;
}

void AnswerQueue::finish_batch(const BatchHandler& handler, std::size_t lost, std::string_view reason) {
    const auto failures = std::exchange(failures_, {});
    handler({.good = std::exchange(good_, 0),
             .failed = std::exchange(failed_, 0),
             .failures = failures,
             .lost = lost,
             .lost_reason = reason});
}

void AnswerQueue::lose_all(std::string_view reason) {
    AnswerQueue losers = std::exchange(*this, {});
    while (!losers.waiting_.empty()) {
        const Waiting waiting = losers.take_first();
        if (const auto* single = std::get_if<ReplyHandler>(&waiting.handler)) {
            (*single)(Reply::of(Reply::Kind::lost, reason));
        } else {
            losers.finish_batch(std::get<BatchHandler>(waiting.handler), waiting.replies, reason);
        }
    }
}

std::optional<TimePoint> AnswerQueue::oldest() const {
    if (waiting_.empty()) return std::nullopt;
    return waiting_.front().since;
}

}  // namespace busbar::store
