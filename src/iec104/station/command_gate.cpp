#include "iec104/station/command_gate.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "iec60870/asdu/type_table.hpp"

namespace busbar::iec104 {

using iec60870::AsduView;
using iec60870::Cause;
using iec60870::TypeId;

namespace {

constexpr TypeId double_command = 46, step_command = 47, float_set_point = 50, bit_string = 51, float_parameter = 112;
constexpr unsigned greatest_kind = 4;  // KPA: 1 threshold, 2 smoothing factor, 3 low limit, 4 high limit
constexpr Octet all_parameters = 1, greatest_activation = 3;  // QPA
constexpr unsigned greatest_pulse = 3;  // QU: 1 short, 2 long, 3 persistent; 0 is up to the station

/// QU and QL: what has no meaning in the standard, or a private one, is not supported.
bool is_supported_qualifier(TypeId type, Octets element) {
    if (type <= step_command) return (element[0] >> 2 & 0x1fu) <= greatest_pulse;
    if (type == bit_string) return true;
    return (element[type == float_set_point ? 4 : 2] & 0x7fu) == 0;
}

bool is_finite(Octets float_element) {
    std::uint32_t bits = 0;
    for (unsigned i = 0; i < 4; ++i) bits |= std::uint32_t{float_element[i]} << (8 * i);
    return std::isfinite(std::bit_cast<float>(bits));
}

/// DCS and RCS 0 and 3 are not permitted; a set point is a number.
bool is_permitted_value(TypeId type, Octets element) {
    const unsigned state = element[0] & 3u;
    if (type == double_command || type == step_command) return state == 1 || state == 2;
    return type != float_set_point || is_finite(element);
}

/// KPA and QPA that are not used, reserved or private cannot be promised.
std::string_view fault_of_parameter(TypeId type, Octets element) {
    if (is_parameter_activation(type)) {
        const bool known = element[0] >= all_parameters && element[0] <= greatest_activation;
        return known ? "" : "the qualifier is not supported";
    }
    const unsigned kind = element.back() & 0x3fu;
    if (kind == 0 || kind > greatest_kind) return "the kind of parameter is not supported";
    return type != float_parameter || is_finite(element) ? "" : "the value is not permitted";
}

CommandGate::Refusal not_confirmed(Cause cause, std::string_view reason) {
    return {cause == Cause::deactivation ? Cause::deactivation_con : Cause::activation_con, reason};
}

}  // namespace

std::optional<CommandGate::Refusal> CommandGate::judge(Asker asker, const AsduView& command,
                                                       const CommandObject* object, const TagReading& tag,
                                                       TimePoint now) {
    on_deadline(now);
    const Cause cause = command.header().cause;
    if (object == nullptr) return Refusal{Cause::unknown_ioa, "the object may not be commanded"};
    if (command_without_time_tag(command.header().type) != object->type)
        return not_confirmed(cause, "the object takes another type of command");
    if (command.header().test) return not_confirmed(cause, "a test (T = 1) must not act on the process");
    if (is_parameter(object->type)) return judge_parameter(command);
    if (cause != Cause::deactivation) return judge_activation(asker, command, *object, tag);
    const auto selection = selections_.find(place_of(command));
    if (selection != selections_.end() && selection->second.asker != asker)
        return not_confirmed(cause, "another control room has selected the object");
    return std::nullopt;
}

std::optional<CommandGate::Refusal> CommandGate::judge_activation(Asker asker, const AsduView& command,
                                                                  const CommandObject& object, const TagReading& tag) {
    const auto refused = [](std::string_view reason) { return Refusal{Cause::activation_con, reason}; };
    if (const auto fault = fault_of_contents(command, tag); !fault.empty()) return refused(fault);
    const auto place = place_of(command);
    if (busy_.contains(place)) return refused("another command of the object is under way");
    if (is_selection(command)) {
        if (object.select == CommandObject::Select::direct) return refused("the object cannot be selected");
        if (selections_.contains(place)) return refused("the object is selected already");
    } else if (const auto fault = use_selection(asker, command, object); !fault.empty()) {
        return refused(fault);
    }
    busy_.insert(place);
    return std::nullopt;
}

/// Parameters have no selection, and disturb none.
std::optional<CommandGate::Refusal> CommandGate::judge_parameter(const AsduView& parameter) {
    const auto& header = parameter.header();
    if (const auto fault = fault_of_parameter(header.type, parameter[0].element); !fault.empty())
        return not_confirmed(header.cause, fault);
    const bool of_station = is_parameter_activation(header.type) && parameter[0].element[0] == all_parameters;
    if (parameter[0].ioa == 0 && !of_station) return Refusal{Cause::unknown_ioa, "no object is addressed"};
    if (header.cause != Cause::deactivation && !busy_.insert(place_of(parameter)).second)
        return not_confirmed(header.cause, "another command of the object is under way");
    return std::nullopt;
}

std::string_view CommandGate::fault_of_contents(const AsduView& command, const TagReading& tag) const {
    const TypeId type = command_without_time_tag(command.header().type);
    const Octets element = command[0].element;
    if (!is_supported_qualifier(type, element)) return "the qualifier is not supported";
    if (!is_permitted_value(type, element)) return "the value is not permitted";
    if (!has_command_time_tag(command.header().type))
        return rules_.time_tag == CommandRules::TimeTag::required ? "a time tag is required" : "";
    if (rules_.time_tag == CommandRules::TimeTag::refused) return "no time tag is wanted";
    if (!tag.usable) return "the time tag says no valid time";
    if (tag.age > rules_.max_age) return "the time tag is too old";
    if (-tag.age > rules_.max_age) return "the time tag lies in the future";
    return {};
}

/// The selection that this execute is for is used up by it. A wrong execute ends it too, but only the selecting
/// control room's: nobody may disturb another's.
std::string_view CommandGate::use_selection(Asker asker, const AsduView& command, const CommandObject& object) {
    const auto found = selections_.find(place_of(command));
    if (found == selections_.end())
        return object.select == CommandObject::Select::select ? "the object must be selected first" : "";
    if (found->second.asker != asker) return "another control room has selected the object";
    if (found->second.what != identity_of(command)) {
        drop(found);
        return "the execute is not what was selected";
    }
    selections_.erase(found);
    return {};
}

void CommandGate::confirmed(Asker asker, const AsduView& command, TimePoint now) {
    const auto place = place_of(command);
    if (is_parameter(command.header().type)) return ended(command);
    if (command.header().cause == Cause::deactivation) {
        const auto found = selections_.find(place);
        if (found != selections_.end() && found->second.asker == asker) selections_.erase(found);
        return;
    }
    busy_.erase(place);
    if (!is_selection(command)) return;
    selections_.insert_or_assign(place, Selection{asker,
                                                  identity_of(command),
                                                  {command.octets().begin(), command.octets().end()},
                                                  now + rules_.select_timeout});
}

void CommandGate::ended(const AsduView& command) {
    if (command.header().cause != Cause::deactivation) busy_.erase(place_of(command));
}

void CommandGate::left(Asker asker) {
    for (auto selection = selections_.begin(); selection != selections_.end();) {
        const auto next = std::next(selection);
        if (selection->second.asker == asker) drop(selection);
        selection = next;
    }
}

void CommandGate::on_deadline(TimePoint now) {
    for (auto selection = selections_.begin(); selection != selections_.end();) {
        const auto next = std::next(selection);
        if (selection->second.until <= now) drop(selection);
        selection = next;
    }
}

std::optional<TimePoint> CommandGate::next_deadline() const {
    const auto first =
        std::ranges::min_element(selections_, {}, [](const auto& selection) { return selection.second.until; });
    return first == selections_.end() ? std::nullopt : std::optional(first->second.until);
}

void CommandGate::drop(std::map<CommandPlace, Selection>::iterator selection) {
    dropped_.push_back({selection->second.asker, std::move(selection->second.asdu)});
    selections_.erase(selection);
}

}  // namespace busbar::iec104
