#include "manage/live/point_filter.hpp"

#include <fmt/format.h>

#include <charconv>

#include "point/point.hpp"

namespace busbar::manage {

namespace {

constexpr std::uint64_t longest_age = std::uint64_t{1} << 48;

/// "good", "bad" or the name of a flag.
std::optional<std::uint16_t> flags_named(std::string_view word) {
    if (word == "good") return 0;
    if (word == "bad") return 0xffff;
    const auto flag = point::flag_named(word);
    if (!flag) return std::nullopt;
    return static_cast<std::uint16_t>(*flag);
}

std::optional<PointFilter::Known> known_named(std::string_view word) {
    if (word == "all") return PointFilter::Known::all;
    if (word == "live") return PointFilter::Known::live;
    if (word == "configured") return PointFilter::Known::configured;
    return std::nullopt;
}

std::optional<std::optional<bool>> truth_named(std::string_view word) {
    if (word == "true") return std::optional(true);
    if (word == "false") return std::optional(false);
    return std::nullopt;
}

/// Reads words one by one and gathers what is wrong.
class Reading {
public:
    explicit Reading(const std::function<std::optional<std::string>(std::string_view)>& given) : given_(given) {}

    template <class Number>
    void number(std::string_view word, std::optional<Number>& into, std::uint64_t most) {
        const auto text = given_(word);
        if (!text) return;
        if (const auto value = read_number(*text, most)) {
            into = static_cast<Number>(*value);
        } else {
            faults.push_back({std::string(word), fmt::format("is a whole number from 0 to {}", most)});
        }
    }

    template <class Value, class Named>
    void word(std::string_view word, Value& into, Named named, std::string_view what) {
        const auto text = given_(word);
        if (!text) return;
        if (const auto value = named(*text)) {
            into = *value;
        } else {
            faults.push_back({std::string(word), std::string(what)});
        }
    }

    void age(std::string_view word, std::optional<std::chrono::milliseconds>& into) {
        std::optional<std::int64_t> age;
        number(word, age, longest_age);
        if (age) into = std::chrono::milliseconds{*age};
    }

    std::vector<Problem::Fault> faults;

private:
    const std::function<std::optional<std::string>(std::string_view)>& given_;
};

bool has_text(store::ImageAddress address, const PointName* name, std::string_view text) {
    if (name != nullptr && name->text.find(text) != std::string::npos) return true;
    return fmt::format("{}/{}", address.casdu, address.ioa).find(text) != std::string::npos;
}

}  // namespace

std::optional<std::uint64_t> read_number(std::string_view text, std::uint64_t most) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value > most) return std::nullopt;
    return value;
}

bool PointFilter::wants_value() const { return connector || type || cot || flags || age_over || age_under; }

bool PointFilter::matches(store::ImageAddress address, const LivePoint* live, const PointName* name,
                          const PointTable& table, UtcTime now) const {
    if (known == Known::live && live == nullptr) return false;
    if (known == Known::configured && name == nullptr) return false;
    if (casdu && address.casdu != *casdu) return false;
    if (ioa_from && address.ioa < *ioa_from) return false;
    if (ioa_to && address.ioa > *ioa_to) return false;
    if (commandable && *commandable != (name != nullptr && name->is_commandable)) return false;
    if (conflict && *conflict != (live != nullptr && live->has_conflict())) return false;
    if (wants_value() && (live == nullptr || !matches_value(*live, table, now))) return false;
    return text.empty() || has_text(address, name, text);
}

bool PointFilter::matches_value(const LivePoint& live, const PointTable& table, UtcTime now) const {
    if (type && live.type != *type) return false;
    if (cot && live.cot != *cot) return false;
    if (flags && (*flags == 0 ? live.quality != 0 : (live.quality & *flags) == 0)) return false;
    if (connector && table.source_name(live.source) != *connector) return false;
    const auto age = now - live.received;
    return (!age_over || age > *age_over) && (!age_under || age < *age_under);
}

Outcome<PointFilter> read_filter(const std::function<std::optional<std::string>(std::string_view word)>& given) {
    PointFilter filter;
    Reading reading(given);
    reading.number("casdu", filter.casdu, 0xffff);
    reading.number("ioa_from", filter.ioa_from, 0xffffffff);
    reading.number("ioa_to", filter.ioa_to, 0xffffffff);
    reading.number("type", filter.type, 127);
    reading.number("cot", filter.cot, 63);
    reading.age("age_over_ms", filter.age_over);
    reading.age("age_under_ms", filter.age_under);
    reading.word("quality", filter.flags, flags_named,
                 "is good, bad, or a flag: IV, NT, SB, BL, OV, EI, CY, CA, transient");
    reading.word("known", filter.known, known_named, "is all, live or configured");
    reading.word("commandable", filter.commandable, truth_named, "is true or false");
    reading.word("conflict", filter.conflict, truth_named, "is true or false");
    filter.connector = given("connector");
    filter.text = in_small_letters(given("text").value_or(""));
    if (!reading.faults.empty())
        return refuse(Problem::Kind::invalid, "invalid_filter", "a filter makes no sense", std::move(reading.faults));
    return filter;
}

}  // namespace busbar::manage
