#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.hpp"

struct termios;  // NOLINT(readability-identifier-naming): the system names it

namespace busbar::net {

enum class Parity : std::uint8_t { none, even, mark, odd, space };

/// How characters stand on a serial line, and what the port's control lines do.
struct SerialSettings {
    std::uint32_t baud = 9600;
    std::uint8_t data_bits = 8, stop_bits = 1;
    Parity parity = Parity::none;
    bool rts = false, dtr = false;   // on while the port is open; off otherwise
    std::size_t buffer_size = 4096;  // most octets of one read
    bool operator==(const SerialSettings&) const = default;
};

/// "9600-8N1", as meters and their manuals name it.
std::string to_string(const SerialSettings& settings);

/// What one character takes on the line, start, parity and stop bits included.
std::chrono::nanoseconds octet_time(const SerialSettings& settings);

/// What the system is told for a line of raw octets: no echo, no signals, no flow control by the system, no carrier
/// needed. The error names the setting that no port has.
Result<termios> serial_attributes(const SerialSettings& settings);

/// The first setting in which the port is not as it was told; empty: it is. Ports may take a part and say nothing.
std::string not_taken(const termios& told, const termios& in_force, const SerialSettings& settings);

}  // namespace busbar::net
