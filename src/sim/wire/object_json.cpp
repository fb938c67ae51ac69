#include "sim/wire/object_json.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <optional>

#include "iec60870/asdu/visit.hpp"

namespace busbar::sim {
namespace {

using iec60870::Cp24Time2a;
using iec60870::Cp56Time2a;
using iec60870::Fraction;
using iec60870::TypeId;

constexpr std::array<std::string_view, 9> quality_keys{"IV", "NT", "SB", "BL", "OV", "EI", "CY", "CA", "transient"};
constexpr std::array<std::string_view, 3> beside_keys{"sequence", "qualifier", "select"};

constexpr bool is_quality(std::string_view key) { return std::ranges::find(quality_keys, key) != quality_keys.end(); }
constexpr bool is_beside(std::string_view key) { return std::ranges::find(beside_keys, key) != beside_keys.end(); }

UtcTime to_utc(iec60870::StationTime time) { return UtcTime(time.time_since_epoch()); }

std::optional<UtcTime> complete(const Cp56Time2a& tag, UtcTime) {
    const auto time = iec60870::station_time(tag);
    return time ? std::optional(to_utc(*time)) : std::nullopt;
}

/// The time within the hour that lies nearest to the time of receipt.
std::optional<UtcTime> complete(const Cp24Time2a& tag, UtcTime received) {
    using namespace std::chrono_literals;
    const auto within = iec60870::time_in_hour(tag);
    if (!within) return std::nullopt;
    UtcTime time = std::chrono::floor<std::chrono::hours>(received) + *within;
    if (time > received + 30min) time -= 1h;
    if (time < received - 30min) time += 1h;
    return time;
}

/// What the fields of one element say, gathered in one walk.
struct Findings {
    UtcTime received;
    std::string value;    // a single value
    std::string members;  // or several: "ES":1,"duration":250
    std::string flags;    // "IV","NT"
    std::string beside;   // "sequence":3
    std::string time_flags;
    bool has_quality = false, has_time = false;
    std::optional<UtcTime> time;

    template <class Member>
    static void append_number(std::string& out, const Member& member) {
        if constexpr (std::same_as<Member, bool>) {
            out += member ? "true" : "false";
        } else if constexpr (std::same_as<Member, Fraction>) {
            append_json_number(out, member.number());
        } else if constexpr (std::same_as<Member, float>) {
            if (member == member && member - member == 0) {  // shortest text that reads back as the same float
                char digits[max_number_size];
                out.append(digits, write_number(digits, member));
            } else {
                append_json_number(out, static_cast<double>(member));
            }
        } else {
            fmt::format_to(std::back_inserter(out), "{}", static_cast<std::int64_t>(member));
        }
    }

    template <class Member>
    static void append_member(std::string& out, std::string_view key, const Member& member) {
        if (!out.empty()) out += ',';
        append_json_text(out, key);
        out += ':';
        append_number(out, member);
    }

    static void append_flag(std::string& out, std::string_view key) {
        if (!out.empty()) out += ',';
        append_json_text(out, key);
    }

    template <class FieldOf, class Member>
    void operator()(FieldOf, const Member& member) {
        if constexpr (iec60870::Tag<typename FieldOf::Owner>) {
            has_time = true;
            time = complete(member, received);
            if (member.invalid) append_flag(time_flags, "IV");
            if constexpr (std::same_as<Member, Cp56Time2a>) {
                if (member.summer) append_flag(time_flags, "SU");
                if (member.substituted) append_flag(time_flags, "GEN");
            }
        } else if constexpr (is_quality(FieldOf::key) && std::same_as<Member, bool>) {
            has_quality = true;
            if (member) append_flag(flags, FieldOf::key);
        } else if constexpr (is_beside(FieldOf::key)) {
            append_member(beside, FieldOf::key, member);
        } else if constexpr (FieldOf::key == "value") {
            append_number(value, member);
        } else {
            append_member(members, FieldOf::key, static_cast<int>(member));
        }
    }

    std::string value_or_members() const {
        // Counter interrogations have a value and a mode; everything else one or the other.
        if (members.empty()) return value;
        return value.empty() ? '{' + members + '}' : "{\"value\":" + value + ',' + members + '}';
    }
};

Findings look_at(TypeId type, Octets element, UtcTime received) {
    Findings findings;
    findings.received = received;
    iec60870::visit_element(type, element, findings);
    return findings;
}

}  // namespace

void add_header(JsonLine& line, const iec60870::AsduHeader& header, std::optional<iec60870::Ioa> ioa) {
    line.add("casdu", header.common_address);
    if (ioa) line.add("ioa", *ioa);
    line.add("type", header.type).add("cot", static_cast<unsigned>(header.cause));
    if (header.originator != 0) line.add("oa", header.originator);
    if (header.negative) line.add("negative", true);
    if (header.test) line.add("test", true);
}

void add_element(JsonLine& line, TypeId type, Octets element, UtcTime received) {
    const Findings findings = look_at(type, element, received);
    const std::string value = findings.value_or_members();
    if (!value.empty()) line.add_json("value", value);
    if (findings.has_quality) line.add_json("quality", '[' + findings.flags + ']');
    if (!findings.beside.empty()) line.add_members(findings.beside);
    if (findings.time) line.add("time", *findings.time);
    // A tag that says no time at all is as good as one marked invalid; its octets stand in `raw`.
    if (findings.has_time && !findings.time && findings.time_flags.find("IV") == std::string::npos) {
        line.add_json("time_flags", findings.time_flags.empty() ? "[\"IV\"]" : "[\"IV\"," + findings.time_flags + ']');
    } else if (!findings.time_flags.empty()) {
        line.add_json("time_flags", '[' + findings.time_flags + ']');
    }
    line.add_hex("raw", element);
}

std::string value_text(TypeId type, Octets element) { return look_at(type, element, {}).value_or_members(); }

std::string quality_text(TypeId type, Octets element) {
    std::string text = look_at(type, element, {}).flags;
    std::erase(text, '"');
    std::ranges::replace(text, ',', ' ');
    return text;
}

std::optional<UtcTime> time_of(TypeId type, Octets element, UtcTime received) {
    return look_at(type, element, received).time;
}

}  // namespace busbar::sim
