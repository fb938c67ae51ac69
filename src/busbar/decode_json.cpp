#include "busbar/decode_json.hpp"

#include <fmt/format.h>

#include <cmath>

#include "busbar/decode_words.hpp"
#include "iec104/apci/apci.hpp"
#include "iec60870/asdu/type_table.hpp"
#include "iec60870/asdu/visit.hpp"

namespace busbar::program {
namespace {

using iec60870::AsduHeader;
using iec60870::AsduView;
using iec60870::Fraction;
using sim::JsonLine;

/// What an element says, as JSON texts; gathered field by field.
class ElementWords {
public:
    template <class Field>
    void operator()(Field, const auto& bits) {
        using Owner = typename Field::Owner;
        if constexpr (iec60870::Tag<Owner>) {
            if (!time_.empty()) add_flag(time_);  // the last one is the time tag
            time_ = time_text(bits);
        } else if constexpr (std::is_same_v<Owner, iec60870::StartEvents> ||
                             std::is_same_v<Owner, iec60870::OutputCircuit>) {
            events_ |= unsigned{bits} << Field::first_bit;
            value_ = std::to_string(events_);
        } else if constexpr (Field::key == "value" || Field::key == "ES" || Field::key == "ST" || Field::key == "NOF") {
            set_value(Field{}, bits);
        } else {
            add_other(Field{}, bits);
        }
    }

    void write(JsonLine& line) const {
        if (!value_.empty()) line.add_json("value", value_);
        if (!flags_.empty()) line.add_json("quality", "[" + flags_ + "]");
        if (!time_.empty()) line.add("time_tag", time_);
    }

private:
    template <class Field>
    void set_value(Field, const auto& bits) {
        using Member = typename Field::Member;
        constexpr bool is_bits = Field::symbol == "BSI" || Field::symbol == "ST" || Field::symbol == "FBP";
        if constexpr (is_bits) {
            value_ = fmt::format("\"{:0{}x}\"", bits, Field::width / 4);
        } else if constexpr (std::is_same_v<Member, Fraction>) {
            sim::append_json_number(value_, bits.number());
        } else if constexpr (std::is_same_v<Member, float>) {
            set_float(bits);
        } else {
            value_ = fmt::format("{}", static_cast<std::int64_t>(bits));
        }
    }

    /// The shortest text of a float; what JSON has no number for, as text.
    void set_float(float number) {
        if (std::isfinite(number)) {
            char text[max_number_size];
            value_.assign(text, write_number(text, number));
        } else {
            sim::append_json_number(value_, number);
        }
    }

    template <class Field>
    void add_other(Field, const auto& bits) {
        if constexpr (std::is_same_v<typename Field::Member, bool>) {
            if (bits) add_flag(name_of<Field>());
        } else if constexpr (Field::symbol == "CD") {
            add_flag(fmt::format("CD={:04x}", bits));
        } else {
            add_flag(fmt::format("{}={}", name_of<Field>(), bits));
        }
    }

    template <class Field>
    static constexpr std::string_view name_of() {
        if constexpr (Field::key == "select") return "SE";
        if constexpr (Field::key == "sequence") return "SEQ";
        if constexpr (Field::key == "duration") return "EL";
        if constexpr (std::is_same_v<typename Field::Owner, iec60870::InitializationCause>) return "LPCHG";
        return Field::symbol;
    }

    void add_flag(std::string_view text) {
        if (!flags_.empty()) flags_ += ',';
        sim::append_json_text(flags_, text);
    }

    std::string value_, flags_, time_;
    unsigned events_ = 0;
};

std::string_view name_of(iec104::UFunction function) {
    using enum iec104::UFunction;
    switch (function) {
        case startdt_act: return "STARTDTact";
        case startdt_con: return "STARTDTcon";
        case stopdt_act: return "STOPDTact";
        case stopdt_con: return "STOPDTcon";
        case testfr_act: return "TESTFRact";
        case testfr_con: return "TESTFRcon";
    }
    return {};
}

void add_place(JsonLine& line, const ApduPlace& place) {
    if (place.frame) line.add("frame", place.frame).add("apdu", place.apdu);
    if (place.time) line.add("time", time_text(*place.time));
    if (!place.source.empty()) line.add("src", place.source).add("dst", place.destination);
}

void add_header(JsonLine& line, const AsduHeader& header) {
    line.add("type", header.type).add("sq", header.sequence).add("cot", static_cast<unsigned>(header.cause));
    line.add("negative", header.negative).add("test", header.test).add("oa", header.originator);
    line.add("casdu", header.common_address);
}

void add_u_frame(JsonLine& line, const iec104::UFrame& frame, Octets apdu) {
    line.add("format", "U");
    if (frame.function) {
        line.add("function", name_of(*frame.function));
    } else {
        line.add("function", fmt::format("0x{:02x}", apdu[2])).add("error", "not one of the six U functions");
    }
}

}  // namespace

void JsonOutput::fault(const ApduPlace& place, std::string_view what) {
    JsonLine line(*out_);
    add_place(line, place);
    line.add("error", what).end();
}

void JsonOutput::apdu(const ApduPlace& place, Octets octets) {
    const auto apdu = iec104::parse_apdu(octets, format_.header_size());
    if (!apdu) return fault(place, apdu.error().what);
    if (const auto* frame = std::get_if<iec104::IFrame>(&*apdu)) {
        // What all objects have in common is written once.
        std::string front;
        JsonLine line(front);
        add_place(line, place);
        line.add("format", "I").add("ns", frame->send_number).add("nr", frame->receive_number);
        return asdu(front.substr(1), frame->asdu);
    }
    JsonLine line(*out_);
    add_place(line, place);
    if (const auto* frame = std::get_if<iec104::SFrame>(&*apdu))
        line.add("format", "S").add("nr", frame->receive_number);
    if (const auto* frame = std::get_if<iec104::UFrame>(&*apdu)) add_u_frame(line, *frame, octets);
    line.end();
}

void JsonOutput::asdu(const std::string& front, Octets octets) {
    const auto view = AsduView::parse(octets, format_, iec60870::Counting::sent);
    const Octets body = octets.subspan(format_.header_size());
    if (!view || !view->description()) {
        JsonLine line(*out_);
        line.add_members(front);
        add_header(line, *AsduView::parse_header(octets, format_));
        const bool has_address = view && body.size() >= format_.ioa_size;
        if (has_address)
            line.add("ioa",
                     body[0] | (format_.ioa_size > 1 ? body[1] << 8 : 0) | (format_.ioa_size > 2 ? body[2] << 16 : 0));
        line.add_hex("raw", has_address ? body.subspan(format_.ioa_size) : body);
        if (!view) line.add("error", view.error().what);
        return line.end();
    }
    for (const iec60870::InformationObject object : *view) {
        JsonLine line(*out_);
        line.add_members(front);
        add_header(line, view->header());
        line.add("ioa", object.ioa);
        ElementWords words;
        iec60870::visit_element(view->header().type, object.element, words);
        words.write(line);
        line.add_hex("raw", object.element).end();
    }
}

}  // namespace busbar::program
