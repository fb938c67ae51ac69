#include "connector/common/command_ledger.hpp"

#include <algorithm>
#include <utility>

namespace busbar::connector {

using point::CommandStage;

namespace {

constexpr std::uint8_t activation_con = 7;

CommandLedger::Outcome refused(const std::string& id, std::string_view why) {
    return {id, CommandStage::refused, activation_con, true, true, false, std::string(why)};
}

CommandLedger::Outcome unknown(const std::string& id, std::string_view why) {
    return {id, CommandStage::unknown, 0, false, true, false, std::string(why)};
}

}  // namespace

void CommandLedger::add(std::string id, TimePoint deadline, bool terminates) {
    commands_.emplace(std::move(id), Entry{State::writing, deadline, terminates});
}

std::optional<CommandLedger::Outcome> CommandLedger::written(const std::string& id, Written how, std::string_view why) {
    const auto found = commands_.find(id);
    // Its result may have come first, over another connection.
    if (found == commands_.end() || found->second.state != State::writing) return std::nullopt;
    if (how == Written::refused) {
        commands_.erase(found);
        return refused(id, why);
    }
    // Lost: it may be in the stream or not, so an answer may come or not.
    found->second.doubtful |= how == Written::lost;
    found->second.state = State::waiting;
    return std::nullopt;
}

std::optional<CommandLedger::Outcome> CommandLedger::result(const std::string& id, const point::CommandResult& result,
                                                            TimePoint now) {
    const auto found = commands_.find(id);
    if (found == commands_.end()) return std::nullopt;
    Outcome outcome{id,
                    result.stage,
                    result.cause,
                    result.negative || result.stage == CommandStage::refused,
                    false,
                    false,
                    std::string(result.reason)};
    const bool is_confirmed = found->second.state == State::confirmed;
    if (is_confirmed && result.stage != CommandStage::terminated) return std::nullopt;  // decided is decided
    if (result.stage == CommandStage::confirmed && found->second.terminates) {
        found->second.state = State::confirmed;
        found->second.deadline = now + termination_limit;
        return outcome;
    }
    outcome.unheard = result.stage == CommandStage::terminated && !is_confirmed;
    commands_.erase(found);
    return outcome;
}

void CommandLedger::store_lost() {
    for (auto& [id, entry] : commands_) entry.doubtful = true;
}

CommandLedger::Due CommandLedger::take_due(TimePoint now) {
    Due due;
    for (auto command = commands_.begin(); command != commands_.end();) {
        auto& [id, entry] = *command;
        const bool over = entry.deadline <= now;
        if (over && entry.state == State::waiting && !entry.doubtful) {
            entry.state = State::claiming;
            due.to_claim.push_back(id);
        } else if (over && entry.doubtful && entry.state != State::confirmed) {
            due.unknown.push_back(unknown(id, "the store was lost before an answer came"));
            command = commands_.erase(command);
            continue;
        } else if (over && entry.state == State::confirmed) {
            due.forgotten.push_back(id);
            command = commands_.erase(command);
            continue;
        }
        ++command;
    }
    return due;
}

std::optional<CommandLedger::Outcome> CommandLedger::claimed(const std::string& id, Claim how) {
    const auto found = commands_.find(id);
    if (found == commands_.end() || found->second.state != State::claiming) return std::nullopt;
    const bool doubtful = found->second.doubtful;
    commands_.erase(found);
    if (how == Claim::ours && !doubtful) return refused(id, "nobody took it in time");
    return unknown(id, how == Claim::anothers ? "taken, but not answered in time" : "the store was lost");
}

/// What is being written or claimed has its answer coming.
std::optional<TimePoint> CommandLedger::next_deadline() const {
    std::optional<TimePoint> next;
    for (const auto& [id, entry] : commands_) {
        const bool waits = entry.state == State::waiting || entry.state == State::confirmed || entry.doubtful;
        if (waits && (!next || entry.deadline < *next)) next = entry.deadline;
    }
    return next;
}

}  // namespace busbar::connector
