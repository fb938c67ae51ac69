#include "manage/live/command_desk.hpp"

#include <boost/json.hpp>
#include <vector>

namespace busbar::manage {

namespace json = boost::json;
using connector::CommandLedger;
using point::CommandStage;

namespace {

/// The execute of a selection is a command of its own in the store; its id says whose it is.
constexpr std::string_view execute_suffix = ":execute";

std::string row_id(const std::string& command) {
    return command.ends_with(execute_suffix) ? command.substr(0, command.size() - execute_suffix.size()) : command;
}

std::string text_of(UtcTime time) {
    std::string text(iso8601_size, '\0');
    write_iso8601(text.data(), time);
    return text;
}

/// Adds a stage; false: it is there already.
bool add_stage(CommandRow& row, UtcTime time, const point::CommandResult& result, bool late) {
    json::array stages = json::parse(row.stages).as_array();
    for (const json::value& each : stages) {
        if (each.at("stage").as_string() == to_string(result.stage)) return false;
    }
    json::object stage{{"stage", to_string(result.stage)}, {"time", text_of(result.time.value_or(time))}};
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
              [this](const std::string& id, const point::CommandResult& result) { take_other(id, result); }}),
      started_(store.loop().utc_now()) {
    giver_.start();
}

std::string CommandDesk::trouble() const {
    if (!store_.is_connected()) return "the store is away";
    return giver_.hears_results() ? "" : "the results of commands cannot be heard";
}

void CommandDesk::give(const CommandRow& row, const connector::CommandGiver::Order& order, bool then_execute) {
    forget_old();
    open_[row.id] = {row, order, then_execute, store_.loop().now() + longest_wait};
    giver_.give(row.id, order);
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
    save_command(database_, open.row);
    if (goes_on) {
        auto order = open.order;
        order.select = false;
        return giver_.give(id + std::string(execute_suffix), order);
    }
    if (open.row.done) open_.erase(found);
}

/// Too late for the one who asked, or from before this process was started: still worth knowing.
void CommandDesk::take_other(const std::string& command, const point::CommandResult& result) {
    if (!command.starts_with(name)) return;
    const std::string id = row_id(command);
    if (open_.contains(id)) return;
    auto row = find_command(database_, id);
    if (!row || !add_stage(*row, store_.loop().utc_now(), result, row->done)) return;
    if (result.stage != CommandStage::selected && result.stage != CommandStage::confirmed) row->done = true;
    save_command(database_, *row);
}

/// What became of the commands of the process before this one: results may say it; otherwise nobody knows.
void CommandDesk::catch_up() {
    if (caught_up_ || !trouble().empty()) return;
    std::optional<UtcTime> first;
    for_each_open_command(database_,
                          [&first](const CommandRow& row) { first = std::min(first.value_or(row.given), row.given); });
    if (!first) {
        caught_up_ = true;
        return;
    }
    const auto since = *first - std::chrono::minutes{1};  // the store's clock may be another
    giver_.read_results_since({static_cast<std::uint64_t>(since.time_since_epoch().count()), 0});
    store_.client().command({"PING"}, guarded([this](const store::Reply& reply) {
                                if (!reply.is_good() || std::exchange(caught_up_, true)) return;
                                close_those_before_the_start();
                            }));
}

void CommandDesk::close_those_before_the_start() {
    std::vector<CommandRow> rows;
    for_each_open_command(database_, [&](const CommandRow& row) {
        if (row.given < started_ && !open_.contains(row.id)) rows.push_back(row);
    });
    for (CommandRow& row : rows) {
        add_stage(
            row, store_.loop().utc_now(),
            {CommandStage::unknown, 0, false, name, std::nullopt, "management was restarted before an answer came"},
            false);
        row.done = true;
        save_command(database_, row);
    }
}

void CommandDesk::forget_old() {
    const TimePoint now = store_.loop().now();
    std::erase_if(open_, [now](const auto& entry) { return entry.second.until < now; });
}

}  // namespace busbar::manage
