#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "store/keys.hpp"
#include "store/store.hpp"
#include "store/stream_tail.hpp"

namespace busbar::store {

inline constexpr std::size_t commands_kept = 10'000;         // in the stream of commands
inline constexpr std::size_t command_results_kept = 10'000;  // in the stream of results
inline constexpr std::size_t max_command_id = 200;           // octets

/// An entry of a stream of commands, or of results. Borrowed.
struct CommandEntry {
    StreamId id;
    ImageAddress address;
    std::string_view source;   // who gave the command, or says what became of it
    std::string_view command;  // the command's id
    std::string_view data;
    std::string_view fault;  // not empty: what is wrong with the entry
};
CommandEntry read_command_entry(StreamId id, EntryFields fields);

/// Adds a command to `stream` for whoever owns its station.
void add_command(Client& client, std::string_view stream, const CommandEntry& entry, ReplyHandler handler);

/// Takes the decision about a command: only who is answered "OK" may execute or refuse it (rule 3). Nil: another has
/// it.
void claim_command(Client& client, std::string_view command, std::string_view holder, Duration expiry,
                   ReplyHandler handler);

/// Says what became of commands. A result that the store has not answered for is written again when the store is back
/// (readers ignore repeats); while it is away the last ones wait.
class CommandResults : StorePart {
public:
    static constexpr std::size_t max_waiting = 1000;

    CommandResults(Store& store, std::string_view source, std::string_view stream = keys::command_results);

    void use_stream(std::string_view stream) { stream_ = stream; }
    void add(ImageAddress address, std::string_view command, std::string data);

private:
    struct Result {
        ImageAddress address;
        std::string command, data;
    };
    void connected() override;
    void write(Result result);

    std::string source_, stream_;
    std::deque<Result> waiting_;
};

}  // namespace busbar::store
