#include "connector/common/command_giver.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include "iec104/station/command_words.hpp"

namespace busbar::connector {

using point::CommandStage;

CommandGiver::CommandGiver(store::Store& store, std::string name, Handlers handlers)
    : StorePart(store),
      name_(std::move(name)),
      handlers_(std::move(handlers)),
      timer_(store.loop()),
      results_(store, name_),
      tail_(store.loop(), store.options(), {std::string(store::keys::command_results)},
            {[this](std::string_view, store::StreamId id, store::EntryFields fields) { take(id, fields); },
             [this](const std::string& reason) { following(reason); }}) {}

bool CommandGiver::terminates(std::uint8_t type) { return !iec104::is_parameter(type); }

std::string CommandGiver::make_id() const {
    std::random_device random;
    return fmt::format("{}:{}:{}:{:08x}{:08x}", name_, store_.loop().utc_now().time_since_epoch().count(), ::getpid(),
                       random(), random());
}

void CommandGiver::give(const std::string& id, const Order& order) {
    const auto now = store_.loop().utc_now();
    point::Command command;
    auto point = point::read_json(order.point);
    require(point.has_value(), "a command to give was made of a point");
    const bool parameter = iec104::is_parameter(point->type);
    if (order.qualifier != 0) point->qualifier = order.qualifier;
    command.point = *point;
    command.point.select = (order.select || order.cancel) && !parameter;
    command.point.cot = order.cancel ? 8 : 6;
    command.cancel = order.cancel;
    command.peer = order.peer;
    command.session = order.session;
    command.issued = now;
    command.expires = now + std::chrono::duration_cast<std::chrono::milliseconds>(order.max_age);
    given_[id] = {order.address, order.max_age};
    ledger_.add(id, store_.loop().now() + order.max_age, !parameter);
    store::add_command(
        store_.client(), order.stream, {{}, order.address, name_, id, to_json(command), {}},
        guarded([this, id](const store::Reply& reply) {
            using Written = CommandLedger::Written;
            const auto how = reply.is_good() ? Written::stored : reply.is_error() ? Written::refused : Written::lost;
            settle(ledger_.written(id, how, reply.text()));
            set_timer();
        }));
    set_timer();
}

void CommandGiver::disconnected(const std::string&) {
    ledger_.store_lost();
    set_timer();
}

/// The tail begins at the end of the stream each time: what came while nobody listened is read now.
void CommandGiver::following(const std::string& reason) {
    hears_ = reason.empty();
    if (hears_ && std::exchange(ever_heard_, true)) {
        read_results_since({heard_.milliseconds, heard_.sequence + 1});
    } else if (hears_) {
        heard_ = tail_.position();
    }
    handlers_.hears(reason);
}

void CommandGiver::read_results_since(store::StreamId entry) {
    missed_since_ = std::min(missed_since_.value_or(entry), entry);
    read_missed();
}

void CommandGiver::read_missed() {
    if (!missed_since_ || !store_.is_connected()) return;
    const auto since = *missed_since_;
    store_.client().command({"XRANGE", store::keys::command_results, to_string(since), "+"},
                            guarded([this, since](const store::Reply& reply) { take_missed(since, reply); }));
}

void CommandGiver::take_missed(store::StreamId since, const store::Reply& reply) {
    if (!reply.is_good()) return;
    if (missed_since_ == since) missed_since_.reset();
    std::vector<std::pair<std::string_view, std::string_view>> fields;
    for (const store::Reply& each : reply.children()) {
        const auto id = each.children().size() == 2 ? store::parse_stream_id(each.children()[0].text()) : std::nullopt;
        if (!id) continue;
        fields.clear();
        const auto texts = each.children()[1].children();
        for (std::size_t at = 0; at + 1 < texts.size(); at += 2)
            fields.emplace_back(texts[at].text(), texts[at + 1].text());
        take(*id, fields);
    }
}

void CommandGiver::take(store::StreamId entry, store::EntryFields fields) {
    heard_ = std::max(heard_, entry);
    const auto read = store::read_command_entry(entry, fields);
    if (!read.fault.empty()) return;
    const auto result = point::read_command_result(read.data);
    if (!result) return;
    const std::string id(read.command);
    if (!ledger_.waits_for(id)) {
        if (handlers_.other) handlers_.other(id, *result);
        return;
    }
    settle(ledger_.result(id, *result, store_.loop().now()));
    set_timer();
}

void CommandGiver::settle(const std::optional<CommandLedger::Outcome>& outcome) {
    if (!outcome) return;
    const auto given = given_.find(outcome->id);
    if (outcome->ours && given != given_.end()) {
        const point::CommandResult result{outcome->stage, outcome->cause,          outcome->negative,
                                          name_,          store_.loop().utc_now(), outcome->reason};
        results_.add(given->second.address, outcome->id, to_json(result));
    }
    if (given != given_.end() && !ledger_.waits_for(outcome->id)) given_.erase(given);
    handlers_.stage(*outcome);
}

/// Whoever wins the claim decides.
void CommandGiver::on_deadline() {
    const auto due = ledger_.take_due(store_.loop().now());
    for (const auto& outcome : due.unknown) settle(outcome);
    for (const auto& id : due.forgotten) {
        given_.erase(id);
        if (handlers_.forgotten) handlers_.forgotten(id);
    }
    for (const auto& id : due.to_claim) claim(id);
    set_timer();
}

void CommandGiver::claim(const std::string& id) {
    const auto given = given_.find(id);
    require(given != given_.end(), "what is waited for was given");
    store::claim_command(
        store_.client(), id, name_, 10 * given->second.max_age, guarded([this, id](const store::Reply& reply) {
            using Claim = CommandLedger::Claim;
            const bool ours = reply.kind() == store::Reply::Kind::status && reply.text() == "OK";
            settle(ledger_.claimed(id, ours ? Claim::ours : reply.is_nil() ? Claim::anothers : Claim::lost));
            set_timer();
        }));
}

void CommandGiver::set_timer() {
    if (const auto next = ledger_.next_deadline()) timer_.at(*next, [this] { on_deadline(); });
}

}  // namespace busbar::connector
