#include "iec102/meter/json.hpp"

#include <charconv>

#include "iec102/ft12/control.hpp"

namespace busbar::iec102 {
namespace {

/// Writes members one by one: {"key":value,…}.
class ObjectWriter {
public:
    explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
    void close() { out_ += '}'; }

    std::string& key(std::string_view key) {
        if (!first_) out_ += ',';
        first_ = false;
        ((out_ += '"') += key) += "\":";
        return out_;
    }
    void number(std::string_view name, std::uint64_t value) { key(name) += std::to_string(value); }
    void flag(std::string_view name, bool value) {
        if (value) key(name) += "true";
    }
    void text(std::string_view name, std::string_view value);

private:
    std::string& out_;
    bool first_ = true;
};

void append_text(std::string& out, std::string_view text) {
    out += '"';
    for (const char character : text) {
        const auto octet = static_cast<Octet>(character);
        if (character == '"' || character == '\\') {
            (out += '\\') += character;
        } else if (octet < 0x20 || octet > 0x7E) {
            (out += "\\u00") += to_hex(Octets{&octet, 1});
        } else {
            out += character;
        }
    }
    out += '"';
}

void ObjectWriter::text(std::string_view name, std::string_view value) { append_text(key(name), value); }

std::string two_digits(unsigned number) { return (number < 10 ? "0" : "") + std::to_string(number); }

std::string local_text(const TimeLabelA& label, unsigned second) {
    return std::to_string(2000 + label.year) + '-' + two_digits(label.month) + '-' + two_digits(label.day) + 'T' +
           two_digits(label.hour) + ':' + two_digits(label.minute) + ':' + two_digits(second);
}

void add_time_flags(ObjectWriter& object, const TimeLabelA& label) {
    object.flag("SU", label.summer);
    object.flag("IV", label.invalid);
    object.flag("TIS", label.tariff_switch);
    if (label.energy_tariff != 0) object.number("ETI", label.energy_tariff);
    if (label.power_tariff != 0) object.number("PTI", label.power_tariff);
}

// A time that is none, 30 February, is written as it stands: it is what the meter said.
void append_json(std::string& out, const TimeLabelA& label) {
    if (is_empty(label)) {
        out += "null";
        return;
    }
    ObjectWriter object{out};
    object.text("local", local_text(label, 0));
    add_time_flags(object, label);
    object.close();
}

void append_json(std::string& out, const TimeLabelB& label) {
    if (label == TimeLabelB{}) {
        out += "null";
        return;
    }
    ObjectWriter object{out};
    object.text("local", local_text(label.minute, label.second));
    if (label.milliseconds != 0) object.number("ms", label.milliseconds);
    add_time_flags(object, label.minute);
    object.close();
}

template <Described Element>
void append_json(std::string& out, const Element& element);

template <class Member>
void add_member(ObjectWriter& object, std::string_view key, const Member& member) {
    if constexpr (std::is_same_v<Member, Password>) {
        object.text(key, "hidden");
    } else if constexpr (detail::is_text<Member>) {
        object.text(key, member.view());
    } else if constexpr (Described<Member>) {
        append_json(object.key(key), member);
    } else if constexpr (std::is_same_v<Member, bool>) {
        object.flag(key, member);
    } else {
        object.number(key, member);
    }
}

template <Described Element>
void add_members(ObjectWriter& object, const Element& element) {
    iec60870::for_each_field<Element>(element,
                                      [&](auto field, const auto& member) { add_member(object, field.key, member); });
}

template <Described Element>
void append_json(std::string& out, const Element& element) {
    ObjectWriter object{out};
    add_members(object, element);
    object.close();
}

/// Makes "objects":[…] and what they have in common.
class BodyWriter {
public:
    explicit BodyWriter(ObjectWriter& asdu) : asdu_(asdu) {}

    template <Described Element>
    void operator()(const Place& place, const Element& element) {
        if constexpr (!std::is_same_v<Element, Nothing>) {
            if (place.common) {
                append_json(common_, element);
            } else {
                add(place, element);
            }
        }
    }

    void finish() {
        if (!objects_.empty()) ((asdu_.key("objects") += '[') += objects_) += ']';
        if (!common_.empty()) asdu_.key("common") += common_;
    }

private:
    template <Described Element>
    void add(const Place& place, const Element& element) {
        if (!objects_.empty()) objects_ += ',';
        if (!place.address) return append_json(objects_, element);
        ObjectWriter object{objects_};
        object.number("object", *place.address);
        add_members(object, element);
        object.close();
    }

    ObjectWriter& asdu_;
    std::string objects_, common_;
};

void add_asdu(ObjectWriter& object, Octets octets) {
    const auto asdu = parse_asdu(octets);
    if (!asdu) {
        object.text("error", asdu.error().what);
        object.number("at", asdu.error().at);
        return;
    }
    const AsduHeader& header = asdu->header;
    object.number("type", static_cast<unsigned>(header.type));
    const auto name = name_of(header.type);
    if (name) object.text("name", name->name);
    object.number("cot", static_cast<unsigned>(header.cause));
    object.flag("negative", header.negative);
    object.flag("test", header.test);
    object.number("point", header.point_address);
    object.number("record", header.record);
    BodyWriter body{object};
    const auto fault = visit_body(*asdu, body);
    body.finish();
    if (!name) object.text("body", to_hex(asdu->body));
    if (!fault) return;
    object.text("error", fault->what);
    object.number("at", fault->at);
}

std::string primary_function_text(PrimaryFunction function) {
    switch (function) {
        case PrimaryFunction::reset_remote_link: return "reset remote link";
        case PrimaryFunction::user_data: return "send user data";
        case PrimaryFunction::request_status: return "request status of link";
        case PrimaryFunction::request_class_1: return "request class 1";
        case PrimaryFunction::request_class_2: return "request class 2";
    }
    return "function " + std::to_string(static_cast<unsigned>(function));
}

std::string secondary_function_text(SecondaryFunction function) {
    switch (function) {
        case SecondaryFunction::ack: return "ack";
        case SecondaryFunction::nack: return "nack";
        case SecondaryFunction::user_data: return "user data";
        case SecondaryFunction::no_data: return "data not available";
        case SecondaryFunction::status_of_link: return "status of link";
        case SecondaryFunction::not_functioning: return "link service not functioning";
        case SecondaryFunction::not_used: return "link service not used";
    }
    return "function " + std::to_string(static_cast<unsigned>(function));
}

void add_control(ObjectWriter& object, Octet control) {
    object.text("direction", is_primary(control) ? "control" : "monitor");
    object.text("function", function_text(control));
    if (is_primary(control)) {
        const PrimaryControl primary = primary_control(control);
        if (primary.frame_count_valid) object.number("fcb", primary.frame_count ? 1 : 0);
    } else {
        const SecondaryControl secondary = secondary_control(control);
        object.flag("acd", secondary.access_demand);
        object.flag("dfc", secondary.data_flow);
    }
}

}  // namespace

std::string function_text(Octet control) {
    return is_primary(control) ? primary_function_text(primary_control(control).function)
                               : secondary_function_text(secondary_control(control).function);
}

std::string to_json(const Frame& frame) {
    std::string text;
    ObjectWriter object{text};
    add_control(object, frame.control);
    object.number("link", frame.link_address);
    if (!frame.asdu.empty()) add_asdu(object, frame.asdu);
    object.close();
    return text;
}

std::string asdu_to_json(Octets asdu) {
    std::string text;
    ObjectWriter object{text};
    add_asdu(object, asdu);
    object.close();
    return text;
}

}  // namespace busbar::iec102
