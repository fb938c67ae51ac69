#pragma once

#include <functional>
#include <map>
#include <string>

#include "connector/common/command_ledger.hpp"
#include "net/timer.hpp"
#include "store/commands.hpp"
#include "store/store.hpp"
#include "store/stream_tail.hpp"

namespace busbar::connector {

/// Gives commands over the store and says what becomes of each, for whoever is no control room: a shell, management. It
/// holds the asker's part of rule 3 (CommandLedger): nothing is given twice, and "too late" is only said of a command
/// whose claim was won.
class CommandGiver : store::StorePart {
public:
    struct Order {
        store::ImageAddress address;
        std::string point;  // JSON, of command_point_of
        bool select = false, cancel = false;
        std::uint8_t qualifier = 0;
        std::string peer, session;
        Duration max_age;
        std::string stream{store::keys::commands};
    };
    struct Handlers {
        std::function<void(const CommandLedger::Outcome& outcome)> stage;
        /// Results are heard (an empty reason) or not. Only who hears them may give a command.
        std::function<void(const std::string& reason)> hears;
        /// A result of a command that is not, or no longer, waited for.
        std::function<void(const std::string& id, const point::CommandResult& result)> other = {};
        /// It was confirmed, and its termination is waited for no longer.
        std::function<void(const std::string& id)> forgotten = {};
    };

    /// The station says when a command of this type is finished; for parameters the confirmation is the last word.
    static bool terminates(std::uint8_t type);

    /// `name`: the source of what it writes.
    CommandGiver(store::Store& store, std::string name, Handlers handlers);

    void start() { tail_.start(); }
    bool hears_results() const { return hears_; }
    bool has_room() const { return ledger_.has_room(); }
    /// Something may still be heard of it.
    bool waits_for(const std::string& id) const { return ledger_.waits_for(id); }
    /// Never the same twice, whoever else gives commands.
    std::string make_id() const;
    void give(const std::string& id, const Order& order);
    /// Results from this entry on are handed over again; for a process that was away.
    void read_results_since(store::StreamId entry);

private:
    struct Given {
        store::ImageAddress address;
        Duration max_age;
    };
    void connected() override { read_missed(); }
    void disconnected(const std::string& reason) override;
    void read_missed();
    void take_missed(store::StreamId since, const store::Reply& reply);
    void following(const std::string& reason);
    void take(store::StreamId entry, store::EntryFields fields);
    void settle(const std::optional<CommandLedger::Outcome>& outcome);
    void on_deadline();
    void claim(const std::string& id);
    void set_timer();

    std::string name_;
    Handlers handlers_;
    net::Timer timer_;
    store::CommandResults results_;
    store::StreamTail tail_;
    CommandLedger ledger_;
    std::map<std::string, Given> given_;
    store::StreamId heard_;
    std::optional<store::StreamId> missed_since_;
    bool hears_ = false, ever_heard_ = false;
};

}  // namespace busbar::connector
