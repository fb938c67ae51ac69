#include "connector/common/translate.hpp"

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>

#include "connector/common/time_tags.hpp"
#include "iec60870/asdu/visit.hpp"

namespace busbar::connector {
namespace {

using iec60870::for_each_leaf_of;
using iec60870::Fraction;
using iec60870::TypeDescription;
using point::Composite;
using point::Flag;
using point::Point;
using point::Value;

// --- where a field of an element stands in a point ---------------------------------------------------------------

enum class Role : std::uint8_t { value, flag, sequence, qualifier, select, member, none };

template <class R>
constexpr bool has_field(std::string_view key) {
    bool found = false;
    const R record{};
    for_each_leaf_of(record, [&](auto field, const auto&) { found |= decltype(field)::key == key; });
    return found;
}

/// A type without a "value" has an object of all that is neither quality nor qualifier.
template <class Field, class R>
constexpr Role role_of() {
    if constexpr (iec60870::Tag<typename Field::Owner>) {
        return Role::none;
    } else if constexpr (point::flag_named(Field::key)) {
        return Role::flag;
    } else {
        return Field::key == "value"       ? Role::value
               : Field::key == "sequence"  ? Role::sequence
               : Field::key == "qualifier" ? Role::qualifier
               : Field::key == "select"    ? Role::select
               : has_field<R>("value")     ? Role::none
                                           : Role::member;
    }
}

// --- element to point ----------------------------------------------------------------------------------------------

void set_value(Value& value, bool on) { value.emplace<bool>(on); }
void set_value(Value& value, Fraction fraction) { value.emplace<double>(fraction.number()); }
/// JSON has one NaN.
void set_value(Value& value, float number) {
    value.emplace<double>(std::isnan(number) ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(number));
}
template <std::integral Integer>
void set_value(Value& value, Integer number) {
    value.emplace<std::int64_t>(number);
}

/// Sets the members of `point` that the elements say, and no other.
template <class R>
void say(const R& record, Point& point) {
    point.value.emplace<std::monostate>();
    point.quality = {};
    point.sequence.reset();
    point.qualifier.reset();
    point.select = false;
    for_each_leaf_of(record, [&](auto field, const auto& bits) {
        using Field = decltype(field);
        constexpr Role role = role_of<Field, R>();
        if constexpr (role == Role::value) {
            set_value(point.value, bits);
            if constexpr (std::is_same_v<typename Field::Member, float>)
                point.quality.set(Flag::IV, !std::isfinite(bits));
        } else if constexpr (role == Role::flag) {
            if (bits) point.quality.set(*point::flag_named(Field::key));
        } else if constexpr (role == Role::sequence) {
            if (bits) point.sequence = bits;
        } else if constexpr (role == Role::qualifier) {
            if (bits) point.qualifier = bits;
        } else if constexpr (role == Role::select) {
            point.select = bits;
        } else if constexpr (role == Role::member) {
            if (!std::holds_alternative<Composite>(point.value)) point.value.emplace<Composite>();
            auto& composite = *std::get_if<Composite>(&point.value);
            composite.members[composite.size++] = {Field::key, std::int64_t{bits}};
        }
    });
}

// --- point to element ----------------------------------------------------------------------------------------------

enum class Fit : std::uint8_t { good, wrong_kind, out_of_range };

std::optional<double> number_of(const Value& value) {
    if (const auto* number = std::get_if<double>(&value)) return *number;
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
    return std::nullopt;
}

/// 5, and also 5.0 and true.
std::optional<std::int64_t> integer_of(const Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer;
    if (const auto* on = std::get_if<bool>(&value)) return *on;
    const auto* number = std::get_if<double>(&value);
    if (!number || std::abs(*number) > 1e15 || std::trunc(*number) != *number) return std::nullopt;
    return static_cast<std::int64_t>(*number);
}

template <class Field>
constexpr std::int64_t lowest = std::is_signed_v<typename Field::Member> ? -(std::int64_t{1} << (Field::width - 1)) : 0;
template <class Field>
constexpr std::int64_t highest = (std::int64_t{1}
                                  << (Field::width - (std::is_signed_v<typename Field::Member> ? 1 : 0))) -
                                 1;

/// What a value says besides itself.
struct Consequence {
    bool overflow = false;  // +1 cannot be said by a normalized value
    bool invalid = false;   // no number
};

template <class Field>
Fit fit_integer(const std::optional<std::int64_t>& number, typename Field::Member& out) {
    if (!number) return Fit::wrong_kind;
    if (*number < lowest<Field> || *number > highest<Field>) return Fit::out_of_range;
    out = static_cast<typename Field::Member>(*number);
    return Fit::good;
}

Fit fit_fraction(const Value& value, Fraction& out, Consequence& consequence) {
    constexpr long greatest = 32767;
    const auto number = number_of(value);
    if (!number) return Fit::wrong_kind;
    if (!(*number >= -1 && *number <= 1)) return Fit::out_of_range;
    const long raw = std::lround(*number * 32768);
    consequence.overflow = raw > greatest;
    out.raw = static_cast<std::int16_t>(std::min(raw, greatest));
    return Fit::good;
}

Fit fit_float(const Value& value, float& out, Consequence& consequence) {
    const auto number = number_of(value);
    if (!number) return Fit::wrong_kind;
    if (std::isfinite(*number) && std::abs(*number) > static_cast<double>(std::numeric_limits<float>::max()))
        return Fit::out_of_range;
    out = static_cast<float>(*number);
    consequence.invalid = !std::isfinite(out);
    return Fit::good;
}

template <class Field>
Fit fit_value(const Value& value, typename Field::Member& out, Consequence& consequence) {
    if constexpr (std::is_same_v<typename Field::Member, Fraction>) {
        return fit_fraction(value, out, consequence);
    } else if constexpr (std::is_same_v<typename Field::Member, float>) {
        return fit_float(value, out, consequence);
    } else {
        return fit_integer<Field>(integer_of(value), out);
    }
}

/// A member that is missing is 0.
template <class Field>
Fit fit_member(const Value& value, typename Field::Member& out) {
    const auto* composite = std::get_if<Composite>(&value);
    if (!composite) return Fit::wrong_kind;
    for (const Composite::Member& member : std::span{composite->members}.first(composite->size)) {
        if (member.name == Field::key) return fit_integer<Field>(member.number, out);
    }
    return Fit::good;
}

template <class Field>
constexpr std::string_view kind_of = std::is_same_v<typename Field::Member, bool> ? "true or false"
                                     : std::integral<typename Field::Member>      ? "a whole number"
                                                                                  : "a number";

/// Why a field could not be set; a sentence is made of it only then.
struct Misfit {
    Fit fit = Fit::good;
    std::string_view member;  // of the point
    std::string_view key;     // of the field: another than `member` where the value is an object
    std::string_view kind;
    std::string (*range)() = nullptr;
};

template <class Field>
std::string range_of() {
    if constexpr (std::is_same_v<typename Field::Member, Fraction>) {
        return "-1 to 1";
    } else if constexpr (std::is_same_v<typename Field::Member, float>) {
        return "of a short float";
    } else {
        return std::to_string(lowest<Field>) + " to " + std::to_string(highest<Field>);
    }
}

std::string sentence(const Misfit& misfit, const TypeDescription& type) {
    const bool in_object = misfit.key != misfit.member;
    std::string text{misfit.member};
    if (misfit.fit == Fit::wrong_kind) {
        text += ": must be " + std::string{in_object ? "an object" : misfit.kind};
    } else {
        text +=
            ": " + (in_object ? std::string{misfit.key} + " " : std::string{}) + "is out of range " + misfit.range();
    }
    return text + " for type " + std::to_string(type.id) + " (" + std::string{type.name} + ")";
}

/// A counter has no bit for "not topical": it is invalid then.
template <class R>
bool is_invalid(point::Quality quality) {
    return quality.has(Flag::IV) || (quality.has(Flag::NT) && !has_field<R>("NT"));
}

/// Sets all fields of `record` from the members of `point`, the time apart. Says which was the first not to fit.
template <class R>
Misfit hear(const Point& point, R& record) {
    Misfit wrong;
    Consequence consequence;
    const auto check = [&]<class Field>(Field, Fit fit, std::string_view member) {
        if (fit != Fit::good && wrong.fit == Fit::good)
            wrong = {fit, member, Field::key, kind_of<Field>, range_of<Field>};
    };
    for_each_leaf_of(record, [&](auto field, auto& out) {
        using Field = decltype(field);
        constexpr Role role = role_of<Field, R>();
        if constexpr (role == Role::value) {
            check(field, fit_value<Field>(point.value, out, consequence), "value");
        } else if constexpr (role == Role::flag) {
            constexpr Flag flag = *point::flag_named(Field::key);
            out = point.quality.has(flag);
            if constexpr (flag == Flag::OV) out = out || consequence.overflow;
            if constexpr (flag == Flag::IV) out = is_invalid<R>(point.quality) || consequence.invalid;
        } else if constexpr (role == Role::sequence) {
            check(field, fit_integer<Field>(point.sequence.value_or(0), out), "sequence");
        } else if constexpr (role == Role::qualifier) {
            check(field, fit_integer<Field>(point.qualifier.value_or(0), out), "qualifier");
        } else if constexpr (role == Role::select) {
            out = point.select;
        } else if constexpr (role == Role::member) {
            check(field, fit_member<Field>(point.value, out), "value");
        }
    });
    return wrong;
}

/// A point that says what these octets say.
template <class R>
Point heard_from(Octets element) {
    std::array<Octet, EncodedElement::capacity> octets{};
    std::copy(element.begin(), element.end(), octets.begin());
    Point point;
    say(iec60870::decode_record<R>(octets.data()), point);
    return point;
}

}  // namespace

void to_point(const TypeDescription& type, iec60870::InformationObject object, UtcTime received, const TimeZone& zone,
              Point& point) {
    point.type = type.id;
    point.ioa = object.ioa;
    point.received = received;
    point.raw.size = 0;
    const Octets tag = type.time_tag_of(object.element);
    const Octets element = object.element.first(type.size - tag.size());
    iec60870::with_type(type.id, [&]<class R>(iec60870::TypeOf<R>) {
        say(iec60870::decode_record<R>(object.element.data()), point);
        R again{};
        hear(point, again);
        if (!iec60870::encodes_to_before_tag(again, element.data())) point.raw.assign(element);
    });
    say_time(type.time_tag, tag, received, zone, point);
}

void to_private_point(iec60870::TypeId type, iec60870::InformationObject object, point::Point& point) {
    point.type = type;
    point.ioa = object.ioa;
    point.value = std::monostate{};
    point.raw.assign(object.element);
}

Result<EncodedElement> from_point(const TypeDescription& type, const Point& point, UtcTime fallback_time,
                                  const TimeZone& zone) {
    EncodedElement encoded;
    Octet* octets = encoded.octets.data();
    const std::size_t size = type.size - type.time_tag_size();
    Misfit wrong;
    iec60870::with_type(type.id, [&]<class R>(iec60870::TypeOf<R>) {
        R record{};
        wrong = hear(point, record);
        iec60870::encode_record(record, octets);
        if (point.raw.size != size || size == 0) return;
        // Do the octets beside the point say the same? Then they say it better.
        R other{};
        hear(heard_from<R>(point.raw.view()), other);
        if (iec60870::encodes_to_before_tag(other, octets)) std::copy_n(point.raw.octets.begin(), size, octets);
    });
    if (wrong.fit != Fit::good) return fail(sentence(wrong, type));
    hear_time(type.time_tag, point, fallback_time, zone, octets + size);
    encoded.size = type.size;
    return encoded;
}

}  // namespace busbar::connector
