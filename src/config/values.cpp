#include "config/values.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <array>
#include <charconv>

#include "config/table/common.hpp"

namespace busbar::config {

namespace {

bool is_host_character(char character) { return character > ' ' && character != 0x7f && character != '/'; }

/// 4 or 6; 0: no address.
int address_family(const std::string& text) {
    std::array<unsigned char, 16> octets{};
    if (inet_pton(AF_INET, text.c_str(), octets.data()) == 1) return 4;
    return inet_pton(AF_INET6, text.c_str(), octets.data()) == 1 ? 6 : 0;
}

bool read_number(std::string_view text, unsigned& number) {
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    return !text.empty() && result.ec == std::errc{} && result.ptr == text.data() + text.size();
}

}  // namespace

std::string_view to_string(LogLevel level) { return names<LogLevel>[static_cast<std::size_t>(level)]; }

Result<Endpoint> parse_endpoint(std::string_view text, std::uint16_t default_port) {
    std::string_view host = text;
    std::string_view port;
    bool has_port = false;
    const std::size_t colon = text.rfind(':');
    if (text.starts_with('[')) {
        const std::size_t bracket = text.find(']');
        if (bracket == std::string_view::npos) return fail(fmt::format("\"{}\" lacks a ]", text));
        host = text.substr(1, bracket - 1);
        port = text.substr(bracket + 1);
        has_port = !port.empty();
        if (has_port && port.front() != ':') return fail(fmt::format("\"{}\" must be [address]:port", text));
        if (has_port) port.remove_prefix(1);
    } else if (colon != std::string_view::npos && text.find(':') == colon) {
        host = text.substr(0, colon);
        port = text.substr(colon + 1);
        has_port = true;
    }
    if (host.empty()) return fail(fmt::format("\"{}\" has no host", text));
    for (const char character : host)
        if (!is_host_character(character)) return fail(fmt::format("\"{}\" must be host:port", text));
    unsigned number = default_port;
    if (has_port && (!read_number(port, number) || number < 1 || number > 65535))
        return fail(fmt::format("\"{}\" must have a port 1-65535", text));
    return Endpoint{std::string(host), static_cast<std::uint16_t>(number)};
}

std::string to_string(const Endpoint& endpoint) {
    const bool brackets = endpoint.host.find(':') != std::string::npos;
    return brackets ? fmt::format("[{}]:{}", endpoint.host, endpoint.port)
                    : fmt::format("{}:{}", endpoint.host, endpoint.port);
}

bool is_address_or_network(std::string_view text) {
    const std::size_t slash = text.find('/');
    const int family = address_family(std::string(text.substr(0, slash)));
    if (family == 0 || slash == std::string_view::npos) return family != 0;
    unsigned bits = 0;
    return read_number(text.substr(slash + 1), bits) && bits <= (family == 4 ? 32u : 128u);
}

}  // namespace busbar::config
