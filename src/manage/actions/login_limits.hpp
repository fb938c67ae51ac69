#pragma once

#include <list>
#include <map>
#include <string>

#include "base/time.hpp"

namespace busbar::manage {

/// How often one address may try to log in: `burst` times at once, then once in `every`. Of an IPv6 address its network
/// of 64 bits counts. Bounded: when too many addresses try, the one that was quiet for longest is forgotten.
class LoginLimits {
public:
    static constexpr int burst = 30;
    static constexpr std::chrono::seconds every{2};
    static constexpr std::size_t most_addresses = 4096;

    bool admits(const std::string& address, TimePoint now);
    std::size_t addresses() const { return tries_.size(); }

private:
    struct Tries {
        std::string network;
        TimePoint free_at;  // when all of the burst is free again
    };
    std::list<Tries> tries_;  // the longest quiet first
    std::map<std::string, std::list<Tries>::iterator, std::less<>> by_network_;
};

}  // namespace busbar::manage
