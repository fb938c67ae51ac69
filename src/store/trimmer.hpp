#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "net/timer.hpp"
#include "store/keys.hpp"
#include "store/lease.hpp"
#include "store/retention.hpp"
#include "store/stream_id.hpp"

namespace busbar::store {

/// Trims the updates stream as its retention says, by MINID and never past the slowest required cursor; a required
/// consumer that has no cursor yet holds everything. One process of the installation does it: the holder of
/// `process:updates:trimmer`. Without the retention key it does nothing.
class Trimmer : StorePart {
public:
    struct Handlers {
        /// The key cannot be used, and why; empty: it can again. Nothing is trimmed meanwhile.
        std::function<void(const std::string& fault)> fault;
        /// A required consumer holds what should be trimmed: its name; empty: nobody does any more.
        std::function<void(const std::string& consumer)> held_back;
    };

    /// `holder` of the lease: what tells this process from all others.
    Trimmer(Store& store, std::string holder, Handlers handlers, std::string stream = std::string{keys::updates});

    void start();
    void stop();

private:
    /// So many entries at most are looked at and trimmed in one step.
    static constexpr std::uint64_t most_at_once = 1000;
    static constexpr Duration look_every = std::chrono::seconds{1};
    /// Of the limit, so that there is room while the trimmer is under way.
    static constexpr std::uint64_t kept_of_ten = 9;

    void look();
    void read_facts(std::string_view json);
    void decide();
    void trim(StreamId wanted);
    void trimmed(const Reply& reply, bool held_back);
    void tell_fault(const std::string& fault);
    void tell_held_back(const std::string& consumer);

    Handlers handlers_;
    std::string stream_;
    Lease lease_;
    net::Timer timer_;
    Retention retention_;
    bool busy_ = false;
    std::uint64_t length_ = 0, size_ = 0, now_ms_ = 0;
    std::optional<StreamId> slowest_;  // nothing: no consumer is required
    std::string slowest_consumer_, told_fault_, told_held_back_;
    bool facts_good_ = false;
};

}  // namespace busbar::store
