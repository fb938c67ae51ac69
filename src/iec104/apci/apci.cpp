#include "iec104/apci/apci.hpp"

#include <string>

namespace busbar::iec104 {
namespace {

constexpr Octet start_octet = 0x68;
constexpr Octet min_length = 4, max_length = 253;

unsigned word(Octets apdu, std::size_t at) { return apdu[at] | static_cast<unsigned>(apdu[at + 1]) << 8; }

std::array<Octet, 2> number_word(std::uint64_t count) {
    const unsigned value = number_on_line(count) * 2u;
    return {static_cast<Octet>(value & 0xFF), static_cast<Octet>(value >> 8)};
}

UFrame parse_u_frame(Octets apdu) {
    const bool rest_is_zero = apdu[3] == 0 && apdu[4] == 0 && apdu[5] == 0;
    const auto function = static_cast<UFunction>(apdu[2]);
    switch (function) {
        case UFunction::startdt_act:
        case UFunction::startdt_con:
        case UFunction::stopdt_act:
        case UFunction::stopdt_con:
        case UFunction::testfr_act:
        case UFunction::testfr_con:
            if (rest_is_zero) return {function};
    }
    return {};
}

}  // namespace

Result<std::size_t> apdu_size(Octets start) {
    if (start.empty()) return 0;
    if (start[0] != start_octet) return fail("start octet is " + to_hex(start.first(1)) + ", not 68", 0);
    if (start.size() < 2) return 0;
    if (start[1] < min_length || start[1] > max_length)
        return fail("length of APDU is " + std::to_string(start[1]) + ", not 4 to 253", 1);
    return start[1] + std::size_t{2};
}

Result<Apdu> parse_apdu(Octets apdu, std::size_t shortest_asdu) {
    const bool is_i_frame = (apdu[2] & 1) == 0;
    const bool is_u_frame = (apdu[2] & 3) == 3;
    if (!is_i_frame && apdu.size() != apci_size)
        return fail((is_u_frame ? "U-frame" : "S-frame") + (" of length " + std::to_string(apdu[1])) + ", not 4", 1);
    if (is_u_frame) return parse_u_frame(apdu);
    if ((apdu[4] & 1) != 0) return fail("lowest bit of the third control octet is set", 4);
    const auto receive_number = static_cast<std::uint16_t>(word(apdu, 4) / 2);
    if (!is_i_frame) {
        if (word(apdu, 2) != 1) return fail("S-frame with more than its format in control octets 1 and 2", 2);
        return SFrame{receive_number};
    }
    if (apdu.size() < apci_size + shortest_asdu)
        return fail("I-frame of length " + std::to_string(apdu[1]) + ", too short for an ASDU header", 1);
    return IFrame{static_cast<std::uint16_t>(word(apdu, 2) / 2), receive_number, apdu.subspan(apci_size)};
}

std::array<Octet, apci_size> i_frame_apci(std::uint64_t send_count, std::uint64_t receive_count,
                                          std::size_t asdu_size) {
    const auto send = number_word(send_count);
    const auto receive = number_word(receive_count);
    return {start_octet, static_cast<Octet>(asdu_size + min_length), send[0], send[1], receive[0], receive[1]};
}

std::array<Octet, apci_size> s_frame(std::uint64_t receive_count) {
    const auto receive = number_word(receive_count);
    return {start_octet, min_length, 1, 0, receive[0], receive[1]};
}

std::array<Octet, apci_size> u_frame(UFunction function) {
    return {start_octet, min_length, static_cast<Octet>(function), 0, 0, 0};
}

}  // namespace busbar::iec104
