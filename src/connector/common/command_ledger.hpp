#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "point/command.hpp"

namespace busbar::connector {

/// The commands that one process has put into the store, until it is decided what became of each. It holds rule 3 from
/// the asker's side: when the time is over the asker claims the command itself; only a claim that it wins makes certain
/// that nothing left, and only then is the command refused. Everything else is unknown. Pure.
class CommandLedger {
public:
    static constexpr std::size_t most = 1000;
    /// So long a termination is waited for after a confirmation.
    static constexpr Duration termination_limit = std::chrono::minutes{10};

    struct Outcome {
        std::string id;
        point::CommandStage stage;
        std::uint8_t cause = 0;  // of the answer; 0: none
        bool negative = false;
        bool ours = false;     // decided here: the stream of results is to be told
        bool unheard = false;  // terminated without a confirmation before
        std::string reason{};
    };
    enum class Written : std::uint8_t { stored, refused, lost };
    enum class Claim : std::uint8_t { ours, anothers, lost };

    bool has_room() const { return commands_.size() < most; }
    /// The command is being written; it is too late at `deadline`. `terminates`: more may follow its confirmation.
    void add(std::string id, TimePoint deadline, bool terminates = true);
    /// Something may still be heard of it.
    bool waits_for(const std::string& id) const { return commands_.contains(id); }
    std::optional<Outcome> written(const std::string& id, Written how, std::string_view why);
    /// From the stream of results; nothing: a repeat, too late, or not ours.
    std::optional<Outcome> result(const std::string& id, const point::CommandResult& result, TimePoint now);
    /// The connection to the store was lost: a claim may be lost with it. What waits can no longer be refused.
    void store_lost();

    struct Due {
        std::vector<std::string> to_claim;
        std::vector<Outcome> unknown;
        std::vector<std::string> forgotten;  // confirmed, and no termination came
    };
    Due take_due(TimePoint now);
    std::optional<Outcome> claimed(const std::string& id, Claim how);
    std::optional<TimePoint> next_deadline() const;
    std::size_t size() const { return commands_.size(); }

private:
    enum class State : std::uint8_t { writing, waiting, claiming, confirmed };
    struct Entry {
        State state;
        TimePoint deadline;
        bool terminates;
        bool doubtful = false;  // the store was lost meanwhile
    };
    std::map<std::string, Entry> commands_;
};

}  // namespace busbar::connector
