#pragma once

#include <map>
#include <string>

#include "connector/common/command_giver.hpp"
#include "manage/database/command_rows.hpp"
#include "net/timer.hpp"

namespace busbar::manage {

/// Commands of this installation's users on their way: gives them and notes in the database what becomes of each, also
/// of those that the process before this one has given. Each is done after a bounded time.
class CommandDesk : store::StorePart {
public:
    static constexpr std::string_view name = "manage";
    static constexpr std::chrono::milliseconds usual_max_age{5000};

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
    };
    void connected() override { catch_up(); }
    void take(const connector::CommandLedger::Outcome& outcome);
    void take_other(const std::string& id, const point::CommandResult& result);
    void forget(const std::string& command);
    void catch_up();
    void close_left_over();

    Database& database_;
    connector::CommandGiver giver_;
    net::Timer left_over_;
    std::map<std::string, Open> open_;
    bool caught_up_ = false;
};

}  // namespace busbar::manage
