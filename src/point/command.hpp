#pragma once

#include <array>
#include <string>

#include "point/point.hpp"

namespace busbar::point {

/// A command on its way through the store: the point that is wanted, and who wants it. Texts are borrowed.
struct Command {
    Point point;  // with type 45-51, 58-64 or 110-113, value, qualifier, select, oa, time
    bool cancel = false;
    std::string_view peer;     // who asked, for people
    std::string_view session;  // one for each connection of a control room: a selection is bound to it
    std::optional<UtcTime> issued, expires;
};

/// The `data` of an entry of `process:commands`.
std::string to_json(const Command& command);

/// Reads what `to_json` writes, as leniently as `read_json` reads a point.
Result<Command> read_command(std::string_view json);

/// What became of a command. The first of `confirmed`, `refused`, `unknown` (for a select `selected`, for a cancel
/// `cancelled`) decides; `terminated` may follow a confirmation.
enum class CommandStage : std::uint8_t { selected, confirmed, refused, cancelled, terminated, unknown };

inline constexpr std::array<std::string_view, 6> command_stage_names{"selected",  "confirmed",  "refused",
                                                                     "cancelled", "terminated", "unknown"};
constexpr std::string_view to_string(CommandStage stage) {
    return command_stage_names[static_cast<std::size_t>(stage)];
}

/// The `data` of an entry of `process:command-results`. Texts are borrowed.
struct CommandResult {
    CommandStage stage = CommandStage::unknown;
    std::uint8_t cause = 0;  // of the answer: 7, 9, 10, 44-47; 0: no answer came
    bool negative = false;
    std::string_view by;  // who says so
    std::optional<UtcTime> time;
    std::string_view reason;  // in words, if it is no plain confirmation
};

std::string to_json(const CommandResult& result);

/// Only `stage` is needed, unknown members are ignored.
Result<CommandResult> read_command_result(std::string_view json);

}  // namespace busbar::point
