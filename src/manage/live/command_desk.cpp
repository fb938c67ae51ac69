#include "manage/live/command_desk.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <vector>

#include "manage/database/attempt.hpp"
#include "manage/live/iso_time.hpp"

namespace busbar::manage {

namespace json = boost::json;
using connector::CommandLedger;
using point::CommandStage;

namespace {

/// The execute of a selection is a command of its own in the store; its id says whose it is.
constexpr std::string_view execute_suffix = ":execute";

constexpr std::string_view unread = "the commands under way cannot be read yet";

std::string row_id(const std::string& command) {
    return command.ends_with(execute_suffix) ? command.substr(0, command.size() - execute_suffix.size()) : command;
}

bool has_stage(const json::array& stages, CommandStage stage) {
    return std::any_of(stages.begin(), stages.end(), [name = to_string(stage)](const json::value& each) {
        return each.at("stage").as_string() == name;
    });
}

/// Nothing can follow. The command is as it was asked for.
bool is_last(CommandStage stage, const json::object& wanted) {
    if (stage == CommandStage::selected) return wanted.contains("mode") && wanted.at("mode") == "select";
    if (stage == CommandStage::confirmed)
        return !connector::CommandGiver::terminates(wanted.at("type").to_number<std::uint8_t>());
    return true;
}

/// When nothing more can be expected of a command that the process before this one has given: a selection and its
/// execute may take their time each, and so may a termination.
UtcTime end_of(const CommandRow& row) {
    const json::value wanted = json::parse(row.wanted);
    std::chrono::milliseconds max_age = CommandDesk::usual_max_age;
    if (const auto* given = wanted.as_object().if_contains("max_age_ms"))
        max_age = std::chrono::milliseconds{given->to_number<std::int64_t>()};
    UtcTime end = row.given + 2 * max_age;
    if (has_stage(json::parse(row.stages).as_array(), CommandStage::confirmed))
        end += std::chrono::duration_cast<std::chrono::milliseconds>(CommandLedger::termination_limit);
    return end;
}

/// Adds a stage; false: it is there already.
bool add_stage(CommandRow& row, UtcTime time, const point::CommandResult& result, bool late) {
    json::array stages = json::parse(row.stages).as_array();
    if (has_stage(stages, result.stage)) return false;
    json::object stage{{"stage", to_string(result.stage)}, {"time", iso(result.time.value_or(time))}};
    if (result.cause != 0) stage["cause"] = result.cause;
    if (result.negative) stage["negative"] = true;
    if (!result.by.empty()) stage["by"] = result.by;
    if (!result.reason.empty()) stage["reason"] = result.reason;
    if (late) stage["late"] = true;
    stages.push_back(std::move(stage));
    row.stages = json::serialize(stages);
    return true;
}

}  // namespace

CommandDesk::CommandDesk(store::Store& store, Database& database)
    : StorePart(store),
      database_(database),
      giver_(store, std::string(name),
             {[this](const CommandLedger::Outcome& outcome) { take(outcome); },
              [this](const std::string& reason) {
                  if (reason.empty()) catch_up();
              },
              [this](const std::string& id, const point::CommandResult& result) { take_other(id, result); },
              [this](const std::string& id) { forget(id); }}),
      left_over_(store.loop()),
      retry_(store.loop()) {
    giver_.start();
}

std::string CommandDesk::trouble() const {
    if (!store_.is_connected()) return "the store is away";
    return giver_.hears_results() ? "" : "the results of commands cannot be heard";
}

void CommandDesk::give(const CommandRow& row, const connector::CommandGiver::Order& order, bool then_execute) {
    open_[row.id] = {row, order, then_execute};
    giver_.give(row.id, order);
}

std::optional<CommandRow> CommandDesk::find(std::string_view id) const {
    if (const auto open = open_.find(std::string(id)); open != open_.end()) return open->second.row;
    if (const auto row = unsaved_.find(id); row != unsaved_.end()) return row->second;
    return find_command(database_, id);
}

void CommandDesk::note(const CommandRow& row) {
    if (save(row)) {
        unsaved_.erase(row.id);
        return;
    }
    unsaved_.insert_or_assign(row.id, row);
    retry_.after(retry_after, [this] { save_again(); });
}

bool CommandDesk::save(const CommandRow& row) {
    return attempt("what became of a command is not noted yet", [&] { save_command(database_, row); });
}

void CommandDesk::save_again() {
    while (!unsaved_.empty() && save(unsaved_.begin()->second)) unsaved_.erase(unsaved_.begin());
    if (!unsaved_.empty()) retry_.after(retry_after, [this] { save_again(); });
}

void CommandDesk::take(const CommandLedger::Outcome& outcome) {
    const std::string id = row_id(outcome.id);
    const auto found = open_.find(id);
    if (found == open_.end()) return;
    Open& open = found->second;
    const auto by = outcome.ours ? name : std::string_view{};
    add_stage(open.row, store_.loop().utc_now(),
              {outcome.stage, outcome.cause, outcome.negative, by, std::nullopt, outcome.reason}, false);
    const bool goes_on = outcome.stage == CommandStage::selected && open.then_execute;
    open.row.done = !goes_on && !giver_.waits_for(outcome.id);
    note(open.row);
    if (goes_on) {
        auto order = open.order;
        order.select = false;
        return giver_.give(id + std::string(execute_suffix), order);
    }
    if (open.row.done) open_.erase(found);
}

/// No termination came in time: confirmed is all that will ever be known.
void CommandDesk::forget(const std::string& command) {
    const auto found = open_.find(row_id(command));
    if (found == open_.end()) return;
    found->second.row.done = true;
    note(found->second.row);
    open_.erase(found);
}

/// Too late for the one who asked, or of a command from before this process was started.
void CommandDesk::take_other(const std::string& command, const point::CommandResult& result) {
    if (!command.starts_with(name)) return;
    const std::string id = row_id(command);
    if (open_.contains(id) || unsaved_.size() >= CommandLedger::most) return;
    std::optional<CommandRow> row;
    attempt("a late result of a command is not noted", [&] { row = find(id); });
    if (!row || !add_stage(*row, store_.loop().utc_now(), result, row->done)) return;
    row->done = row->done || is_last(result.stage, json::parse(row->wanted).as_object());
    note(*row);
}

/// What became of the commands of the process before this one: results may say it already, or still will.
void CommandDesk::catch_up() {
    if (caught_up_ || !trouble().empty()) return;
    std::optional<UtcTime> first;
    const auto take = [&first](const CommandRow& row) { first = std::min(first.value_or(row.given), row.given); };
    if (!attempt(unread, [&] { for_each_open_command(database_, take); }))
        return left_over_.after(retry_after, [this] { catch_up(); });
    if (!first) {
        caught_up_ = true;
        return;
    }
    const auto since = *first - std::chrono::minutes{1};  // the store's clock may be another
    giver_.read_results_since({static_cast<std::uint64_t>(since.time_since_epoch().count()), 0});
    store_.client().command({"PING"}, guarded([this](const store::Reply& reply) {
                                if (reply.is_good() && !std::exchange(caught_up_, true)) close_left_over();
                            }));
}

/// Those of the process before this one whose time is over; the others later.
void CommandDesk::close_left_over() {
    const UtcTime now = store_.loop().utc_now();
    std::optional<UtcTime> next;
    std::vector<CommandRow> over;
    const auto take = [&](const CommandRow& row) {
        if (open_.contains(row.id) || unsaved_.contains(row.id)) return;
        const UtcTime end = end_of(row);
        if (end <= now) {
            over.push_back(row);
        } else {
            next = std::min(next.value_or(end), end);
        }
    };
    if (!attempt(unread, [&] { for_each_open_command(database_, take); }))
        return left_over_.after(retry_after, [this] { close_left_over(); });
    for (CommandRow& row : over) {
        const point::CommandResult nobody_knows{
            CommandStage::unknown, 0, false, name, std::nullopt, "management was restarted before an answer came"};
        if (!has_stage(json::parse(row.stages).as_array(), CommandStage::confirmed))
            add_stage(row, now, nobody_knows, false);
        row.done = true;
        note(row);
    }
    if (next) left_over_.after(*next - now, [this] { close_left_over(); });
}

}  // namespace busbar::manage
