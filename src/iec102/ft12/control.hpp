#pragma once

#include <cstdint>
#include <tuple>

#include "base/octets.hpp"
#include "iec60870/element/field.hpp"

/// The control octet of FT1.2 frames on an unbalanced link (IEC 60870-5-2): bit 6 (PRM) says who speaks.
namespace busbar::iec102 {

using iec60870::Described;
using iec60870::Field;

/// What the controlling station (PRM = 1) asks of the link.
enum class PrimaryFunction : std::uint8_t {
    reset_remote_link = 0,
    user_data = 3,
    request_status = 9,
    request_class_1 = 10,
    request_class_2 = 11,
};

/// What the meter (PRM = 0) answers.
enum class SecondaryFunction : std::uint8_t {
    ack = 0,
    nack = 1,
    user_data = 8,
    no_data = 9,
    status_of_link = 11,
    not_functioning = 14,
    not_used = 15,
};

struct PrimaryControl {
    PrimaryFunction function{};
    bool frame_count_valid{};  // FCV
    bool frame_count{};        // FCB

    static constexpr std::tuple fields{
        Field{"function", "FC", &PrimaryControl::function, 0, 4, "Function"},
        Field{"FCV", "FCV", &PrimaryControl::frame_count_valid, 4, 1, "Frame count valid"},
        Field{"FCB", "FCB", &PrimaryControl::frame_count, 5, 1, "Frame count bit"}};
    bool operator==(const PrimaryControl&) const = default;
};

struct SecondaryControl {
    SecondaryFunction function{};
    bool data_flow{};      // DFC: send no more user data now
    bool access_demand{};  // ACD: there is class 1 data

    static constexpr std::tuple fields{Field{"function", "FC", &SecondaryControl::function, 0, 4, "Function"},
                                       Field{"DFC", "DFC", &SecondaryControl::data_flow, 4, 1, "Data flow control"},
                                       Field{"ACD", "ACD", &SecondaryControl::access_demand, 5, 1, "Access demand"}};
    bool operator==(const SecondaryControl&) const = default;
};

inline constexpr Octet prm = 0x40;

constexpr bool is_primary(Octet control) { return (control & prm) != 0; }

constexpr PrimaryControl primary_control(Octet control) { return iec60870::decode<PrimaryControl>(&control); }
constexpr SecondaryControl secondary_control(Octet control) { return iec60870::decode<SecondaryControl>(&control); }

constexpr Octet to_octet(const PrimaryControl& control) {
    Octet octet = 0;
    iec60870::encode(control, &octet);
    return octet | prm;
}
constexpr Octet to_octet(const SecondaryControl& control) {
    Octet octet = 0;
    iec60870::encode(control, &octet);
    return octet;
}

/// May a frame of this function carry the frame count bit? (FCV = 1)
constexpr bool counts_frames(PrimaryFunction function) {
    return function == PrimaryFunction::user_data || function == PrimaryFunction::request_class_1 ||
           function == PrimaryFunction::request_class_2;
}

}  // namespace busbar::iec102
