#pragma once

#include <map>
#include <string>

#include "connector/common/command_giver.hpp"
#include "manage/database/command_rows.hpp"
#include "net/timer.hpp"

namespace busbar::manage {

/// Commands of this installation's users on their way: gives them and notes in the database what becomes of each, also
/// of those that the process before this one has given. Each is done after a bounded time. What the database cannot
/// take (a full disk) is kept here and noted when it can.
class CommandDesk : store::StorePart {
public:
    static constexpr std::string_view name = "manage";
    static constexpr std::chrono::milliseconds usual_max_age{5000};
    static constexpr Duration retry_after = std::chrono::seconds{1};

    CommandDesk(store::Store& store, Database& database);

    /// Why no command can be given now; empty: one can.
    std::string trouble() const;
    bool has_room() const {
        return giver_.has_room() && open_.size() + unsaved_.size() < connector::CommandLedger::most;
    }
    std::string make_id() const { return giver_.make_id(); }
    /// `row` is in the database. `then_execute`: the order is a selection, and is executed when it is confirmed.
    void give(const CommandRow& row, const connector::CommandGiver::Order& order, bool then_execute);
    /// With all that is known of it by now. Throws: the database cannot be read.
    std::optional<CommandRow> find(std::string_view id) const;

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
    void note(const CommandRow& row);
    bool save(const CommandRow& row);
    void save_again();
    void catch_up();
    void close_left_over();

    Database& database_;
    connector::CommandGiver giver_;
    net::Timer left_over_, retry_;
    std::map<std::string, Open> open_;
    std::map<std::string, CommandRow, std::less<>> unsaved_;
    bool caught_up_ = false;
};

}  // namespace busbar::manage
