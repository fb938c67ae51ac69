#include <string_view>

#include "busbar/decode_ft12.hpp"
#include "busbar/decode_words.hpp"
#include "iec102/meter/json.hpp"
#include "iec102/meter/visit.hpp"
#include "sim/wire/ft12_text.hpp"
#include "sim/wire/json_line.hpp"

namespace busbar::program {

namespace {

void add_place(sim::JsonLine& line, const ApduPlace& place) {
    if (place.frame) line.add("frame", place.frame).add("apdu", place.apdu);
    if (place.time) line.add("time", time_text(*place.time));
    if (!place.source.empty()) line.add("src", place.source).add("dst", place.destination);
}

/// The members of the frame's object.
std::string members_of(const iec102::Frame& frame) {
    const std::string object = iec102::to_json(frame);
    return object.substr(1, object.size() - 2);
}

}  // namespace

void Ft12JsonOutput::apdu(const ApduPlace& place, Octets octets) {
    const auto frame = iec102::parse_frame(octets);
    if (!frame) return fault(place, frame.error().what);
    sim::JsonLine line(*out_);
    add_place(line, place);
    line.add_members(members_of(*frame));
    if (const auto password = shown_password(*frame, show_passwords_)) line.add("password", *password);
    line.add("raw", sim::ft12_hex(octets, show_passwords_)).end();
}

void Ft12JsonOutput::fault(const ApduPlace& place, std::string_view what) {
    sim::JsonLine line(*out_);
    add_place(line, place);
    line.add("error", what).end();
}

std::optional<std::uint32_t> shown_password(const iec102::Frame& frame, bool show) {
    if (!show || frame.asdu.empty()) return std::nullopt;
    const auto asdu = iec102::parse_asdu(frame.asdu);
    if (!asdu) return std::nullopt;
    if (const auto login = iec102::read_one<iec102::Login>(*asdu)) return static_cast<std::uint32_t>(login->password);
    if (const auto point = iec102::read_one<iec102::PointParameters>(*asdu))
        return static_cast<std::uint32_t>(point->password);
    return std::nullopt;
}

}  // namespace busbar::program
