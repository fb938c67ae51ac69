#include "store/lease_state.hpp"

#include <algorithm>
#include <utility>

namespace busbar::store {

std::optional<LeaseRequest> LeaseState::take_request(TimePoint now) {
    if (outstanding_ || now < next_request_) return std::nullopt;
    outstanding_ = true;
    sent_ = now;
    return LeaseRequest{epoch_, !was_held_};
}

void LeaseState::granted(std::uint64_t epoch) {
    outstanding_ = false;
    was_held_ = true;
    epoch_ = epoch;
    other_holder_.clear();
    trusted_until_ = sent_ + times_.trust;
    next_request_ = sent_ + times_.renew;
}

/// Whoever stands by asks again when the lease would be over, so that he has it then and not up to `retry` later.
void LeaseState::refused(std::string holder, Duration expires_in, TimePoint now) {
    outstanding_ = false;
    epoch_ = 0;
    other_holder_ = std::move(holder);
    const bool is_over_before = expires_in >= Duration::zero() && expires_in < times_.retry;
    next_request_ = now + (is_over_before ? expires_in + std::chrono::milliseconds{1} : times_.retry);
}

void LeaseState::failed(TimePoint now) {
    outstanding_ = false;
    next_request_ = now + times_.renew;
}

void LeaseState::hurry() { next_request_ = {}; }

TimePoint LeaseState::next_deadline(TimePoint now, bool store_is_there) const {
    const auto trust_ends = held(now) ? trusted_until_ : TimePoint::max();
    return outstanding_ || !store_is_there ? trust_ends : std::min(next_request_, trust_ends);
}

}  // namespace busbar::store
