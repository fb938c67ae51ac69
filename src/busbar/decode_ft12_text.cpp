#include <fmt/format.h>

#include <iterator>

#include "busbar/decode_ft12.hpp"
#include "busbar/decode_words.hpp"
#include "busbar/text_tree.hpp"
#include "iec102/ft12/control.hpp"
#include "iec102/meter/json.hpp"
#include "iec102/meter/visit.hpp"

namespace busbar::program {

namespace {

using iec102::TimeLabelA;
using iec102::TimeLabelB;

/// "2021-04-14 18:55 SU": local time, as the meter says it.
std::string label_text(const TimeLabelA& label) {
    if (iec102::is_empty(label)) return "none";
    return fmt::format("20{:02}-{:02}-{:02} {:02}:{:02}{}{}", label.year, label.month, label.day, label.hour,
                       label.minute, label.summer ? " SU" : "", label.invalid ? " IV" : "");
}

std::string label_text(const TimeLabelB& label) {
    if (label == TimeLabelB{}) return "none";
    const TimeLabelA& minute = label.minute;
    return fmt::format("20{:02}-{:02}-{:02} {:02}:{:02}:{:02}.{:03}{}{}", minute.year, minute.month, minute.day,
                       minute.hour, minute.minute, label.second, label.milliseconds, minute.summer ? " SU" : "",
                       minute.invalid ? " IV" : "");
}

/// Writes elements below each other: a line for each number, a heading for each group of them.
class ElementWriter {
public:
    ElementWriter(TextTree& tree, bool show_passwords) : tree_(&tree), show_passwords_(show_passwords) {}

    template <iec102::Described Element>
    void operator()(const iec102::Place& place, const Element& element) {
        if (place.address) tree_->line(2, "object: {}", *place.address);
        members(place.address ? 3 : 2, element);
    }

private:
    template <iec102::Described Element>
    void members(unsigned level, const Element& element) {
        if constexpr (std::is_same_v<Element, TimeLabelA> || std::is_same_v<Element, TimeLabelB>) {
            tree_->line(level, "time: {}", label_text(element));
        } else {
            iec60870::for_each_field<Element>(
                element, [&](auto field, const auto& value) { member(level, field.label, value); });
        }
    }

    template <class Value>
    void member(unsigned level, std::string_view label, const Value& value) {
        if constexpr (std::is_same_v<Value, TimeLabelA> || std::is_same_v<Value, TimeLabelB>) {
            tree_->line(level, "{}: {}", label, label_text(value));
        } else if constexpr (std::is_same_v<Value, iec102::Password>) {
            tree_->line(level, "{}: {}", label,
                        show_passwords_ ? std::to_string(static_cast<std::uint32_t>(value)) : "concealed");
        } else if constexpr (iec102::detail::is_text<Value>) {
            tree_->line(level, "{}: \"{}\"", label, printable(value.view()));
        } else if constexpr (iec102::Described<Value>) {
            tree_->line(level, "{}", label);
            members(level + 1, value);
        } else if constexpr (std::is_same_v<Value, bool>) {
            if (value) tree_->line(level, "{}", label);
        } else {
            tree_->line(level, "{}: {}", label, static_cast<std::uint64_t>(value));
        }
    }

    static std::string printable(std::string_view text) {
        std::string shown(text);
        for (char& character : shown)
            if (character < 0x20 || character > 0x7e) character = '.';
        return shown;
    }

    TextTree* tree_;
    bool show_passwords_;
};

void write_place(TextTree& tree, const ApduPlace& place) {
    std::string text = place.frame ? fmt::format("{}.{}", place.frame, place.apdu) : "-";
    if (place.time) text += "  " + time_text(*place.time);
    if (!place.source.empty()) text += "  " + place.source + " > " + place.destination;
    tree.line(0, "{}", text);
}

void write_link(TextTree& tree, const iec102::Frame& frame) {
    const bool primary = iec102::is_primary(frame.control);
    tree.line(1, "function: {}", iec102::function_text(frame.control));
    tree.line(1, "prm: {}", int{primary});
    if (primary) {
        const auto control = iec102::primary_control(frame.control);
        if (control.frame_count_valid) tree.line(1, "fcb: {}", int{control.frame_count});
    } else {
        const auto control = iec102::secondary_control(frame.control);
        tree.line(1, "acd: {}", int{control.access_demand});
        tree.line(1, "dfc: {}", int{control.data_flow});
    }
    tree.line(1, "link: {}", frame.link_address);
}

void write_asdu(TextTree& tree, Octets octets, bool show_passwords) {
    const auto asdu = iec102::parse_asdu(octets);
    if (!asdu) return tree.line(1, "error: {}", asdu.error().what);
    const iec102::AsduHeader& header = asdu->header;
    const auto name = iec102::name_of(header.type);
    tree.line(1, "typeid: {} ({})  {}", name ? name->name : "?", static_cast<unsigned>(header.type),
              name ? name->label : "unknown type");
    tree.line(1, "numix: {}", header.count);
    tree.line(1, "causetx: {} ({})", iec102::cause_text(header.cause), static_cast<unsigned>(header.cause));
    tree.line(1, "nega: {}", int{header.negative});
    tree.line(1, "test: {}", int{header.test});
    tree.line(1, "point: {}", header.point_address);
    tree.line(1, "record: {}", header.record);
    if (!name) return tree.line(1, "rawdata: {}", to_hex(asdu->body, ' '));
    const auto fault = iec102::visit_body(*asdu, ElementWriter(tree, show_passwords));
    if (fault) tree.line(1, "error: octet {} of the ASDU: {}", fault->at, fault->what);
}

}  // namespace

void Ft12TextOutput::apdu(const ApduPlace& place, Octets octets) {
    const auto frame = iec102::parse_frame(octets);
    if (!frame) return fault(place, frame.error().what);
    TextTree tree(*out_);
    write_place(tree, place);
    write_link(tree, *frame);
    if (!frame->asdu.empty()) write_asdu(tree, frame->asdu, show_passwords_);
}

void Ft12TextOutput::fault(const ApduPlace& place, std::string_view what) {
    TextTree tree(*out_);
    write_place(tree, place);
    tree.line(1, "error: {}", what);
}

}  // namespace busbar::program
