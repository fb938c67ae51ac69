#include "iec102/meter/asdu.hpp"

namespace busbar::iec102 {
namespace {

constexpr Octet sequence_bit = 0x80, test_bit = 0x80, negative_bit = 0x40, cause_mask = 0x3F, count_mask = 0x7F;

}  // namespace

std::string cause_text(Cause cause) {
    switch (cause) {
        case Cause::initialised: return "initialised";
        case Cause::request: return "request";
        case Cause::activation: return "activation";
        case Cause::activation_con: return "activation confirmed";
        case Cause::deactivation: return "deactivation";
        case Cause::deactivation_con: return "deactivation confirmed";
        case Cause::activation_term: return "activation terminated";
        case Cause::record_not_available: return "requested data record not available";
        case Cause::type_not_available: return "requested ASDU type not available";
        case Cause::record_unknown: return "record number unknown";
        case Cause::address_unknown: return "address unknown";
        case Cause::object_not_available: return "requested information object not available";
        case Cause::period_not_available: return "requested integration period not available";
    }
    return "cause " + std::to_string(static_cast<unsigned>(cause));
}

Result<AsduView> parse_asdu(Octets asdu) {
    if (asdu.size() < asdu_header_size)
        return fail("an ASDU has at least 6 octets, this one " + std::to_string(asdu.size()), asdu.size());
    return AsduView{{.type = static_cast<TypeId>(asdu[0]),
                     .count = static_cast<std::uint8_t>(asdu[1] & count_mask),
                     .sequence = (asdu[1] & sequence_bit) != 0,
                     .cause = static_cast<Cause>(asdu[2] & cause_mask),
                     .negative = (asdu[2] & negative_bit) != 0,
                     .test = (asdu[2] & test_bit) != 0,
                     .point_address = static_cast<std::uint16_t>(asdu[3] | asdu[4] << 8),
                     .record = asdu[5]},
                    asdu.subspan(asdu_header_size)};
}

void append_header(const AsduHeader& header, OctetBuffer& out) {
    const auto bit = [](bool set, Octet mask) { return set ? mask : Octet{0}; };
    out.insert(out.end(), {static_cast<Octet>(header.type),
                           static_cast<Octet>((header.count & count_mask) | bit(header.sequence, sequence_bit)),
                           static_cast<Octet>((static_cast<Octet>(header.cause) & cause_mask) |
                                              bit(header.negative, negative_bit) | bit(header.test, test_bit)),
                           static_cast<Octet>(header.point_address & 0xFF),
                           static_cast<Octet>(header.point_address >> 8), header.record});
}

std::optional<TypeName> name_of(TypeId type) {
    std::optional<TypeName> found;
    with_row(type, [&](const auto& row) { found = {row.name, row.label}; });
    return found;
}

}  // namespace busbar::iec102
