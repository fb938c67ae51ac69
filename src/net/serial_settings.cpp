#include "net/serial_settings.hpp"

#include <fmt/format.h>
#include <termios.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace busbar::net {

namespace {

constexpr std::array<std::pair<std::uint32_t, speed_t>, 30> speeds{
    {{50, B50},           {75, B75},           {110, B110},         {134, B134},         {150, B150},
     {200, B200},         {300, B300},         {600, B600},         {1200, B1200},       {1800, B1800},
     {2400, B2400},       {4800, B4800},       {9600, B9600},       {19200, B19200},     {38400, B38400},
     {57600, B57600},     {115200, B115200},   {230400, B230400},   {460800, B460800},   {500000, B500000},
     {576000, B576000},   {921600, B921600},   {1000000, B1000000}, {1152000, B1152000}, {1500000, B1500000},
     {2000000, B2000000}, {2500000, B2500000}, {3000000, B3000000}, {3500000, B3500000}, {4000000, B4000000}}};
constexpr std::array<tcflag_t, 4> sizes{CS5, CS6, CS7, CS8};  // from 5 data bits on
constexpr std::array<std::string_view, 5> parity_names{"none", "even", "mark", "odd", "space"};

std::optional<speed_t> speed_of(std::uint32_t baud) {
    const auto* found = std::ranges::find(speeds, baud, [](const auto& speed) { return speed.first; });
    if (found == speeds.end()) return std::nullopt;
    return found->second;
}

/// CMSPAR makes the parity bit a constant: PARODD says which.
tcflag_t parity_flags(Parity parity) {
    switch (parity) {
        case Parity::none: return 0;
        case Parity::even: return PARENB;
        case Parity::odd: return PARENB | PARODD;
        case Parity::mark: return PARENB | PARODD | CMSPAR;
        case Parity::space: break;
    }
    return PARENB | CMSPAR;
}

}  // namespace

std::string to_string(const SerialSettings& settings) {
    constexpr std::string_view letters = "NEMOS";
    return fmt::format("{}-{}{}{}", settings.baud, settings.data_bits,
                       letters[static_cast<std::size_t>(settings.parity)], settings.stop_bits);
}

std::chrono::nanoseconds octet_time(const SerialSettings& settings) {
    const unsigned bits = 1u + settings.data_bits + (settings.parity == Parity::none ? 0u : 1u) + settings.stop_bits;
    return std::chrono::nanoseconds(std::chrono::seconds(1)) * bits / settings.baud;
}

Result<termios> serial_attributes(const SerialSettings& settings) {
    const auto speed = speed_of(settings.baud);
    if (!speed) return fail(fmt::format("{} baud is no speed that a port has", settings.baud));
    if (settings.data_bits < 5 || settings.data_bits > 8)
        return fail(fmt::format("{} data bits must be 5-8", settings.data_bits));
    if (settings.stop_bits < 1 || settings.stop_bits > 2)
        return fail(fmt::format("{} stop bits must be 1 or 2", settings.stop_bits));
    termios attributes{};
    attributes.c_cflag = CREAD | CLOCAL | HUPCL | sizes[settings.data_bits - 5u] | parity_flags(settings.parity);
    if (settings.stop_bits == 2) attributes.c_cflag |= CSTOPB;
    // A character with a wrong parity bit is dropped: what is damaged is not heard, and repeated.
    attributes.c_iflag = settings.parity == Parity::none ? IGNBRK : IGNBRK | INPCK | IGNPAR;
    attributes.c_cc[VMIN] = 1;  // nothing to read is "not now"; 0 octets is the end
    cfsetispeed(&attributes, *speed);
    cfsetospeed(&attributes, *speed);
    return attributes;
}

std::string not_taken(const termios& told, const termios& in_force, const SerialSettings& settings) {
    const auto differs = [&](tcflag_t flags) { return (told.c_cflag & flags) != (in_force.c_cflag & flags); };
    if (cfgetospeed(&told) != cfgetospeed(&in_force)) return fmt::format("{} baud", settings.baud);
    if (differs(CSIZE)) return fmt::format("{} data bits", settings.data_bits);
    if (differs(CSTOPB)) return fmt::format("{} stop bits", settings.stop_bits);
    if (differs(PARENB | PARODD | CMSPAR))
        return fmt::format("parity {}", parity_names[static_cast<std::size_t>(settings.parity)]);
    return {};
}

}  // namespace busbar::net
