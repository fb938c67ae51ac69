#include "iec104/station/command_dialogues.hpp"

#include <algorithm>

#include "base/result.hpp"

namespace busbar::iec104 {

using iec60870::AsduView;
using iec60870::Cause;

namespace {

bool is_refusal(Cause cause) { return cause >= Cause::unknown_type && cause <= Cause::unknown_ioa; }

std::string_view reason_of(Cause cause) {
    switch (cause) {
        case Cause::unknown_type: return "the station does not know the type";
        case Cause::unknown_cause: return "the station does not know the cause";
        case Cause::unknown_common_address: return "the station does not know the common address";
        case Cause::unknown_ioa: return "the station does not know the object";
        default: return "refused by the station";
    }
}

}  // namespace

bool CommandDialogues::is_busy(const CommandPlace& place) const {
    return std::ranges::any_of(dialogues_, [&](const Dialogue& dialogue) {
        return dialogue.place == place && !dialogue.confirmed && !dialogue.cancel;
    });
}

void CommandDialogues::start(Id id, Octets asdu, TimePoint now) {
    const auto command = AsduView::parse(asdu, format_);
    require(command && command->size() == 1, "a command is a well-formed ASDU of one object");
    dialogues_.push_back({id, place_of(*command), identity_of(*command), is_selection(*command),
                          command->header().cause == Cause::deactivation, false, now + limits_.confirmation});
}

bool CommandDialogues::knows(Id id) const {
    return std::ranges::find(dialogues_, id, &Dialogue::id) != dialogues_.end();
}

void CommandDialogues::forget(Id id) {
    dialogues_.remove_if([id](const Dialogue& dialogue) { return dialogue.id == id; });
}

/// The oldest that this answers. A termination belongs to a confirmed execute before one that still waits; S/E, which
/// is mirrored too, tells a selection from its execute.
std::list<CommandDialogues::Dialogue>::iterator CommandDialogues::find(const AsduView& answer) {
    const Cause cause = answer.header().cause;
    const auto place = place_of(answer);
    const auto what = identity_of(answer);
    const bool select = is_selection(answer);
    const auto matches = [&](const Dialogue& dialogue, bool confirmed) {
        return dialogue.place == place && dialogue.what == what && dialogue.select == select &&
               dialogue.confirmed == confirmed &&
               (is_refusal(cause) || dialogue.cancel == (cause == Cause::deactivation_con));
    };
    const auto first = [&](bool confirmed) {
        return std::ranges::find_if(dialogues_, [&](const Dialogue& dialogue) { return matches(dialogue, confirmed); });
    };
    if (cause != Cause::activation_term) return first(false);
    const auto running = first(true);
    return running != dialogues_.end() ? running : first(false);
}

std::vector<CommandDialogues::Step> CommandDialogues::answered(const AsduView& answer, TimePoint now) {
    const bool parameter = is_parameter(answer.header().type);
    if ((!parameter && !is_command(answer.header().type)) || answer.size() != 1) return {};
    if (parameter && answer.header().cause == Cause::activation_term) return {};  // there is no such thing
    const auto found = find(answer);
    if (found == dialogues_.end()) return {};
    const Cause cause = answer.header().cause;
    const auto number = static_cast<std::uint8_t>(cause);
    const Id id = found->id;
    if (is_refusal(cause) || (answer.header().negative && cause != Cause::activation_term)) {
        dialogues_.erase(found);
        return {{id, Stage::refused, number, true, true, reason_of(cause)}};
    }
    switch (cause) {
        case Cause::activation_con:
            if (found->select || parameter) {
                const Stage stage = found->select ? Stage::selected : Stage::confirmed;
                dialogues_.erase(found);
                return {{id, stage, number, false, true, {}}};
            }
            found->confirmed = true;
            found->until = now + limits_.termination;
            return {{id, Stage::confirmed, number, false, false, {}}};
        case Cause::deactivation_con: dialogues_.erase(found); return {{id, Stage::cancelled, number, false, true, {}}};
        case Cause::activation_term: {
            std::vector<Step> steps;
            // Terminated without a confirmation: executed all the same, unless it says that it failed.
            if (!found->confirmed && answer.header().negative) return {};
            if (!found->confirmed)
                steps.push_back({id, Stage::confirmed, static_cast<std::uint8_t>(Cause::activation_con), false, false,
                                 "terminated before it was confirmed"});
            steps.push_back({id, Stage::terminated, number, answer.header().negative, true, {}});
            dialogues_.erase(found);
            return steps;
        }
        default: return {};
    }
}

std::vector<CommandDialogues::Step> CommandDialogues::on_deadline(TimePoint now) {
    std::vector<Step> steps;
    std::erase_if(dialogues_, [&](const Dialogue& dialogue) {
        if (dialogue.until > now) return false;
        if (!dialogue.confirmed)
            steps.push_back({dialogue.id, Stage::unknown, 0, false, true, "the station did not confirm in time"});
        return true;
    });
    return steps;
}

std::vector<CommandDialogues::Step> CommandDialogues::line_lost() {
    std::vector<Step> steps;
    for (const Dialogue& dialogue : dialogues_) {
        if (!dialogue.confirmed)
            steps.push_back(
                {dialogue.id, Stage::unknown, 0, false, true, "the line was lost before the station confirmed"});
    }
    dialogues_.clear();
    return steps;
}

std::optional<TimePoint> CommandDialogues::next_deadline() const {
    const auto first = std::ranges::min_element(dialogues_, {}, &Dialogue::until);
    return first == dialogues_.end() ? std::nullopt : std::optional(first->until);
}

}  // namespace busbar::iec104
