#include <cmath>

#include "base/text.hpp"
#include "point/json_string.hpp"
#include "point/point.hpp"

namespace busbar::point {
namespace {

/// JSON has no NaN and no infinity; "-0" would be read as the integer 0. What a float can say is written as the
/// shortest text of a float: 0.1, not 0.10000000149011612.
char* write_double(char* out, double number) {
    if (std::isnan(number)) return write_text(out, "\"NaN\"");
    if (std::isinf(number)) return write_text(out, number > 0 ? "\"Infinity\"" : "\"-Infinity\"");
    if (number == 0) return write_text(out, std::signbit(number) ? "-0.0" : "0");
    const auto single = static_cast<float>(number);
    return static_cast<double>(single) == number ? write_number(out, single) : write_number(out, number);
}

char* write_composite(char* out, const Composite& composite) {
    char separator = '{';
    if (composite.size == 0) *out++ = separator;
    for (const Composite::Member& member : std::span{composite.members}.first(composite.size)) {
        *out++ = separator;
        out = write_json_string(out, member.name);
        *out++ = ':';
        out = write_number(out, member.number);
        separator = ',';
    }
    *out++ = '}';
    return out;
}

char* write_value(char* out, const Value& value) {
    if (const auto* number = std::get_if<double>(&value)) return write_double(out, *number);
    if (const auto* on = std::get_if<bool>(&value)) return write_text(out, *on ? "true" : "false");
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return write_number(out, *integer);
    if (const auto* composite = std::get_if<Composite>(&value)) return write_composite(out, *composite);
    return write_text(out, "null");
}

/// ["IV","NT"]; `separator` opens the list and comes before every flag but the first.
class FlagList {
public:
    FlagList(char* out, std::string_view key) : out_(write_text(out, key)) {}

    void add(std::string_view name) {
        *out_++ = separator_;
        *out_++ = '"';
        out_ = write_text(out_, name);
        *out_++ = '"';
        separator_ = ',';
    }

    char* finish() {
        *out_++ = ']';
        return out_;
    }

private:
    char* out_;
    char separator_ = '[';
};

char* write_quality(char* out, Quality quality) {
    FlagList list{out, ",\"quality\":"};
    for (const FlagName& flag : flag_names) {
        if (quality.has(flag.flag)) list.add(flag.name);
    }
    return list.finish();
}

char* write_time_flags(char* out, const TimeFlags& flags) {
    FlagList list{out, ",\"time_flags\":"};
    if (flags.invalid) list.add("IV");
    if (flags.summer) list.add("SU");
    if (flags.generated) list.add("GEN");
    return list.finish();
}

char* write_time(char* out, std::string_view key, UtcTime time) {
    out = write_text(out, key);
    out = write_iso8601(out, time);
    *out++ = '"';
    return out;
}

template <class Number>
char* write_member(char* out, std::string_view key, Number number) {
    return write_number(write_text(out, key), number);
}

char* write_octets(char* out, std::string_view key, Octets octets) {
    out = write_hex(write_text(out, key), octets);
    *out++ = '"';
    return out;
}

/// Members that most points do not have.
char* write_rare(char* out, const Point& point) {
    if (point.oa != 0) out = write_member(out, ",\"oa\":", point.oa);
    if (point.test) out = write_text(out, ",\"test\":true");
    if (point.negative) out = write_text(out, ",\"negative\":true");
    if (point.sequence) out = write_member(out, ",\"sequence\":", *point.sequence);
    if (point.qualifier) out = write_member(out, ",\"qualifier\":", *point.qualifier);
    if (point.select) out = write_text(out, ",\"select\":true");
    if (point.unchanged) out = write_text(out, ",\"changed\":false");
    if (point.raw.size) out = write_octets(out, ",\"raw\":\"", point.raw.view());
    if (point.time_raw.size) out = write_octets(out, ",\"time_raw\":\"", point.time_raw.view());
    return out;
}

}  // namespace

char* write_json(char* out, const Point& point) {
    out = write_member(out, "{\"casdu\":", point.casdu);
    out = write_member(out, ",\"ioa\":", point.ioa);
    out = write_member(out, ",\"type\":", point.type);
    out = write_value(write_text(out, ",\"value\":"), point.value);
    if (point.quality != Quality{}) out = write_quality(out, point.quality);
    out = write_member(out, ",\"cot\":", point.cot);
    if (point.time) out = write_time(out, ",\"time\":\"", *point.time);
    if (point.time_flags != TimeFlags{}) out = write_time_flags(out, point.time_flags);
    if (point.received) out = write_time(out, ",\"received\":\"", *point.received);
    if (!point.source.empty()) out = write_json_string(write_text(out, ",\"source\":"), point.source);
    if (!point.reason.empty()) out = write_json_string(write_text(out, ",\"reason\":"), point.reason);
    out = write_rare(out, point);
    *out++ = '}';
    return out;
}

}  // namespace busbar::point
