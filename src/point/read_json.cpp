#include <charconv>
#include <cmath>
#include <limits>

#include "point/json_scanner.hpp"
#include "point/point.hpp"

namespace busbar::point {
namespace {

constexpr std::size_t max_text_size = std::size_t{16} * 1024;
constexpr std::string_view starts_number = "-0123456789";

enum class Member : std::uint8_t {
    casdu,
    ioa,
    type,
    value,
    quality,
    cot,
    time,
    time_flags,
    received,
    source,
    reason,
    oa,
    test,
    negative,
    sequence,
    qualifier,
    select,
    changed,
    raw,
    time_raw,
    unknown,
};

/// In the order in which they are written, so that the next one is usually the one after the last.
constexpr std::array<std::string_view, 20> member_names{
    "casdu",  "ioa", "type", "value",    "quality",  "cot",       "time",   "time_flags", "received", "source",
    "reason", "oa",  "test", "negative", "sequence", "qualifier", "select", "changed",    "raw",      "time_raw"};

std::string quoted(std::string_view text) { return "\"" + std::string{text} + "\""; }

/// "NaN", "Infinity", "-Infinity".
std::optional<double> special_number(std::string_view text) {
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (text == "Infinity") return std::numeric_limits<double>::infinity();
    if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
    return std::nullopt;
}

template <class Number>
std::optional<Number> convert(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// 100, and also 1e2 and 100.0.
std::optional<std::int64_t> whole_number(std::string_view text) {
    if (const auto integer = convert<std::int64_t>(text)) return integer;
    const auto number = convert<double>(text);
    if (!number || std::trunc(*number) != *number || std::abs(*number) > 1e15) return std::nullopt;
    return static_cast<std::int64_t>(*number);
}

/// Reads member after member into a point; see JsonScanner for what false means.
class Reader {
public:
    Reader(std::string_view json, Point& into) : scanner_(json), point_(into) {}

    bool read() {
        return scanner_.object([this](std::string_view key) { return read_member(key); }) && scanner_.end() && finish();
    }
    Error take_error() { return scanner_.take_error(); }

private:
    Member find(std::string_view key);
    bool read_member(std::string_view key);

    template <class Integer>
    bool read_integer(Integer& out, std::int64_t greatest);
    bool read_boolean(bool& out) { return must_be("true or false", "tf") && scanner_.boolean(out); }
    bool read_text(std::string_view& out) { return must_be("a text", "\"") && scanner_.string(out); }
    template <class ReadElement>
    bool read_list(ReadElement&& read_element) {
        return must_be("a list", "[") && scanner_.array(read_element);
    }
    bool read_type();
    bool read_value();
    bool read_special_value();
    bool read_composite();
    bool read_quality();
    bool read_time_flags();
    bool read_time(std::optional<UtcTime>& out);
    bool read_changed();
    template <std::size_t Capacity>
    bool read_octets(SmallOctets<Capacity>& out);
    bool finish();
    bool convert_value();

    /// The value that comes next begins with one of these characters.
    bool must_be(std::string_view kind, std::string_view first_characters) {
        return first_characters.find(scanner_.peek()) != std::string_view::npos ||
               wrong("must be " + std::string{kind});
    }
    bool wrong(const std::string& what) { return scanner_.fail(std::string{key_} + ": " + what, value_at_); }

    JsonScanner scanner_;
    Point& point_;
    std::string_view key_;
    std::size_t value_at_ = 0;
    std::size_t expected_ = 0;  // index of the member that comes next if they are in order
    std::string_view number_;   // the value, if it is a number: read when the type is known
    std::size_t number_at_ = 0;
    bool has_type_ = false, has_value_ = false;
};

Member Reader::find(std::string_view key) {
    for (std::size_t i = 0; i < member_names.size(); ++i) {
        const std::size_t index =
            expected_ + i < member_names.size() ? expected_ + i : expected_ + i - member_names.size();
        if (member_names[index] != key) continue;
        expected_ = index + 1 < member_names.size() ? index + 1 : 0;
        return static_cast<Member>(index);
    }
    return Member::unknown;
}

bool Reader::read_member(std::string_view key) {
    key_ = key;
    const Member member = find(key);
    const bool is_null = scanner_.peek() == 'n';
    value_at_ = scanner_.position();
    if (is_null && member != Member::value) return scanner_.null();  // as if it were not there
    switch (member) {
        case Member::casdu: return read_integer(point_.casdu, 65535);
        case Member::ioa: return read_integer(point_.ioa, 16777215);
        case Member::type: return read_type();
        case Member::value: return read_value();
        case Member::quality: return read_quality();
        case Member::cot: return read_integer(point_.cot, 63);
        case Member::time: return read_time(point_.time);
        case Member::time_flags: return read_time_flags();
        case Member::received: return read_time(point_.received);
        case Member::source: return read_text(point_.source);
        case Member::reason: return read_text(point_.reason);
        case Member::oa: return read_integer(point_.oa, 255);
        case Member::test: return read_boolean(point_.test);
        case Member::negative: return read_boolean(point_.negative);
        case Member::sequence: return read_integer(point_.sequence.emplace(), 31);
        case Member::qualifier: return read_integer(point_.qualifier.emplace(), 255);
        case Member::select: return read_boolean(point_.select);
        case Member::changed: return read_changed();
        case Member::raw: return read_octets(point_.raw);
        case Member::time_raw: return read_octets(point_.time_raw);
        case Member::unknown: break;
    }
    return scanner_.skip();
}

template <class Integer>
bool Reader::read_integer(Integer& out, std::int64_t greatest) {
    std::string_view text;
    if (!must_be("a number", starts_number) || !scanner_.number(text)) return false;
    const auto number = whole_number(text);
    if (!number || *number < 0 || *number > greatest)
        return wrong(std::string{text} + " is not a whole number from 0 to " + std::to_string(greatest));
    out = static_cast<Integer>(*number);
    return true;
}

bool Reader::read_type() {
    has_type_ = true;
    return read_integer(point_.type, 255);
}

bool Reader::read_value() {
    has_value_ = true;
    number_ = {};
    switch (scanner_.peek()) {
        case '"': return read_special_value();
        case '{': return read_composite();
        case 't':
        case 'f': return scanner_.boolean(point_.value.emplace<bool>());
        case 'n': point_.value = std::monostate{}; return scanner_.null();
        default:
            number_at_ = value_at_;
            return must_be("a number, true, false, an object or a text", starts_number) && scanner_.number(number_);
    }
}

bool Reader::read_special_value() {
    std::string_view text;
    if (!scanner_.string(text)) return false;
    const auto number = special_number(text);
    if (!number) return wrong(quoted(text) + " is none of \"NaN\", \"Infinity\", \"-Infinity\"");
    point_.value = *number;
    return true;
}

bool Reader::read_composite() {
    Composite& composite = point_.value.emplace<Composite>();
    return scanner_.object([&](std::string_view name) {
        if (composite.size == composite.members.size()) return wrong("has more than 8 members");
        if (name.empty() || name.size() > Composite::max_name_size) return wrong("has a member with an unusable name");
        Composite::Member& member = composite.members[composite.size++];
        member.name = name;
        const char next = scanner_.peek();
        if (next == 't' || next == 'f') {
            bool on = false;
            const bool good = scanner_.boolean(on);
            member.number = on;
            return good;
        }
        std::string_view text;
        if (!scanner_.number(text)) return false;
        const auto number = whole_number(text);
        if (number) member.number = *number;
        return number || wrong(std::string{name} + " " + std::string{text} + " is not a whole number");
    });
}

bool Reader::read_quality() {
    point_.quality = {};
    return read_list([this] {
        std::string_view name;
        if (!read_text(name)) return false;
        for (const FlagName& flag : flag_names) {
            if (flag.name != name) continue;
            point_.quality.set(flag.flag);
            return true;
        }
        return wrong(quoted(name) + " is not a flag");  // to ignore one could make a bad value good
    });
}

bool Reader::read_time_flags() {
    point_.time_flags = {};
    return read_list([this] {
        std::string_view name;
        if (!read_text(name)) return false;
        if (name == "IV") return point_.time_flags.invalid = true;
        if (name == "SU") return point_.time_flags.summer = true;
        if (name == "GEN") return point_.time_flags.generated = true;
        return wrong(quoted(name) + " is not a flag");
    });
}

bool Reader::read_time(std::optional<UtcTime>& out) {
    std::string_view text;
    if (!read_text(text)) return false;
    out = parse_iso8601(text);
    return out || wrong(quoted(text) + " is not a time as in 2026-11-21T09:00:00.123Z");
}

bool Reader::read_changed() {
    bool changed = true;
    if (!read_boolean(changed)) return false;
    point_.unchanged = !changed;
    return true;
}

template <std::size_t Capacity>
bool Reader::read_octets(SmallOctets<Capacity>& out) {
    std::string_view text;
    if (!read_text(text)) return false;
    const auto size = read_hex(text, out.octets);
    if (!size) return wrong(quoted(text) + " is not at most " + std::to_string(Capacity) + " octets in hex");
    out.size = static_cast<std::uint8_t>(*size);
    return true;
}

bool Reader::finish() {
    if (!has_type_) return scanner_.fail("type is missing", 0);
    if (!has_value_) return scanner_.fail("value is missing", 0);
    return number_.empty() || convert_value();
}

/// A float is read as a float: by way of a double it could be rounded twice.
bool Reader::convert_value() {
    if (is_float_type(point_.type)) {
        if (const auto number = convert<float>(number_)) {
            point_.value = static_cast<double>(*number);
            return true;
        }
    } else if (const auto integer = convert<std::int64_t>(number_); integer && number_ != "-0") {
        point_.value = *integer;
        return true;
    }
    const auto number = convert<double>(number_);
    if (number) point_.value = *number;
    return number || scanner_.fail("value: " + std::string{number_} + " is out of range", number_at_);
}

}  // namespace

Result<Point> read_json(std::string_view json) {
    if (json.size() > max_text_size) return fail("a point has at most 16 kB", max_text_size);
    Result<Point> point{};
    Reader reader{json, *point};
    if (!reader.read()) point = tl::make_unexpected(reader.take_error());
    return point;
}

}  // namespace busbar::point
