// Commands and results as anybody may write them to the store, and command state driven by any octets: no crash,
// nothing executed twice by the rules, nothing refused that was confirmed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "connector/common/command_ledger.hpp"
#include "iec104/station/command_dialogues.hpp"
#include "iec104/station/command_gate.hpp"
#include "point/command.hpp"

namespace {

using namespace busbar;
using namespace busbar::iec104;

void must(bool holds) {
    if (!holds) std::abort();
}

/// What was read is written so that it reads the same again.
void read_texts(std::string_view text) {
    if (const auto command = point::read_command(text)) {
        const auto json = point::to_json(*command);
        const auto again = point::read_command(json);
        must(again && point::to_json(*again) == json);
    }
    if (const auto result = point::read_command_result(text)) {
        const auto json = point::to_json(*result);
        const auto again = point::read_command_result(json);
        must(again && point::to_json(*again) == json);
    }
}

/// Takes octets from the front; zeros when there are none left.
class Choices {
public:
    explicit Choices(Octets octets) : octets_(octets) {}
    bool empty() const { return octets_.empty(); }
    unsigned next() {
        if (octets_.empty()) return 0;
        const unsigned octet = octets_[0];
        octets_ = octets_.subspan(1);
        return octet;
    }
    Octets take(std::size_t size) {
        const auto taken = octets_.first(std::min(size, octets_.size()));
        octets_ = octets_.subspan(taken.size());
        return taken;
    }

private:
    Octets octets_;
};

/// Commands, and parameters, which go the same way without selection.
bool travels(iec60870::TypeId type) { return is_command(type) || is_parameter(type); }

/// Any ASDUs from three control rooms against an object that must be selected: an execute passes only if its own room's
/// equal selection was confirmed just before.
void drive_gate(Choices choices) {
    CommandGate gate;
    TimePoint now{};
    std::map<CommandPlace, std::pair<CommandGate::Asker, CommandIdentity>> selected;
    std::map<CommandPlace, TimePoint> until;
    while (!choices.empty()) {
        const auto kind = choices.next();
        now += std::chrono::milliseconds{choices.next() * 20};
        const CommandGate::Asker asker = kind % 3;
        const auto octets = choices.take(6 + kind / 16);
        const auto command = iec60870::AsduView::parse(octets);
        if (!command || command->size() != 1 || !travels(command->header().type)) continue;
        const bool parameter = is_parameter(command->header().type);
        const auto cause = command->header().cause;
        if (cause != iec60870::Cause::activation && cause != iec60870::Cause::deactivation) continue;
        const CommandObject object{command_without_time_tag(command->header().type), CommandObject::Select::select};
        const auto place = place_of(*command);
        const bool passed = !gate.judge(asker, *command, &object, {true, {}}, now);
        const bool execute = cause == iec60870::Cause::activation && !is_selection(*command) && !parameter;
        if (passed && execute) {
            const auto found = selected.find(place);
            must(found != selected.end() && found->second == std::pair(asker, identity_of(*command)) &&
                 now < until[place]);
        }
        if (cause == iec60870::Cause::activation && passed && !parameter) selected.erase(place);
        if (passed && kind % 5 != 0) {
            gate.confirmed(asker, *command, now);
            if (cause == iec60870::Cause::activation && is_selection(*command)) {
                selected[place] = {asker, identity_of(*command)};
                until[place] = now + std::chrono::seconds{10};
            }
        } else if (passed) {
            gate.ended(*command);
        }
        if (kind % 7 == 0) gate.left(asker);
        gate.take_dropped();
    }
}

/// Any mirrored ASDUs: each command is decided once at the most, and none after the line was lost.
void drive_dialogues(Choices choices) {
    CommandDialogues dialogues{iec60870::AsduFormat{}};
    TimePoint now{};
    std::map<CommandDialogues::Id, unsigned> decided;
    CommandDialogues::Id last = 0;
    const auto note = [&](const std::vector<CommandDialogues::Step>& steps) {
        for (const auto& step : steps) {
            must(step.id <= last);
            if (step.stage != CommandDialogues::Stage::terminated) must(++decided[step.id] == 1);
        }
    };
    while (!choices.empty()) {
        const auto kind = choices.next();
        now += std::chrono::milliseconds{choices.next() * 50};
        const auto octets = choices.take(6 + kind / 16);
        const auto asdu = iec60870::AsduView::parse(octets);
        note(dialogues.on_deadline(now));
        if (kind % 11 == 0) note(dialogues.line_lost());
        if (!asdu || asdu->size() != 1 || !travels(asdu->header().type)) continue;
        if (kind % 2 == 0 && !dialogues.is_full()) {
            dialogues.start(++last, octets, now);
        } else {
            note(dialogues.answered(*asdu, now));
        }
    }
    note(dialogues.line_lost());
    must(dialogues.size() == 0);
}

/// Any order of what the store says: one decision for each command, and a refusal of ours only after a claim that won
/// while the store stayed.
void drive_ledger(Choices choices) {
    using connector::CommandLedger;
    CommandLedger ledger;
    TimePoint now{};
    std::map<std::string, unsigned> decided;
    std::map<std::string, bool> lost;
    unsigned last = 0;
    const auto note = [&](const std::optional<CommandLedger::Outcome>& outcome) {
        if (!outcome) return;
        if (outcome->stage == point::CommandStage::terminated && !outcome->unheard) return;
        must(++decided[outcome->id] == 1);
        if (outcome->ours && outcome->stage == point::CommandStage::refused) must(!lost[outcome->id]);
    };
    while (!choices.empty()) {
        const auto kind = choices.next();
        const auto which = std::to_string(choices.next() % 8);
        now += std::chrono::milliseconds{choices.next() * 10};
        switch (kind % 6) {
            case 0:
                if (ledger.has_room())
                    ledger.add(std::to_string(last++), now + std::chrono::seconds{2}, kind / 6 % 4 != 0);
                break;
            case 1: {
                const auto how = static_cast<CommandLedger::Written>(kind / 6 % 3);
                // An error is an answer: it does not come over a connection that was lost.
                if (how != CommandLedger::Written::refused || !lost[which]) note(ledger.written(which, how, ""));
                break;
            }
            case 2: {
                point::CommandResult result;
                result.stage = static_cast<point::CommandStage>(kind / 6 % 6);
                note(ledger.result(which, result, now));
                break;
            }
            case 3:
                ledger.store_lost();
                for (unsigned i = 0; i < last; ++i) lost[std::to_string(i)] = true;
                break;
            case 4: {
                const auto due = ledger.take_due(now);
                for (const auto& outcome : due.unknown) note(outcome);
                break;
            }
            default: note(ledger.claimed(which, static_cast<CommandLedger::Claim>(kind / 6 % 3))); break;
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const Octets rest(data + 1, size - 1);
    switch (data[0] % 4) {
        case 0: read_texts({reinterpret_cast<const char*>(rest.data()), rest.size()}); break;
        case 1: drive_gate(Choices(rest)); break;
        case 2: drive_dialogues(Choices(rest)); break;
        default: drive_ledger(Choices(rest)); break;
    }
    return 0;
}
