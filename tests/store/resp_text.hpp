#pragma once

#include <string>
#include <string_view>

#include "base/octets.hpp"
#include "store/client/reply.hpp"

namespace busbar::store {

inline OctetBuffer octets(std::string_view text) { return {text.begin(), text.end()}; }
inline std::string text(Octets octets) { return {octets.begin(), octets.end()}; }

/// As it would stand in a program: nil, 5, +OK, -ERR, "text", [1, 2], lost(reason).
inline std::string to_text(const Reply& reply) {
    const std::string text(reply.text());
    switch (reply.kind()) {
        case Reply::Kind::nil: return "nil";
        case Reply::Kind::integer: return std::to_string(reply.integer());
        case Reply::Kind::status: return "+" + text;
        case Reply::Kind::error: return "-" + text;
        case Reply::Kind::string: return "\"" + text + "\"";
        case Reply::Kind::lost: return "lost(" + text + ")";
        case Reply::Kind::array: break;
    }
    std::string list;
    for (const Reply& child : reply.children()) list += (list.empty() ? "" : ", ") + to_text(child);
    return "[" + list + "]";
}

}  // namespace busbar::store
