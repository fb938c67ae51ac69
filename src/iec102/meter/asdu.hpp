#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/octets.hpp"
#include "iec102/ft12/frame.hpp"
#include "iec102/meter/type_rows.hpp"

namespace busbar::iec102 {

/// Why an ASDU is sent (6 bits).
enum class Cause : std::uint8_t {
    initialised = 4,
    request = 5,
    activation = 6,
    activation_con = 7,
    deactivation = 8,
    deactivation_con = 9,
    activation_term = 10,
    record_not_available = 13,
    type_not_available = 14,
    record_unknown = 15,
    address_unknown = 16,
    object_not_available = 17,
    period_not_available = 18,
};

/// "requested ASDU type not available"; "cause 44" for a number that the profile does not define.
std::string cause_text(Cause cause);
/// One of 13 to 18: the request comes back with the reason why it is not answered.
constexpr bool is_refusal(Cause cause) {
    return cause >= Cause::record_not_available && cause <= Cause::period_not_available;
}

/// Data unit identifier: the six octets that every ASDU begins with.
struct AsduHeader {
    TypeId type{};
    std::uint8_t count = 0;  // N, 0 to 127
    bool sequence = false;   // SQ, always 0 in this profile
    Cause cause{};
    bool negative = false;  // P/N
    bool test = false;
    std::uint16_t point_address = 0;  // measuring point
    std::uint8_t record = 0;          // record address
    bool operator==(const AsduHeader&) const = default;
};

inline constexpr std::size_t asdu_header_size = 6;

struct AsduView {
    AsduHeader header;
    Octets body;
};

/// Reads the header; the body is not looked at. Fails if there are not six octets.
Result<AsduView> parse_asdu(Octets asdu);

void append_header(const AsduHeader& header, OctetBuffer& out);

/// An ASDU of a header and elements in a row; N is what the header says.
template <Described... Elements>
OctetBuffer make_asdu(const AsduHeader& header, const Elements&... elements) {
    OctetBuffer asdu;
    asdu.reserve(max_asdu_size);
    append_header(header, asdu);
    (append_element(elements, asdu), ...);
    return asdu;
}

/// Appends an object address and its element, as ASDUs 139, 140, 157 and 163 have them.
template <Described Element>
void append_object(Octet address, const Element& element, OctetBuffer& out) {
    out.push_back(address);
    append_element(element, out);
}

/// Name and label of a type; nothing for one that has no row.
struct TypeName {
    std::string_view name, label;
};
std::optional<TypeName> name_of(TypeId type);

}  // namespace busbar::iec102
