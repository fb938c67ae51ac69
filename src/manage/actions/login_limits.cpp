#include "manage/actions/login_limits.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "net/ip_address.hpp"

namespace busbar::manage {

namespace {

std::string network_of(const std::string& text) {
    const auto address = net::IpAddress::parse(text);
    if (address && address->is_v4()) return address->to_string();
    std::array<std::uint8_t, 16> octets{};
    if (inet_pton(AF_INET6, text.c_str(), octets.data()) != 1) return text;
    std::fill(octets.begin() + 8, octets.end(), std::uint8_t{0});
    return net::IpAddress::v6(octets).to_string();
}

}  // namespace

bool LoginLimits::admits(const std::string& address, TimePoint now) {
    std::string network = network_of(address);
    auto known = by_network_.find(network);
    if (known == by_network_.end()) {
        if (tries_.size() == most_addresses) {
            by_network_.erase(tries_.front().network);
            tries_.pop_front();
        }
        tries_.push_back({network, now});
        known = by_network_.emplace(std::move(network), std::prev(tries_.end())).first;
    }
    Tries& tries = *known->second;
    tries_.splice(tries_.end(), tries_, known->second);
    const TimePoint after = std::max(tries.free_at, now) + every;
    if (after - now > burst * every) return false;
    tries.free_at = after;
    return true;
}

}  // namespace busbar::manage
