#pragma once

#include <boost/json/value.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "manage/actions/actor.hpp"
#include "manage/actions/installation.hpp"
#include "manage/actions/problem.hpp"
#include "manage/database/command_rows.hpp"
#include "manage/live/command_desk.hpp"
#include "store/keys.hpp"

namespace busbar::manage {

inline constexpr std::chrono::hours commands_kept_for{24};
inline constexpr std::int64_t max_commands_kept = 100'000;

/// A command as a user asks for it. A selection is the user's: who has selected may execute or cancel.
struct CommandWish {
    enum class Mode : std::uint8_t { direct, select, execute, select_and_execute, cancel };
    store::ImageAddress address;
    std::uint8_t type = 0;
    boost::json::value value;
    Mode mode = Mode::direct;
    std::uint8_t qualifier = 0;
    std::chrono::milliseconds max_age = CommandDesk::usual_max_age;
};

/// Gives it, once for each `key` (Idempotency-Key) of a user: a repeat gets what was noted first. `wanted`: the wish as
/// JSON, for the record.
Outcome<CommandRow> give_command(Installation& installation, const Actor& actor, const CommandWish& wish,
                                 const std::string& wanted, const std::optional<std::string>& key);

Outcome<CommandRow> get_command(Installation& installation, std::string_view id);
std::vector<CommandRow> list_commands(Installation& installation, const CommandFilter& filter, std::int64_t limit);

}  // namespace busbar::manage
