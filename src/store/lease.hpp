#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "net/timer.hpp"
#include "store/lease_state.hpp"
#include "store/store.hpp"

namespace busbar::store {

/// A lease key: one holder at a time in the whole installation. The key holds "{holder} {epoch}" and expires after 3 s.
/// Asking, renewing and giving back are one small script each (EVAL), so that nobody comes between look and write; a
/// store user who may not run scripts holds no lease, and `lost` says so. Epochs only grow, also over an expiry: a new
/// one is the store's time in microseconds, or the last plus one. Renewal needs no memory in the store (PEXPIRE).
class Lease : StorePart {
public:
    struct Handlers {
        std::function<void(std::uint64_t epoch)> gained;
        std::function<void(const std::string& reason)> lost;  // also when never held: why not; when the reason changes
    };

    /// `holder`: the instance, or for process:owner the connector's id. A process takes over at once what an earlier
    /// process under the same holder left; of two at the same time the later wins and the other stays out.
    Lease(Store& store, std::string key, std::string holder, Handlers handlers, LeaseTimes times = {});

    void start();
    /// Gives the lease back, so that another can have it at once. `done` when the store has answered or cannot be
    /// asked.
    void release(std::function<void()> done = {});

    /// Held at this very moment, by our own monotonic clock. To be asked before everything that only the holder may do.
    bool held() const;
    /// Of the lease held; claims carry it.
    std::uint64_t epoch() const { return state_.epoch(); }
    /// Who has it if we have not; empty: nobody known.
    const std::string& other_holder() const { return state_.other_holder(); }

private:
    void connected() override;
    void step();
    void ask(const LeaseRequest& request);
    void answered(const Reply& reply);
    void tell(TimePoint now);

    std::string key_, holder_;
    Handlers handlers_;
    LeaseTimes times_;
    LeaseState state_;
    net::Timer timer_;
    bool started_ = false;
    std::uint64_t life_ = 0;        // ended by release(): later answers are dropped
    std::uint64_t told_epoch_ = 0;  // 0: told that it is not held
    std::string told_reason_;
    std::string fault_;  // why the store did not answer as it should
};

}  // namespace busbar::store
