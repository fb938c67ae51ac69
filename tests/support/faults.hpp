#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace busbar::tests {

/// What the proxy does to whatever passes from now on.
struct Faults {
    using Time = std::chrono::duration<double>;

    Time delay_requests{}, delay_replies{};
    Time halve_pause{};   // > 0: of each piece from the server the second half comes so much later
    bool stall = false;   // nothing passes, either way; the connections stay
    bool refuse = false;  // new connections are closed at once
    std::optional<std::uint64_t> cut_requests_after, cut_replies_after;  // octets, then the connection is closed …
    bool cut_by_reset = false;                                           // … or reset

    /// The next commands of this name (RESP): `count` of them (0 = all) after `skip` others.
    struct Rule {
        std::uint64_t skip = 0, count = 1;
        std::string reply;  // instead of the server's; empty: reset when the server has answered
    };
    std::map<std::string, Rule> rules;

    /// Whether this command is hit, and counts it.
    std::optional<Rule> hit(const std::string& command);

    /// Carries out one command line (fault_proxy.hpp lists them). Returns "ok", or what is wrong with it.
    std::string apply(std::string_view line);
};

}  // namespace busbar::tests
