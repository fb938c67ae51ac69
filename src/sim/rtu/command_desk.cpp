#include "sim/rtu/command_desk.hpp"

#include <algorithm>
#include <cmath>

#include "iec60870/asdu/type_table.hpp"
#include "sim/wire/object_json.hpp"

namespace busbar::sim {
namespace {

using iec60870::AsduView;
using iec60870::Cause;

constexpr TypeId base_type(TypeId type) { return type >= 58 ? static_cast<TypeId>(type - 13) : type; }

/// Position of the S/E bit: in front for single, double and step commands, behind the value for set points.
std::optional<unsigned> select_bit(TypeId type) {
    const auto* description = iec60870::find_type(type);
    const auto field = std::ranges::find(description->fields, "select", &iec60870::FieldDescription::key);
    return field == description->fields.end() ? std::nullopt : std::optional(field->first_bit);
}

bool is_select(TypeId type, Octets element) {
    const auto bit = select_bit(type);
    return bit && (element[*bit / 8] >> *bit % 8 & 1) != 0;
}

/// What an execute must have in common with its selection.
OctetBuffer identity(const AsduView& asdu) {
    const TypeId type = asdu.header().type;
    const Octets element = asdu[0].element;
    const std::size_t size = element.size() - asdu.description()->time_tag_of(element).size();
    OctetBuffer what(2 + size);
    what[0] = asdu.header().originator;
    what[1] = type;
    std::ranges::copy(element.first(size), what.begin() + 2);
    if (const auto bit = select_bit(type)) what[2 + *bit / 8] &= static_cast<Octet>(~(1u << *bit % 8));
    return what;
}

}  // namespace

CommandDesk::CommandDesk(const CommandDeskConfig& config, const std::vector<SimCommand>& commands) : config_(config) {
    for (const SimCommand& command : commands) commands_[{command.common_address, command.ioa}] = &command;
}

const SimCommand* CommandDesk::find(CommonAddress common_address, Ioa ioa) const {
    const auto found = commands_.find({common_address, ioa});
    return found == commands_.end() ? nullptr : found->second;
}

void CommandDesk::answer(SessionId session, Octets asdu, Cause cause, bool negative) {
    OctetBuffer mirrored(asdu.size());
    iec60870::mirror(asdu, cause, negative, mirrored, config_.format);
    steps_.push_back(Answer{session, std::move(mirrored)});
}

void CommandDesk::receive(SessionId session, const AsduView& asdu, TimePoint now, UtcTime utc) {
    const Cause cause = asdu.header().cause;
    if (cause != Cause::activation && cause != Cause::deactivation) {
        return answer(session, asdu.octets(), Cause::unknown_cause, true);
    }
    const SimCommand* command = find(asdu.header().common_address, asdu[0].ioa);
    if (!command) return answer(session, asdu.octets(), Cause::unknown_ioa, true);
    if (cause == Cause::deactivation) return deactivate(*command, session, asdu);
    activate(*command, session, asdu, now, utc);
}

void CommandDesk::activate(const SimCommand& command, SessionId session, const AsduView& asdu, TimePoint now,
                           UtcTime utc) {
    const bool select = is_select(asdu.header().type, asdu[0].element);
    if (!is_acceptable(command, asdu, utc) || is_busy(command)) {
        return answer(session, asdu.octets(), Cause::activation_con, true);
    }
    if (select) {
        const bool taken = selections_.contains(&command) && selections_[&command].until > now;
        if (taken || command.select == SelectMode::direct) {
            return answer(session, asdu.octets(), Cause::activation_con, true);
        }
        selections_[&command] = {session, identity(asdu), now + config_.select_timeout};
        return answer(session, asdu.octets(), Cause::activation_con, false);
    }
    if (!use_selection(command, session, asdu, now)) {
        return answer(session, asdu.octets(), Cause::activation_con, true);
    }
    running_.push_back(
        {&command, session, OctetBuffer(asdu.octets().begin(), asdu.octets().end()), now + command.delay, false});
    on_deadline(now);
}

bool CommandDesk::use_selection(const SimCommand& command, SessionId session, const AsduView& asdu, TimePoint now) {
    const auto found = selections_.find(&command);
    if (found == selections_.end() || found->second.until <= now) return command.select != SelectMode::select;
    // Another control room's selection stays, so that this one cannot disturb it.
    if (found->second.session != session) return false;
    const bool same = found->second.what == identity(asdu);
    selections_.erase(found);
    return same;
}

void CommandDesk::deactivate(const SimCommand& command, SessionId session, const AsduView& asdu) {
    const auto found = selections_.find(&command);
    const bool own = found != selections_.end() && found->second.session == session;
    if (own) selections_.erase(found);
    answer(session, asdu.octets(), Cause::deactivation_con, !own);
}

/// The object takes this type and value, and nothing forbids it.
bool CommandDesk::is_acceptable(const SimCommand& command, const AsduView& asdu, UtcTime utc) const {
    const TypeId type = asdu.header().type;
    const Octets element = asdu[0].element;
    if (base_type(type) != command.type || asdu.header().test || command.refuse) return false;
    const double value = number_of(type, element);
    if ((command.type == 46 || command.type == 47) && value != 1 && value != 2) return false;
    if (!std::isfinite(value)) return false;
    if (type < 58 || config_.greatest_age.count() == 0) return true;
    const auto time = time_of(type, element, utc);
    const bool clock_was_wrong = (asdu.description()->time_tag_of(element)[2] & 0x80) != 0;
    return time && !clock_was_wrong && std::chrono::abs(utc - *time) <= config_.greatest_age;
}

bool CommandDesk::is_busy(const SimCommand& command) const {
    return std::ranges::find(running_, &command, &Running::command) != running_.end();
}

void CommandDesk::disconnected(SessionId session) {
    std::erase_if(selections_, [&](const auto& selection) { return selection.second.session == session; });
}

void CommandDesk::on_deadline(TimePoint now) {
    std::erase_if(selections_, [&](const auto& selection) { return selection.second.until <= now; });
    for (std::size_t i = 0; i < running_.size();) {
        Running& running = running_[i];
        if (running.due <= now && !running.confirmed) confirm(running, now);
        if (running.due > now) {
            ++i;
            continue;
        }
        const AsduView asdu = *AsduView::parse(running.asdu, config_.format);
        OctetBuffer termination;
        if (running.command->terminate && !running.command->silent) {
            termination.resize(running.asdu.size());
            iec60870::mirror(running.asdu, Cause::activation_term, false, termination, config_.format);
        }
        steps_.push_back(Completion{running.command, number_of(asdu.header().type, asdu[0].element), running.session,
                                    std::move(termination)});
        running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

void CommandDesk::confirm(Running& running, TimePoint now) {
    const AsduView asdu = *AsduView::parse(running.asdu, config_.format);
    const Octets element = asdu[0].element;
    const TypeId type = asdu.header().type;
    steps_.push_back(Execution{running.command, type, OctetBuffer(element.begin(), element.end()),
                               number_of(type, element), ++executed_[running.command], asdu.header().originator,
                               running.session});
    if (!running.command->silent) answer(running.session, running.asdu, Cause::activation_con, false);
    running.confirmed = true;
    running.due = now + running.command->running;
}

std::optional<TimePoint> CommandDesk::next_deadline() const {
    std::optional<TimePoint> next;
    const auto consider = [&](TimePoint time) { next = next ? std::min(*next, time) : time; };
    for (const Running& running : running_) consider(running.due);
    for (const auto& [command, selection] : selections_) consider(selection.until);
    return next;
}

std::vector<CommandDesk::Step> CommandDesk::take_steps() { return std::exchange(steps_, {}); }

}  // namespace busbar::sim
