#include "connector/iec104_server/commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "connector/common/messages.hpp"
#include "connector/common/protocol.hpp"
#include "iec60870/asdu/type_table.hpp"
#include "iec60870/element/time_tag.hpp"

namespace busbar::connector {

using iec104::CommandGate;
using iec60870::AsduView;
using iec60870::Cause;
using point::CommandStage;

namespace {

iec104::CommandRules rules_of(const config::ServerConfig& config) {
    using TimeTag = iec104::CommandRules::TimeTag;
    iec104::CommandRules rules;
    rules.max_age = config.commands.max_age;
    rules.select_timeout = config.commands.select_timeout;
    switch (config.commands.time_tag) {
        case config::CommandTimeTag::either: rules.time_tag = TimeTag::either; break;
        case config::CommandTimeTag::required: rules.time_tag = TimeTag::required; break;
        case config::CommandTimeTag::refused: rules.time_tag = TimeTag::refused; break;
    }
    return rules;
}

Cause confirmation_of(const AsduView& command) {
    return command.header().cause == Cause::deactivation ? Cause::deactivation_con : Cause::activation_con;
}

}  // namespace

ServerCommands::ServerCommands(store::Store& store, std::string id, std::string instance,
                               const config::ServerConfig& config, const TimeZone& zone, const config::Mapping& mapping,
                               Owner owner)
    : StorePart(store),
      id_(std::move(id)),
      instance_(std::move(instance)),
      owner_(std::move(owner)),
      results_(store, id_),
      timer_(store.loop()),
      order_(store, owner_.position, [this] { owner_.on_answered(); }) {
    configure(config, zone);
    use(mapping);
    follow();
}

void ServerCommands::configure(const config::ServerConfig& config, const TimeZone& zone) {
    if (asdu_format(config.protocol) != asdu_format(config_.protocol)) {  // all connections are made anew
        gate_ = iec104::CommandGate{};
        pending_.clear();
    }
    config_ = config;
    zone_ = zone;
    may_command_ = net::AllowList::parse(config.network.command_clients).value_or(net::AllowList{});
    gate_.configure(rules_of(config));
    order_.use_stream(config.streams.input);
}

void ServerCommands::use(const config::Mapping& mapping) { points_ = CommandPoints(mapping); }

void ServerCommands::disconnected(const std::string&) {
    ledger_.store_lost();
    set_timer();
}

ServerCommands::Asker& ServerCommands::asker_of(Session& session) {
    const auto [found, is_new] = askers_.try_emplace(&session);
    if (is_new) found->second.number = ++last_asker_;
    return found->second;
}

void ServerCommands::session_gone(Session& session) {
    order_.forget(session);
    for (auto& [id, pending] : pending_) {
        if (pending.session == &session) pending.session = nullptr;
    }
    const auto found = askers_.find(&session);
    if (found == askers_.end()) return;
    gate_.left(found->second.number);
    askers_.erase(found);
    cancel_dropped();
}

// --- what comes from control rooms

void ServerCommands::receive(Session& session, Octets asdu, const net::PeerAddress& peer) {
    const auto command = AsduView::parse(asdu, asdu_format(config_.protocol));
    if (!command || command->size() == 0) return;
    const auto& header = command->header();
    if (!iec104::is_command(header.type) && !iec104::is_parameter(header.type)) return refuse_type(session, *command);
    const auto* target = points_.find(header.common_address, (*command)[0].ioa, header.type);
    const auto deny = [&](Cause cause, std::string_view why) {
        ++counters_.denied;
        log(messages::command_denied, peer.to_string(), header.type, header.common_address, (*command)[0].ioa, why);
        send(&session, asdu, cause, true);
    };
    if (const auto why = target ? why_not(peer) : ""; !why.empty()) return deny(confirmation_of(*command), why);
    auto& asker = asker_of(session);
    const auto now = store_.loop().now();
    const double rate = config_.commands.rate;
    if (target && header.cause != Cause::deactivation && !asker.commands.take(rate, 10 * rate, now))
        return deny(confirmation_of(*command), "the connection gives too many commands");
    const auto refusal =
        gate_.judge(asker.number, *command, target ? &target->object : nullptr, read_tag(*command), now);
    if (refusal) deny(refusal->cause, refusal->reason);
    cancel_dropped();
    if (!refusal && target) write(&session, asker.number, *command, *target, peer.to_string());
    set_timer();
}

/// File transfer (120-127) is not used here unless it is configured, query logs never are.
void ServerCommands::refuse_type(Session& session, const AsduView& command) {
    ++counters_.denied;
    send(&session, command.octets(), Cause::unknown_type, true);
}

/// Why nothing can be commanded at present, and nothing has left.
std::string_view ServerCommands::why_not(const net::PeerAddress& peer) const {
    if (!may_command_.permits(peer.address)) return "the peer may not command";
    if (!store_.is_connected()) return "the store is away";
    if (owner_.epoch() == 0) return "this process does not hold the connector's lease";
    if (!is_local() && !following_) return "the stream of results is not followed";
    if (!ledger_.has_room() || pending_.size() >= CommandLedger::most) return "too many commands are under way";
    return {};
}

CommandGate::TagReading ServerCommands::read_tag(const AsduView& command) const {
    if (!iec104::has_command_time_tag(command.header().type)) return {};
    const Octets element = command[0].element;
    const auto tag = iec60870::decode<iec60870::Cp56Time2a>(element.last(7).data());
    const auto local = iec60870::station_time(tag);
    if (!local || tag.invalid) return {};
    const auto utc = zone_.to_utc(*local, tag.summer);
    if (zone_.to_local(utc).summer != tag.summer) return {};
    return {true, store_.loop().utc_now() - utc};
}

Result<std::string> ServerCommands::make_data(const AsduView& command, const CommandPoints::Target& target,
                                              std::string_view peer, CommandGate::Asker asker) const {
    const auto now = store_.loop().utc_now();
    const std::string session = fmt::format("{}:{}", owner_.epoch(), asker);
    point::Command made;
    to_point(*command.description(), command[0], now, zone_, made.point);
    made.cancel = command.header().cause == Cause::deactivation;
    if (auto fits = apply_inverse(target, made.point); !fits) {
        if (!made.cancel) return tl::make_unexpected(fits.error());
    }
    made.point.cot = static_cast<std::uint8_t>(command.header().cause);
    made.point.oa = command.header().originator;
    made.point.received.reset();
    made.point.source = id_;
    made.peer = peer;
    made.session = session;
    made.issued = now;
    made.expires = now + config_.commands.max_age;
    return to_json(made);
}

void ServerCommands::write(Session* session, CommandGate::Asker asker, const AsduView& command,
                           const CommandPoints::Target& target, std::string_view peer) {
    const auto data = make_data(command, target, peer, asker);
    const bool parameter = iec104::is_parameter(command.header().type);
    const bool only_here =
        is_local() && !parameter && (iec104::is_selection(command) || command.header().cause == Cause::deactivation);
    if (!data) {
        gate_.ended(command);
        ++counters_.denied;
        return send(session, command.octets(), confirmation_of(command), true);
    }
    if (only_here) {
        gate_.confirmed(asker, command, store_.loop().now());
        return send(session, command.octets(), confirmation_of(command), false);
    }
    ++counters_.given;
    const auto id = fmt::format("{}:{}:{}", id_, owner_.epoch(), owner_.next_number());
    const store::ImageAddress address{target.source.casdu, target.source.ioa};
    const auto verb = command.header().cause == Cause::deactivation ? "cancel"
                      : iec104::is_selection(command)               ? "select"
                                                                    : "execute";
    log(messages::command_given, id, peer.empty() ? "a selection that ended" : peer, verb, command.header().type,
        address.casdu, address.ioa);
    pending_[id] = {session, asker, address, {command.octets().begin(), command.octets().end()}, false};
    ledger_.add(id, store_.loop().now() + config_.commands.max_age, !parameter);
    store::add_command(store_.client(), config_.streams.output, {{}, address, id_, id, *data, {}},
                       guarded([this, id](const store::Reply& reply) { written(id, reply); }));
}

void ServerCommands::written(const std::string& id, const store::Reply& reply) {
    using Written = CommandLedger::Written;
    const auto how = reply.is_good() ? Written::stored : reply.is_error() ? Written::refused : Written::lost;
    if (const auto outcome = ledger_.written(id, how, reply.is_good() ? "" : reply.text())) settle(*outcome);
    const auto found = pending_.find(id);
    if (how == Written::stored && is_local() && found != pending_.end()) {
        const auto command = AsduView::parse(found->second.asdu, asdu_format(config_.protocol));
        const bool ends = command && command->header().cause == Cause::deactivation;
        for (const auto stage : {ends ? CommandStage::cancelled : CommandStage::confirmed, CommandStage::terminated}) {
            point::CommandResult result;
            result.stage = stage;
            if (const auto outcome = ledger_.result(id, result, store_.loop().now())) settle(*outcome);
        }
    }
    set_timer();
}

/// A selection that ended by itself is cancelled at the station too, so that others need not wait.
void ServerCommands::cancel_dropped() {
    for (const auto& dropped : gate_.take_dropped()) {
        OctetBuffer cancel(dropped.selection.size());
        iec60870::mirror(dropped.selection, Cause::deactivation, false, cancel, asdu_format(config_.protocol));
        const auto command = AsduView::parse(cancel, asdu_format(config_.protocol));
        if (!command || command->size() == 0 || is_local()) continue;
        const auto& header = command->header();
        const auto* target = points_.find(header.common_address, (*command)[0].ioa, header.type);
        if (target && store_.is_connected() && owner_.epoch() != 0 && ledger_.has_room())
            write(nullptr, dropped.asker, *command, *target, {});
    }
}

// --- what became of them

void ServerCommands::follow() {
    tail_ = std::make_unique<store::StreamTail>(
        store_.loop(), store_.options(), std::vector{std::string(store::keys::command_results)},
        store::StreamTail::Handlers{
            [this](std::string_view, store::StreamId id, store::EntryFields fields) { take_result(id, fields); },
            [this](const std::string& reason) {
                following_ = reason.empty();
                if (!following_) log(messages::commands_not_followed, reason);
                order_.results_read(tail_->position());
            }});
    tail_->start();
}

/// Results of other connectors' commands pass by; what cannot be read is as if it had not come.
void ServerCommands::take_result(store::StreamId entry, store::EntryFields fields) {
    const auto read = store::read_command_entry(entry, fields);
    if (read.fault.empty() && pending_.contains(std::string(read.command))) {
        if (const auto result = point::read_command_result(read.data)) {
            if (const auto outcome = ledger_.result(std::string(read.command), *result, store_.loop().now()))
                settle(*outcome);
            set_timer();
        }
    }
    order_.results_read(entry);
}

void ServerCommands::settle(const CommandLedger::Outcome& outcome) {
    const auto found = pending_.find(outcome.id);
    if (found == pending_.end()) return;
    Pending& pending = found->second;
    if (outcome.ours) {
        point::CommandResult result{outcome.stage, outcome.cause,           outcome.negative,
                                    id_,           store_.loop().utc_now(), outcome.reason};
        results_.add(pending.address, outcome.id, to_json(result));
    }
    log(messages::command_result, outcome.id, to_string(outcome.stage), outcome.reason);
    const auto command = AsduView::parse(pending.asdu, asdu_format(config_.protocol));
    if (command && command->size() == 1) answer(pending, *command, outcome);
    cancel_dropped();
    if (outcome.stage == CommandStage::confirmed && ledger_.waits_for(outcome.id)) {
        pending.confirmed = true;
    } else {
        pending_.erase(outcome.id);
    }
}

void ServerCommands::answer(const Pending& pending, const AsduView& command, const CommandLedger::Outcome& outcome) {
    const auto now = store_.loop().now();
    switch (outcome.stage) {
        case CommandStage::selected:
        case CommandStage::confirmed:
        case CommandStage::cancelled:
            ++counters_.confirmed;
            gate_.confirmed(pending.asker, command, now);
            if (pending.session == nullptr) gate_.left(pending.asker);
            return send(pending.session, pending.asdu, confirmation_of(command), false);
        case CommandStage::refused: {
            ++counters_.refused;
            gate_.ended(command);
            const auto cause = static_cast<Cause>(outcome.cause);
            const bool unknown = cause >= Cause::unknown_type && cause <= Cause::unknown_ioa;
            return send(pending.session, pending.asdu, unknown ? cause : confirmation_of(command), true);
        }
        case CommandStage::terminated:
            if (outcome.unheard) {
                gate_.confirmed(pending.asker, command, now);
                send(pending.session, pending.asdu, confirmation_of(command), false);
            }
            if (pending.session) order_.terminate(*pending.session, terminated(pending.asdu, outcome.negative));
            return;
        case CommandStage::unknown:  // silence: the control room's own time-out says it
            ++counters_.unknown;
            gate_.ended(command);
            return;
    }
}

OctetBuffer ServerCommands::terminated(Octets command, bool negative) const {
    OctetBuffer asdu(command.size());
    iec60870::mirror(command, Cause::activation_term, negative, asdu, asdu_format(config_.protocol));
    return asdu;
}

void ServerCommands::send(Session* session, Octets asdu, Cause cause, bool negative) {
    if (session == nullptr) return;
    std::array<Octet, iec60870::max_asdu_size> answer{};
    session->send(iec60870::mirror(asdu, cause, negative, answer, asdu_format(config_.protocol)), store_.loop().now());
    owner_.on_answered();
}

// --- time

void ServerCommands::on_deadline() {
    const auto now = store_.loop().now();
    gate_.on_deadline(now);
    cancel_dropped();
    auto due = ledger_.take_due(now);
    for (const auto& outcome : due.unknown) settle(outcome);
    for (const auto& id : due.forgotten) pending_.erase(id);
    for (const auto& id : due.to_claim) {
        const auto holder = fmt::format("{}/{} {}", id_, instance_, owner_.epoch());
        store::claim_command(store_.client(), id, holder, 10 * config_.commands.max_age,
                             guarded([this, id](const store::Reply& reply) { claimed(id, reply); }));
    }
    set_timer();
}

void ServerCommands::claimed(const std::string& id, const store::Reply& reply) {
    using Claim = CommandLedger::Claim;
    const bool ours = reply.kind() == store::Reply::Kind::status && reply.text() == "OK";
    const auto how = ours ? Claim::ours : reply.is_nil() ? Claim::anothers : Claim::lost;
    if (const auto outcome = ledger_.claimed(id, how)) settle(*outcome);
    set_timer();
}

void ServerCommands::set_timer() {
    auto next = ledger_.next_deadline();
    if (const auto selection = gate_.next_deadline()) next = next ? std::min(*next, *selection) : *selection;
    if (next) {
        timer_.at(*next, [this] { on_deadline(); });
    } else {
        timer_.cancel();
    }
}

// --- order of confirmation, return information, termination

void ServerCommands::update_seen(store::ImageAddress address, std::string_view json) {
    if (pending_.empty() || json.find(R"("cot":11)") == std::string_view::npos) return;
    for (auto& [id, pending] : pending_) {
        if (pending.session && !pending.confirmed && pending.address.casdu == address.casdu)
            order_.hold(*pending.session);
    }
}

}  // namespace busbar::connector
