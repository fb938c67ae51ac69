#include "net/ip_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <span>

namespace busbar::net {

namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

Result<unsigned> parse_prefix(std::string_view entry, std::string_view bits, unsigned most) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(bits.data(), bits.data() + bits.size(), value);
    if (error != std::errc{} || end != bits.data() + bits.size() || value > most) {
        return fail("'" + std::string(entry) + "': after '/' stands 0 to " + std::to_string(most));
    }
    return value;
}

}  // namespace

Result<IpAddress> IpAddress::parse(std::string_view text) {
    const std::string terminated(text);
    std::array<std::uint8_t, 4> four{};
    if (inet_pton(AF_INET, terminated.c_str(), four.data()) == 1) return v4(four);
    std::array<std::uint8_t, 16> sixteen{};
    if (inet_pton(AF_INET6, terminated.c_str(), sixteen.data()) == 1) return v6(sixteen);
    return fail("'" + terminated + "' is not an IP address");
}

IpAddress IpAddress::v4(const std::array<std::uint8_t, 4>& octets) {
    IpAddress address;
    std::ranges::copy(octets, address.octets_.begin());
    return address;
}

IpAddress IpAddress::v6(const std::array<std::uint8_t, 16>& octets) {
    if (std::ranges::equal(mapped_prefix, std::span(octets).first<12>())) {
        return v4({octets[12], octets[13], octets[14], octets[15]});
    }
    IpAddress address;
    address.is_v4_ = false;
    address.octets_ = octets;
    return address;
}

std::string IpAddress::to_string() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(is_v4_ ? AF_INET : AF_INET6, octets_.data(), text.data(), text.size());
    return text.data();
}

bool IpAddress::shares_prefix(const IpAddress& other, unsigned bits) const {
    if (is_v4_ != other.is_v4_) return false;
    for (unsigned i = 0; i < bits; ++i) {
        const unsigned difference = octets_[i / 8] ^ other.octets_[i / 8];
        if (difference & (0x80u >> (i % 8))) return false;
    }
    return true;
}

std::string PeerAddress::to_string() const {
    const std::string host = address.is_v4() ? address.to_string() : "[" + address.to_string() + "]";
    return host + ":" + std::to_string(port);
}

Result<AllowList> AllowList::parse(const std::vector<std::string>& entries) {
    AllowList list;
    for (const std::string& entry : entries) {
        const auto slash = entry.find('/');
        const auto address = IpAddress::parse(std::string_view(entry).substr(0, slash));
        if (!address) return fail("'" + entry + "' is neither an IP address nor a network like 10.1.0.0/16");
        unsigned bits = address->is_v4() ? 32 : 128;
        if (slash != std::string::npos) {
            const auto prefix = parse_prefix(entry, std::string_view(entry).substr(slash + 1), bits);
            if (!prefix) return tl::make_unexpected(prefix.error());
            bits = *prefix;
        }
        list.networks_.push_back({*address, bits});
    }
    return list;
}

bool AllowList::permits(const IpAddress& address) const {
    return networks_.empty() || std::ranges::any_of(networks_, [&](const Network& network) {
               return network.address.shares_prefix(address, network.bits);
           });
}

}  // namespace busbar::net
