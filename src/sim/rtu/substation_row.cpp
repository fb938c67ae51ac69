#include "sim/rtu/substation_row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "iec104/station/command_words.hpp"
#include "iec60870/asdu/type_table.hpp"

namespace busbar::sim {
namespace {

/// What a row says before it is known whether it is a point or a command.
struct Draft {
    SimPoint point;
    SimCommand command;
    std::optional<double> value, minimum, maximum, step;
    Ioa of = 0;  // parameters: the measured value
};

/// What is wrong with the text, empty if nothing is.
using Wrong = std::string;

Wrong read_number(std::string_view text, double least, double most, double& number) {
    double read = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), read);
    if (error != std::errc{} || end != text.data() + text.size()) return fmt::format("\"{}\" is no number", text);
    if (!(read >= least && read <= most)) return fmt::format("{} is not in {} to {}", text, least, most);
    number = read;
    return {};
}

template <class Integer>
Wrong read_integer(std::string_view text, double least, double most, Integer& integer) {
    double number = 0;
    Wrong wrong = read_number(text, least, most, number);
    if (wrong.empty() && number != std::floor(number)) wrong = fmt::format("{} is no whole number", text);
    if (wrong.empty()) integer = static_cast<Integer>(number);
    return wrong;
}

Wrong read_optional(std::string_view text, std::optional<double>& number) {
    return read_number(text, -4294967296.0, 4294967296.0, number.emplace());
}

Wrong read_switch(std::string_view text, bool& on) {
    on = text == "true";
    return on || text == "false" ? Wrong{} : fmt::format("\"{}\" is neither true nor false", text);
}

/// Fractions of a second are possible: 0.25.
Wrong read_time(std::string_view text, std::chrono::milliseconds& time) {
    double seconds = 0;
    Wrong wrong = read_number(text, 0, 1e7, seconds);
    time = std::chrono::milliseconds(std::llround(seconds * 1000));
    return wrong;
}

Wrong read_seconds(std::string_view text, std::chrono::seconds& time) {
    std::int64_t count = 0;
    Wrong wrong = read_integer(text, 0, 1e7, count);
    time = std::chrono::seconds(count);
    return wrong;
}

/// Calls `action` for each word of a list that blanks separate; stops at the first that it finds wrong.
template <class Action>
Wrong for_each_word(std::string_view text, Action&& action) {
    while (true) {
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
        if (text.empty()) return {};
        const std::string_view word = text.substr(0, text.find(' '));
        if (Wrong wrong = action(word); !wrong.empty()) return wrong;
        text.remove_prefix(word.size());
    }
}

Wrong read_value(std::string_view text, Draft& draft) {
    if (text == "true") draft.value = 1;
    if (text == "false") draft.value = 0;
    return text == "true" || text == "false" ? Wrong{} : read_optional(text, draft.value);
}

Wrong read_quality(std::string_view text, Draft& draft) {
    return for_each_word(text, [&](std::string_view word) {
        const auto flag = point::flag_named(word);
        if (!flag) return fmt::format("\"{}\" is no quality flag", word);
        draft.point.value.quality.set(*flag);
        return Wrong{};
    });
}

Wrong read_groups(std::string_view text, Draft& draft) {
    return for_each_word(text, [&](std::string_view word) {
        unsigned group = 1;
        Wrong wrong = read_integer(word, 1, 16, group);
        draft.point.attributes.groups = static_cast<std::uint16_t>(draft.point.attributes.groups | 1u << (group - 1));
        return wrong;
    });
}

Wrong read_select(std::string_view text, Draft& draft) {
    constexpr std::array<std::string_view, 3> modes{"direct", "select", "both"};  // in the order of SelectMode
    const auto found = std::ranges::find(modes, text);
    if (found == modes.end()) return fmt::format("\"{}\" is none of direct, select, both", text);
    draft.command.select = static_cast<SelectMode>(found - modes.begin());
    return {};
}

struct Member {
    std::string_view name;
    enum { of_both, of_points, of_commands, of_parameters } whose;
    Wrong (*read)(std::string_view text, Draft& draft);
};

constexpr std::array members{
    Member{"casdu", Member::of_both,
           [](auto text, Draft& d) { return read_integer(text, 1, 65534, d.point.common_address); }},
    Member{"ioa", Member::of_both, [](auto text, Draft& d) { return read_integer(text, 1, 16777215, d.point.ioa); }},
    Member{"type", Member::of_both, [](auto text, Draft& d) { return read_integer(text, 1, 127, d.point.type); }},
    Member{"name", Member::of_both, [](auto text, Draft& d) { return d.point.name = text, Wrong{}; }},
    Member{"value", Member::of_points, read_value},
    Member{"min", Member::of_points, [](auto text, Draft& d) { return read_optional(text, d.minimum); }},
    Member{"max", Member::of_points, [](auto text, Draft& d) { return read_optional(text, d.maximum); }},
    Member{"step", Member::of_points, [](auto text, Draft& d) { return read_optional(text, d.step); }},
    Member{"period", Member::of_points, [](auto text, Draft& d) { return read_time(text, d.point.period); }},
    Member{"quality", Member::of_points, read_quality},
    Member{"groups", Member::of_points, read_groups},
    Member{"counter_group", Member::of_points,
           [](auto text, Draft& d) { return read_integer(text, 0, 4, d.point.attributes.counter_group); }},
    Member{"cyclic", Member::of_points,
           [](auto text, Draft& d) { return read_seconds(text, d.point.attributes.cyclic); }},
    Member{"background", Member::of_points,
           [](auto text, Draft& d) { return read_seconds(text, d.point.attributes.background); }},
    Member{"double", Member::of_points,
           [](auto text, Draft& d) { return read_switch(text, d.point.attributes.double_transmission); }},
    Member{"of", Member::of_parameters, [](auto text, Draft& d) { return read_integer(text, 1, 16777215, d.of); }},
    Member{"select", Member::of_commands, read_select},
    Member{"status", Member::of_commands,
           [](auto text, Draft& d) { return read_integer(text, 1, 16777215, d.command.status.emplace()); }},
    Member{"refuse", Member::of_commands, [](auto text, Draft& d) { return read_switch(text, d.command.refuse); }},
    Member{"silent", Member::of_commands, [](auto text, Draft& d) { return read_switch(text, d.command.silent); }},
    Member{"terminate", Member::of_commands,
           [](auto text, Draft& d) { return read_switch(text, d.command.terminate); }},
    Member{"delay", Member::of_commands, [](auto text, Draft& d) { return read_time(text, d.command.delay); }},
    Member{"running", Member::of_commands, [](auto text, Draft& d) { return read_time(text, d.command.running); }},
};

const Member* find_member(std::string_view name) {
    const auto found = std::ranges::find(members, name, &Member::name);
    return found == members.end() ? nullptr : found;
}

/// A member that does not fit the row's type, or is unknown.
Result<void> check_members(const SubstationRow& row, TypeId type) {
    const auto own = is_command(type)                   ? Member::of_commands
                     : iec104::is_parameter_value(type) ? Member::of_parameters
                                                        : Member::of_points;
    for (const auto& [name, text] : row) {
        const Member* member = find_member(name);
        if (!text.empty() && member->whose != own && member->whose != Member::of_both) {
            return fail(fmt::format("{}: type {} has no such member", name, type));
        }
    }
    return {};
}

/// Limits and step: what the row says, else what the type can carry.
Result<void> finish_point(Draft& draft) {
    SimPoint& point = draft.point;
    const auto range = range_of(point.type);
    if (!range)
        return fail(
            fmt::format("type: {} is neither process information (1-21, 30-40), nor a command (45-51), nor a parameter "
                        "(110-112)",
                        point.type));
    const bool unlimited = range->maximum > 1e30;  // floats: nobody wants a walk through all of them
    point.minimum = draft.minimum.value_or(unlimited ? 0 : range->minimum);
    point.maximum = draft.maximum.value_or(unlimited ? 1000 : range->maximum);
    point.step = draft.step.value_or(range->step);
    if (point.minimum > point.maximum)
        return fail(fmt::format("min: {} is greater than max ({})", point.minimum, point.maximum));
    if (point.minimum < range->minimum || point.maximum > range->maximum) {
        return fail(fmt::format("min, max: type {} carries {} to {}", point.type, range->minimum, range->maximum));
    }
    point.value.number = draft.value.value_or(std::clamp(0.0, point.minimum, point.maximum));
    if (point.value.number < point.minimum || point.value.number > point.maximum) {
        return fail(fmt::format("value: {} is not in {} to {}", point.value.number, point.minimum, point.maximum));
    }
    return {};
}

}  // namespace

Result<void> SubstationBuilder::add(const SubstationRow& row) {
    Draft draft;
    for (const auto& [name, text] : row) {
        const Member* member = find_member(name);
        if (!member) return fail(fmt::format("{}: there is no such member", name));
        if (text.empty()) continue;  // an empty field of a CSV line
        if (const Wrong wrong = member->read(text, draft); !wrong.empty())
            return fail(fmt::format("{}: {}", name, wrong));
    }
    for (const std::string_view needed : {"casdu", "ioa", "type"}) {
        const auto found =
            std::ranges::find(row, needed, [](const auto& member) { return std::string_view(member.first); });
        if (found == row.end() || found->second.empty()) return fail(fmt::format("{}: is missing", needed));
    }
    if (auto good = check_members(row, draft.point.type); !good) return good;
    const bool command = is_command(draft.point.type);
    const std::pair address{draft.point.common_address, draft.point.ioa};
    if (!(command ? commands_ : points_).insert(address).second) {
        return fail(fmt::format("ioa: casdu {} has {} twice", address.first, address.second));
    }
    if (command) {
        SimCommand& entry = substation_.commands.emplace_back(std::move(draft.command));
        entry.common_address = draft.point.common_address;
        entry.ioa = draft.point.ioa;
        entry.type = draft.point.type;
        entry.name = std::move(draft.point.name);
        return {};
    }
    if (iec104::is_parameter_value(draft.point.type)) {
        if (draft.of == 0) return fail("of: is missing");
        substation_.parameters.push_back(
            {draft.point.common_address, draft.point.ioa, draft.point.type, std::move(draft.point.name), draft.of});
        return {};
    }
    if (auto good = finish_point(draft); !good) return good;
    substation_.points.push_back(std::move(draft.point));
    return {};
}

Result<Substation> SubstationBuilder::take() {
    for (const SimParameter& parameter : substation_.parameters) {
        const bool there = std::ranges::any_of(substation_.points, [&](const SimPoint& point) {
            return point.common_address == parameter.common_address && point.ioa == parameter.of &&
                   is_measured(point.type);
        });
        if (!there) {
            return fail(fmt::format("casdu {} ioa {}: of: {} is no measured value", parameter.common_address,
                                    parameter.ioa, parameter.of));
        }
    }
    return std::move(substation_);
}

}  // namespace busbar::sim
