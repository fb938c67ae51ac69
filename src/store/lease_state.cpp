#include "store/lease_state.hpp"

#include <algorithm>

namespace busbar::store {

std::optional<LeaseRequest> LeaseState::take_request(TimePoint now) {
    if (outstanding_ || now < next_request_) return std::nullopt;
    outstanding_ = true;
    sent_ = now;
    return LeaseRequest{epoch_, !was_held_};
}

void LeaseState::answered(const LeaseAnswer& answer, TimePoint now) {
    outstanding_ = false;
    if (answer.granted) {
        was_held_ = true;
        epoch_ = answer.epoch;
        other_holder_.clear();
        trusted_until_ = sent_ + times_.trust;
        next_request_ = sent_ + times_.renew;
        return;
    }
    epoch_ = 0;
    other_holder_ = answer.holder;
    next_request_ = now + times_.retry;
}

void LeaseState::failed(TimePoint now) {
    outstanding_ = false;
    next_request_ = now + times_.renew;
}

TimePoint LeaseState::next_deadline(TimePoint now) const {
    if (outstanding_) return held(now) ? trusted_until_ : TimePoint::max();
    return held(now) ? std::min(next_request_, trusted_until_) : next_request_;
}

}  // namespace busbar::store
