#include "busbar/decode_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "base/text.hpp"
#include "busbar/decode_words.hpp"
#include "busbar/text_tree.hpp"
#include "iec104/apci/apci.hpp"
#include "iec60870/asdu/cause_text.hpp"
#include "iec60870/asdu/type_table.hpp"
#include "iec60870/asdu/visit.hpp"

namespace busbar::program {
namespace {

using iec60870::AsduHeader;
using iec60870::AsduView;

/// Where the dissector's name is not simply the standard's in small letters.
struct Renamed {
    std::string_view ours, theirs;
};
constexpr std::array renamed{
    Renamed{"sco.scs", "sco.on"}, Renamed{"dco.dcs", "dco.on"}, Renamed{"rco.rcs", "rco.up"},
    Renamed{"coi.coi", "coi_r"},  Renamed{"coi.lpc", "coi_i"},  Renamed{"qcc.rqt", "rqt"},
    Renamed{"qcc.frz", "frz"},    Renamed{"nva", "normval"},    Renamed{"sva", "scalval"},
    Renamed{"r32", "float"},      Renamed{"bsi", "bitstring"},
};

/// "sco", "S/E" -> "sco.se"
std::string dissector_name(std::string_view element, std::string_view field = {}) {
    std::string name{element};
    if (!field.empty()) name += "." + std::string{field};
    std::erase(name, '/');
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (const auto at = name.find("time2a"); at != std::string::npos) name.erase(at + 4, 2);
    for (const Renamed& entry : renamed) {
        if (entry.ours == name) return std::string{entry.theirs};
    }
    return name;
}

std::string number_text(float number) {
    char text[max_number_size];
    return {text, write_number(text, number)};
}
std::string number_text(iec60870::Fraction fraction) { return fmt::format("{}", fraction.number()); }
std::string number_text(std::integral auto number) { return std::to_string(static_cast<std::int64_t>(number)); }

/// An element of one field is one line, any other has a line for its octets and one for each field.
template <class Element>
void write_element(TextTree& tree, const Element& element, Octets octets) {
    constexpr bool is_single = std::tuple_size_v<decltype(Element::fields)> == 1;
    if constexpr (iec60870::Tag<Element>) {
        tree.line(3, "{}: {}", dissector_name(Element::symbol), time_text(element));
    } else if constexpr (!is_single) {
        std::uint64_t bits = 0;
        for (std::size_t i = octets.size(); i-- > 0;) bits = bits << 8 | octets[i];
        tree.line(3, "{}: 0x{:0{}x}", dissector_name(Element::symbol), bits, octets.size() * 2);
    }
    iec60870::for_each_leaf(element, [&](auto field, const auto& value) {
        using Field = decltype(field);
        if constexpr (Field::symbol == "BSI") {
            tree.line(3, "{}: 0x{:08x}", dissector_name(Element::symbol), value);
        } else {
            const std::string name =
                is_single ? dissector_name(Element::symbol) : dissector_name(Element::symbol, Field::symbol);
            tree.line(is_single ? 3 : 4, "{}: {}  {}", name, number_text(value), Field::label);
        }
    });
}

void write_object(TextTree& tree, iec60870::TypeId type, const iec60870::InformationObject& object) {
    tree.line(2, "ioa: {}", object.ioa);
    std::size_t used = 0;
    iec60870::with_type(type, [&]<class R>(iec60870::TypeOf<R>) {
        const R record = iec60870::decode_record<R>(object.element.data());
        const auto write = [&]<class Element>(const Element& element) {
            write_element(tree, element, object.element.subspan(used, iec60870::size_of<Element>));
            used += iec60870::size_of<Element>;
        };
        std::apply([&](const auto&... element) { (write(element), ...); }, record);
    });
    if (used < object.element.size()) tree.line(3, "data: {}", to_hex(object.element.subspan(used), ' '));
}

void write_header(TextTree& tree, const AsduHeader& header) {
    const auto* type = iec60870::find_type(header.type);
    tree.line(1, "typeid: {} ({})  {}", type ? type->name : "?", header.type, type ? type->label : "unknown type");
    tree.line(1, "sq: {}", int{header.sequence});
    tree.line(1, "numix: {}", header.count);
    tree.line(1, "causetx: {} ({})", iec60870::cause_text(header.cause), static_cast<unsigned>(header.cause));
    tree.line(1, "nega: {}", int{header.negative});
    tree.line(1, "test: {}", int{header.test});
    tree.line(1, "oa: {}", header.originator);
    tree.line(1, "addr: {}", header.common_address);
}

void write_asdu(TextTree& tree, Octets octets, const iec60870::AsduFormat& format) {
    write_header(tree, *AsduView::parse_header(octets, format));
    const auto permitted = AsduView::parse(octets, format);
    if (!permitted) tree.line(1, "error: octet {} of the ASDU: {}", permitted.error().at, permitted.error().what);
    const auto asdu = AsduView::parse(octets, format, iec60870::Counting::sent);
    if (!asdu || !asdu->description()) {
        tree.line(1, "rawdata: {}", to_hex(octets.subspan(format.header_size()), ' '));
        return;
    }
    for (const iec60870::InformationObject object : *asdu) write_object(tree, asdu->header().type, object);
}

std::string u_function_text(const iec104::UFrame& frame, Octet control) {
    using enum iec104::UFunction;
    if (!frame.function) return fmt::format("0x{:02x}, not one of the six functions", control);
    switch (*frame.function) {
        case startdt_act: return "STARTDT act";
        case startdt_con: return "STARTDT con";
        case stopdt_act: return "STOPDT act";
        case stopdt_con: return "STOPDT con";
        case testfr_act: return "TESTFR act";
        case testfr_con: return "TESTFR con";
    }
    return {};
}

/// "42.0  2026-11-21T09:41:37.102345Z  10.1.0.7:40000 > 10.1.0.9:2404", as far as it is known.
void write_place(TextTree& tree, const ApduPlace& place) {
    std::string text = place.frame ? fmt::format("{}.{}", place.frame, place.apdu) : "-";
    if (place.time) text += "  " + time_text(*place.time);
    if (!place.source.empty()) text += "  " + place.source + " > " + place.destination;
    tree.line(0, "{}", text);
}

}  // namespace

void TextOutput::fault(const ApduPlace& place, std::string_view what) {
    TextTree tree(*out_);
    write_place(tree, place);
    tree.line(1, "error: {}", what);
}

void TextOutput::apdu(const ApduPlace& place, Octets octets) {
    TextTree tree(*out_);
    write_place(tree, place);
    tree.line(1, "apdulen: {}", octets[1]);
    const auto apdu = iec104::parse_apdu(octets, format_.header_size());
    if (!apdu) {
        tree.line(1, "error: octet {}: {}", apdu.error().at, apdu.error().what);
        tree.line(1, "data: {}", to_hex(octets, ' '));
    } else if (const auto* i_frame = std::get_if<iec104::IFrame>(&*apdu)) {
        tree.line(1, "type: I");
        tree.line(1, "tx: {}", i_frame->send_number);
        tree.line(1, "rx: {}", i_frame->receive_number);
        write_asdu(tree, i_frame->asdu, format_);
    } else if (const auto* s_frame = std::get_if<iec104::SFrame>(&*apdu)) {
        tree.line(1, "type: S");
        tree.line(1, "rx: {}", s_frame->receive_number);
    } else {
        tree.line(1, "type: U");
        tree.line(1, "utype: {}", u_function_text(std::get<iec104::UFrame>(*apdu), octets[2]));
    }
}

}  // namespace busbar::program
