#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"

namespace busbar::store {

struct LeaseTimes {
    Duration expiry = std::chrono::seconds{3};  // in the store
    Duration trust =
        std::chrono::milliseconds{1500};  // held this long after the last request that was granted was sent
    Duration renew = std::chrono::milliseconds{500};
    Duration retry = std::chrono::seconds{1};  // while another holds it
};

/// What to ask the store for.
struct LeaseRequest {
    std::uint64_t epoch = 0;     // the epoch held; 0: none
    bool take_over_own = false;  // from an earlier process of the same instance, which is at rest
    bool operator==(const LeaseRequest&) const = default;
};

/// One lease as its would-be holder sees it, without store and clock: when to ask, and whether it is held *now*. Time
/// counts from when a granted request was sent, so the store cannot have given the lease away before `trust` is over,
/// whatever the network or the store's clock did.
class LeaseState {
public:
    explicit LeaseState(LeaseTimes times = {}) : times_(times) {}

    /// The request to send now, if one is due; granted(), refused() or failed() must follow before there is another.
    std::optional<LeaseRequest> take_request(TimePoint now);
    void granted(std::uint64_t epoch);
    /// `expires_in`: how long the other has it unless he renews it; less than nothing: it does not expire.
    void refused(std::string holder, Duration expires_in, TimePoint now);
    /// No answer, or an error one: asked again after `renew`.
    void failed(TimePoint now);
    /// The store is back: the next request is due at once.
    void hurry();

    /// The holder checks this before everything that only a holder may do.
    bool held(TimePoint now) const { return epoch_ != 0 && now < trusted_until_; }
    /// The epoch of the last grant; 0 if another has the lease, or before the first grant.
    std::uint64_t epoch() const { return epoch_; }
    /// Who has it, as far as known; empty: nobody known.
    const std::string& other_holder() const { return other_holder_; }
    /// When take_request() or held() changes by time alone; without the store only held() can.
    TimePoint next_deadline(TimePoint now, bool store_is_there = true) const;

private:
    LeaseTimes times_;
    std::uint64_t epoch_ = 0;
    std::string other_holder_;
    bool was_held_ = false;  // by this process, ever: from then on another process of the same instance is a rival
    bool outstanding_ = false;
    TimePoint sent_{};
    TimePoint next_request_{};
    TimePoint trusted_until_{};
};

}  // namespace busbar::store
