#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

    /// The next commands of this name whose first word begins so: `count` of them (0 = all) after `skip` others.
    struct Rule {
        enum class Action { replace, reset_before_reply, reset_before };
        Action action = Action::replace;
        std::string command, key;
        std::uint64_t skip = 0, count = 1;
        std::string reply;  // instead of the server's
    };
    std::vector<Rule> rules;

    /// The rule that this command is hit by, and counts it.
    std::optional<Rule> hit(std::string_view command, std::string_view key);

    /// Carries out one command line (fault_proxy.hpp lists them). Returns "ok", or what is wrong with it.
    std::string apply(std::string_view line);
};

}  // namespace busbar::tests
