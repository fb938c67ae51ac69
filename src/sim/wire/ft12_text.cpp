#include "sim/wire/ft12_text.hpp"

#include <algorithm>

#include "iec102/ft12/frame.hpp"
#include "iec102/meter/type_rows.hpp"

namespace busbar::sim {

namespace {

constexpr std::size_t type_at = 7, body_at = 13;  // in a frame of variable length
constexpr std::size_t password_size = 4;
constexpr std::size_t in_login = 0, in_parameters = 5;  // of the body

/// Hides what may be the password of a frame that begins at `start`.
void conceal(Octets octets, std::size_t start, std::string& hex) {
    if (start + type_at >= octets.size() || octets[start] != iec102::variable_start ||
        octets[start + 3] != iec102::variable_start || octets[start + 1] != octets[start + 2])
        return;
    const auto type = static_cast<iec102::TypeId>(octets[start + type_at]);
    const bool login = type == iec102::TypeId::start_session;
    if (!login && type != iec102::TypeId::point_parameters) return;
    const auto hide = [&](std::size_t from, std::size_t count) {
        const std::size_t end = std::min(from + count, octets.size());
        for (std::size_t at = std::min(from, end); at < end; ++at) hex[2 * at] = hex[2 * at + 1] = 'x';
    };
    hide(start + body_at + (login ? in_login : in_parameters), password_size);
    hide(start + octets[start + 1] + 4u, 1);
}

}  // namespace

std::string ft12_hex(Octets octets, bool show_passwords) {
    std::string hex = to_hex(octets);
    if (show_passwords) return hex;
    for (std::size_t start = 0; start < octets.size(); ++start) conceal(octets, start, hex);
    return hex;
}

}  // namespace busbar::sim
