#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace busbar::net {

/// An IPv4 or IPv6 address. An IPv4 address that came through an IPv6 socket (::ffff:10.1.0.7) is the IPv4 address.
class IpAddress {
public:
    IpAddress() = default;  // 0.0.0.0
    static Result<IpAddress> parse(std::string_view text);
    static IpAddress v4(const std::array<std::uint8_t, 4>& octets);
    static IpAddress v6(const std::array<std::uint8_t, 16>& octets);

    bool is_v4() const { return is_v4_; }
    std::string to_string() const;
    /// Whether the first `bits` bits are those of `other`, in the same family.
    bool shares_prefix(const IpAddress& other, unsigned bits) const;
    auto operator<=>(const IpAddress&) const = default;

private:
    bool is_v4_ = true;
    std::array<std::uint8_t, 16> octets_{};  // an IPv4 address in the first four
};

/// Who is at the other end.
struct PeerAddress {
    IpAddress address;
    std::uint16_t port = 0;
    std::string to_string() const;  // "10.1.0.7:40123", "[::1]:40123"
    bool operator==(const PeerAddress&) const = default;
};

/// Who may connect: addresses and networks ("10.1.0.7", "10.1.0.0/16", "::1"). An empty list permits everyone.
class AllowList {
public:
    static Result<AllowList> parse(const std::vector<std::string>& entries);
    bool permits(const IpAddress& address) const;

private:
    struct Network {
        IpAddress address;
        unsigned bits;
    };
    std::vector<Network> networks_;
};

}  // namespace busbar::net
