#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace busbar::config {

/// A duration that stands in the document as whole milliseconds (members that end in `_ms`); std::chrono::milliseconds
/// stands there as seconds with up to three decimals.
using WholeMilliseconds = std::chrono::duration<std::uint32_t, std::milli>;

/// Names as in options and JSON: "trace" … "off".
enum class LogLevel : std::uint8_t { trace, debug, info, warning, error, critical, off };

std::string_view to_string(LogLevel level);

/// "host:port", as in `backup` lists.
struct Endpoint {
    std::string host;
    std::uint16_t port = 0;
    bool operator==(const Endpoint&) const = default;
};

/// The port of an endpoint that names none: that of IEC 60870-5-104.
inline constexpr std::uint16_t default_endpoint_port = 2404;

/// Reads "host", "host:port", "192.0.2.1:2404", "[2001:db8::1]:2404"; a bare IPv6 address has no port.
Result<Endpoint> parse_endpoint(std::string_view text, std::uint16_t default_port);

/// "host:port", with brackets around an IPv6 address.
std::string to_string(const Endpoint& endpoint);

/// An IPv4 or IPv6 address, or a network "10.1.0.0/16".
bool is_address_or_network(std::string_view text);

}  // namespace busbar::config
