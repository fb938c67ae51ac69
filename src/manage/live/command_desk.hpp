#pragma once

#include <map>
#include <string>

#include "connector/common/command_giver.hpp"
#include "manage/database/command_rows.hpp"

namespace busbar::manage {

/// Commands of this installation's users on their way: gives them and notes in the database what becomes of each.
class CommandDesk : store::StorePart {
public:
    static constexpr std::string_view name = "manage";
    /// What was confirmed and is never terminated is no longer looked after then.
    static constexpr Duration longest_wait = connector::CommandLedger::termination_limit + std::chrono::minutes{2};

    CommandDesk(store::Store& store, Database& database);

    /// Why no command can be given now; empty: one can.
    std::string trouble() const;
    bool has_room() const { return giver_.has_room() && open_.size() < connector::CommandLedger::most; }
    std::string make_id() const { return giver_.make_id(); }
    /// `row` is in the database. `then_execute`: the order is a selection, and is executed when it is confirmed.
    void give(const CommandRow& row, const connector::CommandGiver::Order& order, bool then_execute);

private:
    struct Open {
        CommandRow row;
        connector::CommandGiver::Order order;
        bool then_execute;
        TimePoint until;
    };
    void connected() override { catch_up(); }
    void take(const connector::CommandLedger::Outcome& outcome);
    void take_other(const std::string& id, const point::CommandResult& result);
    void catch_up();
    void close_those_before_the_start();
    void forget_old();

    Database& database_;
    connector::CommandGiver giver_;
    std::map<std::string, Open> open_;
    UtcTime started_;
    bool caught_up_ = false;
};

}  // namespace busbar::manage
