#include "store/commands.hpp"

#include <charconv>
#include <utility>

namespace busbar::store {

namespace {

template <class Number>
bool read_number(std::string_view text, Number& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size();
}

std::string_view fault_in(const CommandEntry& entry, bool casdu, bool ioa) {
    if (!casdu) return "casdu: missing, or not a number from 0 to 65535";
    if (!ioa) return "ioa: missing, or not a number";
    if (entry.command.empty()) return "id: missing";
    if (entry.command.size() > max_command_id) return "id: longer than 200 octets";
    if (entry.data.empty()) return "data: missing";
    return {};
}

void add_entry(Client& client, std::string_view stream, std::size_t kept, const CommandEntry& entry,
               ReplyHandler handler) {
    const auto casdu = std::to_string(entry.address.casdu), ioa = std::to_string(entry.address.ioa);
    client.command({"XADD", stream, "MAXLEN", "~", std::to_string(kept), "*", "casdu", casdu, "ioa", ioa, "source",
                    entry.source, "id", entry.command, "data", entry.data},
                   std::move(handler));
}

}  // namespace

CommandEntry read_command_entry(StreamId id, EntryFields fields) {
    CommandEntry entry;
    entry.id = id;
    bool casdu = false, ioa = false;
    for (const auto& [name, value] : fields) {
        if (name == "casdu") casdu = read_number(value, entry.address.casdu);
        if (name == "ioa") ioa = read_number(value, entry.address.ioa);
        if (name == "source") entry.source = value;
        if (name == "id") entry.command = value;
        if (name == "data") entry.data = value;
    }
    entry.fault = fault_in(entry, casdu, ioa);
    return entry;
}

void add_command(Client& client, std::string_view stream, const CommandEntry& entry, ReplyHandler handler) {
    add_entry(client, stream, commands_kept, entry, std::move(handler));
}

void claim_command(Client& client, std::string_view command, std::string_view holder, Duration expiry,
                   ReplyHandler handler) {
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(expiry).count();
    client.command({"SET", keys::command_claim(command), holder, "NX", "PX", std::to_string(milliseconds)},
                   std::move(handler));
}

CommandResults::CommandResults(Store& store, std::string_view source, std::string_view stream)
    : StorePart(store), source_(source), stream_(stream) {}

void CommandResults::add(ImageAddress address, std::string_view command, std::string data) {
    write({address, std::string(command), std::move(data)});
}

void CommandResults::connected() {
    for (auto& result : std::exchange(waiting_, {})) write(std::move(result));
}

void CommandResults::write(Result result) {
    const CommandEntry entry{{}, result.address, source_, result.command, result.data, {}};
    if (!store_.is_connected()) {
        if (waiting_.size() == max_waiting) waiting_.pop_front();
        waiting_.push_back(std::move(result));
        return;
    }
    // The words are copied into the connection's buffer at once; the handler takes what it may have to write again.
    auto again = std::make_shared<Result>(result);
    add_entry(store_.client(), stream_, command_results_kept, entry, guarded([this, again](const Reply& reply) {
                  if (!reply.is_lost()) return;
                  if (waiting_.size() == max_waiting) waiting_.pop_front();
                  waiting_.push_back(std::move(*again));
              }));
}

}  // namespace busbar::store
