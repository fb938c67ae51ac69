#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>

#include "base/octets.hpp"

namespace busbar::iec104 {

inline constexpr std::size_t apci_size = 6;
inline constexpr std::size_t max_apdu_size = 255;
/// N(S) and N(R) count modulo 2^15.
inline constexpr unsigned sequence_modulus = 32768;

/// The number that stands on the line for an absolute count of I-frames.
constexpr std::uint16_t number_on_line(std::uint64_t count) {
    return static_cast<std::uint16_t>(count % sequence_modulus);
}

/// Unnumbered control functions: the whole first control octet.
enum class UFunction : Octet {
    startdt_act = 0x07,
    startdt_con = 0x0B,
    stopdt_act = 0x13,
    stopdt_con = 0x23,
    testfr_act = 0x43,
    testfr_con = 0x83,
};

struct IFrame {
    std::uint16_t send_number;     // N(S)
    std::uint16_t receive_number;  // N(R)
    Octets asdu;
};

struct SFrame {
    std::uint16_t receive_number;
};

struct UFrame {
    std::optional<UFunction> function;  // nothing: none, several or unknown functions, or control octets 2-4 not 0
};

using Apdu = std::variant<IFrame, SFrame, UFrame>;

/// Length of the APDU that begins with these octets, 0 while that cannot be said yet. Fails at the first octet that no
/// APDU can have: a wrong start octet, a length below 4 or above 253.
Result<std::size_t> apdu_size(Octets start);

/// Reads one whole APDU of the length that `apdu_size` gave. An I-frame needs at least `shortest_asdu` octets of ASDU.
Result<Apdu> parse_apdu(Octets apdu, std::size_t shortest_asdu = 6);

std::array<Octet, apci_size> i_frame_apci(std::uint64_t send_count, std::uint64_t receive_count, std::size_t asdu_size);
std::array<Octet, apci_size> s_frame(std::uint64_t receive_count);
std::array<Octet, apci_size> u_frame(UFunction function);

}  // namespace busbar::iec104
