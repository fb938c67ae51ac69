#include "connector/iec104_client/commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ranges>
#include <utility>

#include "connector/common/messages.hpp"
#include "connector/common/protocol.hpp"

namespace busbar::connector {

using iec104::CommandDialogues;
using iec60870::Cause;
using point::CommandStage;

namespace {

constexpr int claim_factor = 10;  // a claim outlives its command by far
constexpr Duration longest_max_age = std::chrono::hours{1};

/// Milliseconds of a TIME reply: seconds, microseconds.
std::optional<std::int64_t> store_time(const store::Reply& reply) {
    if (reply.children().size() != 2) return std::nullopt;
    std::array<std::int64_t, 2> parts{};
    for (std::size_t i = 0; i < 2; ++i) {
        const auto text = reply.children()[i].text();
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parts[i]);
        if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    }
    return parts[0] * 1000 + parts[1] / 1000;
}

bool is_one(const point::Value& value) {
    const auto* integer = std::get_if<std::int64_t>(&value);
    return integer && *integer == 1;
}

/// What the asker gives the command; nothing: the connector's own limit holds.
std::optional<Duration> lifetime(const point::Command& command) {
    if (!command.issued || !command.expires) return std::nullopt;
    return *command.expires - *command.issued;
}

}  // namespace

ClientCommands::ClientCommands(store::Store& store, store::ErrorStream& errors, std::string id,
                               const config::ClientConfig& config, const TimeZone& zone, Owner owner)
    : StorePart(store),
      errors_(errors),
      id_(std::move(id)),
      config_(config),
      zone_(zone),
      owner_(std::move(owner)),
      dialogues_(asdu_format(config.protocol)),
      results_(store, id_, config.streams.results),
      timer_(store.loop()) {
    follow();
}

/// From the stream's end as it is now.
void ClientCommands::follow() {
    tail_ = std::make_unique<store::StreamTail>(
        store_.loop(), store_.options(), std::vector{config_.streams.commands},
        store::StreamTail::Handlers{
            [this](std::string_view, store::StreamId entry, store::EntryFields fields) { take(entry, fields); },
            [](const std::string& reason) {
                if (!reason.empty()) log(messages::commands_not_followed, reason);
            }});
    tail_->start();
    read_history();
}

void ClientCommands::connected() {
    if (!history_known_) read_history();
}

void ClientCommands::read_history() {
    history_known_ = false;
    if (!store_.is_connected()) return;
    store_.client().command({"XREVRANGE", config_.streams.commands, "+", "-", "COUNT", std::to_string(most_known)},
                            guarded([this](const store::Reply& reply) { history_read(reply); }));
}

/// Newest first in the answer; the oldest is the first to be forgotten.
void ClientCommands::history_read(const store::Reply& reply) {
    if (!reply.is_good()) return;  // read again when the store is back
    for (const auto& entry : reply.children() | std::views::reverse) {
        if (entry.children().size() != 2) continue;
        const auto id = store::parse_stream_id(entry.children()[0].text());
        const auto words = entry.children()[1].children();
        for (std::size_t i = 0; id && i + 1 < words.size(); i += 2) {
            if (words[i].text() == "id") note(std::string(words[i + 1].text()), *id);
        }
    }
    history_known_ = true;
    for (const auto& work : std::exchange(early_, {})) begin(work);
}

/// A claim expires, and an entry may be added again by whoever copies or restores a stream.
bool ClientCommands::is_repeat(const Work& work) { return note(work.id, work.entry) < work.entry; }

store::StreamId ClientCommands::note(const std::string& command, store::StreamId entry) {
    const auto [found, is_new] = known_.try_emplace(command, entry);
    const auto first = found->second;
    if (is_new) known_order_.push_back(command);
    if (known_order_.size() > most_known) {
        known_.erase(known_order_.front());
        known_order_.pop_front();
    }
    return first;
}

ClientCommands::~ClientCommands() { line_lost(); }

void ClientCommands::configure(const config::ClientConfig& config, const TimeZone& zone) {
    const bool another_stream = config_.streams.commands != config.streams.commands;
    config_ = config;
    zone_ = zone;
    results_.use_stream(config_.streams.results);
    dialogues_.use_format(asdu_format(config_.protocol));
    if (another_stream) follow();
}

const config::Station* ClientCommands::listed(std::uint16_t casdu) const {
    const auto found = std::ranges::find(config_.stations, casdu, &config::Station::casdu);
    return found == config_.stations.end() ? nullptr : &*found;
}

// --- from the stream to the claim

/// Commands for other stations are another connector's; those that cannot be read are nobody's.
void ClientCommands::take(store::StreamId entry, store::EntryFields fields) {
    const auto command = store::read_command_entry(entry, fields);
    if (!command.fault.empty()) {
        ++counters_.bad;
        errors_.report("a command that cannot be used", fmt::format("{}: {}", store::to_string(entry), command.fault));
        return;
    }
    if (!listed(command.address.casdu) || !owner_.owns(command.address.casdu)) return;
    if (claims_ + early_.size() >= most_claims) {
        ++counters_.crowded;  // unclaimed: who asked will find that nobody took it
        return;
    }
    auto work = std::make_shared<Work>();
    work->entry = entry;
    work->address = command.address;
    work->source = command.source;
    work->id = command.command;
    work->data = command.data;
    if (!history_known_) {
        early_.push_back(std::move(work));
    } else {
        begin(work);
    }
}

void ClientCommands::begin(const std::shared_ptr<Work>& work) {
    if (is_repeat(*work)) {
        ++counters_.repeated;
        errors_.report("a command that was given before",
                       fmt::format("{}: {}", store::to_string(work->entry), work->id));
        return;
    }
    ++counters_.taken;
    const auto parsed = point::read_command(work->data);
    const auto given = parsed ? lifetime(*parsed).value_or(Duration{}) : Duration{};
    claim(work, std::clamp<Duration>(given, config_.commands.max_age, longest_max_age));
}

/// The time before the claim, in one pipeline: the command is at least as old as that says when its frame leaves. The
/// claim outlives whoever waits for an answer, so that he cannot win one later.
void ClientCommands::claim(const std::shared_ptr<Work>& work, Duration longest_age) {
    ++claims_;
    work->asked = store_.loop().now();
    store_.client().command({"TIME"}, guarded([work](const store::Reply& reply) {
                                if (const auto time = store_time(reply)) {
                                    work->age_ms = *time - static_cast<std::int64_t>(work->entry.milliseconds);
                                    work->has_age = true;
                                }
                            }));
    store::claim_command(store_.client(), work->id, owner_.claimant(), claim_factor * longest_age,
                         guarded([this, work](const store::Reply& reply) { claim_answered(*work, reply); }));
}

/// Nil: another decides. An error or no answer: it counts as not sent, and is not sent.
void ClientCommands::claim_answered(const Work& work, const store::Reply& reply) {
    --claims_;
    if (reply.kind() != store::Reply::Kind::status || reply.text() != "OK") {
        if (!reply.is_good()) log(messages::command_not_claimed, work.id, reply.text());
        return;
    }
    if (const auto sent = execute(work); !sent) refuse(work, sent.error().what);
    set_timer();
}

void ClientCommands::refuse(const Work& work, const std::string& why) {
    ++counters_.refused;
    log(messages::command_refused, work.id, why);
    results_.add(work.address, work.id,
                 result_json(CommandStage::refused, static_cast<std::uint8_t>(Cause::activation_con), true, why));
}

// --- to the station

/// Outside 0 to the limit it is too late; what the store took to answer counts too.
std::string_view ClientCommands::fault_of_age(const Work& work, const point::Command& command) const {
    if (!work.has_age) return "the store does not tell its time";
    if (work.age_ms < 0) return "it lies in the future";
    const Duration limit = std::min<Duration>(config_.commands.max_age, lifetime(command).value_or(longest_max_age));
    const Duration age = std::chrono::milliseconds{work.age_ms} + (store_.loop().now() - work.asked);
    return age > limit ? "it is too old" : "";
}

Result<iec60870::AsduWriter> ClientCommands::make_asdu(const point::Command& command, std::uint16_t casdu) const {
    const auto* type = iec60870::find_type(command.point.type);
    if (type == nullptr || !(iec104::is_command(type->id) || iec104::is_parameter(type->id)))
        return fail("type: must be 45-51, 58-64 or 110-113");
    if (command.cancel && iec104::is_parameter_value(type->id)) return fail("a parameter that was loaded stays loaded");
    if (type->time_tag != iec60870::TimeTag::none && !command.point.time) return fail("time: is missing");
    const auto format = asdu_format(config_.protocol);
    const auto remote = listed(casdu)->remote_address();
    // P_AC_NA_1 with QPA 1 is about all parameters of the station, and has object address 0.
    const bool of_station = iec104::is_parameter_activation(type->id) && is_one(command.point.value);
    if (of_station && command.point.ioa != 0) return fail("ioa: must be 0, since all parameters are meant");
    if (auto fits = check_address(format, remote, of_station ? 1 : command.point.ioa); !fits)
        return tl::make_unexpected(fits.error());
    const auto element = from_point(*type, command.point, store_.loop().utc_now(), zone_);
    if (!element) return tl::make_unexpected(element.error());
    iec60870::AsduHeader header;
    header.type = type->id;
    header.cause = command.cancel ? Cause::deactivation : Cause::activation;
    header.originator = config_.protocol.originator;
    header.common_address = remote;
    iec60870::AsduWriter writer(format);
    writer.start(header);
    if (!writer.add(command.point.ioa, element->view())) return fail("the command does not fit a frame");
    return writer;
}

Result<void> ClientCommands::execute(const Work& work) {
    auto command = point::read_command(work.data);
    if (!command) return tl::make_unexpected(command.error());
    command->point.ioa = work.address.ioa;
    if (command->point.test) return fail("a test must not act on the process");
    if (const auto fault = fault_of_age(work, *command); !fault.empty()) return fail(std::string(fault));
    if (const auto trouble = owner_.trouble(); !trouble.empty()) return fail(trouble);
    if (!listed(work.address.casdu)) return fail("the station is not listed any more");
    const auto writer = make_asdu(*command, work.address.casdu);
    if (!writer) return tl::make_unexpected(writer.error());
    const auto asdu = iec60870::AsduView::parse(writer->octets(), asdu_format(config_.protocol));
    if (!asdu) return tl::make_unexpected(asdu.error());

    const auto place = iec104::place_of(*asdu);
    Selections::Claim claim{fmt::format("{}/{}", work.source, command->session), iec104::identity_of(*asdu)};
    claim.what.originator = command->point.oa;
    const bool select = iec104::is_selection(*asdu);
    if (command->point.select && !select) return fail("the type cannot be selected");
    if (!command->cancel && dialogues_.is_busy(place)) return fail("another command of the object is under way");
    if (dialogues_.is_full()) return fail("too many commands are under way");
    const auto now = store_.loop().now();
    const bool selectable = !iec104::is_parameter(asdu->header().type);  // parameters disturb no selection
    const auto refusal = selectable ? selections_.refusal(place, claim, select, command->cancel, now) : "";
    if (!refusal.empty()) return fail(std::string(refusal));
    // Last of all: another may have taken over while the store answered.
    if (!owner_.owns(work.address.casdu)) return fail("the station is no longer this connector's");
    if (!owner_.send(writer->octets())) return fail("the line takes no frame at present");
    const auto dialogue = ++last_dialogue_;
    dialogues_.start(dialogue, writer->octets(), now);
    if (selectable && (!select || command->cancel)) selections_.use(place);
    sent_.emplace(dialogue, Sent{work.address, work.id, place, std::move(claim)});
    ++counters_.sent;
    log(messages::command_sent, work.id, work.source, asdu->header().type, work.address.casdu, work.address.ioa);
    return {};
}

// --- what the station says

void ClientCommands::answered(const iec60870::AsduView& answer, std::uint64_t number, std::uint64_t connection) {
    for (const auto& step : dialogues_.answered(answer, store_.loop().now())) {
        const auto found = sent_.find(step.id);
        if (found == sent_.end()) continue;
        if (step.stage == CommandDialogues::Stage::selected)
            selections_.add(found->second.place, found->second.claim, store_.loop().now());
        if (step.stage != CommandDialogues::Stage::terminated) {
            write_steps({step});
            continue;
        }
        terminations_.push_back({number, connection, found->second.address, found->second.id,
                                 result_json(CommandStage::terminated, step.cause, step.negative, step.reason)});
        sent_.erase(found);
    }
    set_timer();
}

void ClientCommands::kept(std::uint64_t number, std::uint64_t connection) {
    while (!terminations_.empty()) {
        auto& first = terminations_.front();
        const bool waits = first.connection == connection && first.number > number;
        if (waits) return;
        if (first.connection == connection) results_.add(first.address, first.id, std::move(first.data));
        terminations_.pop_front();
    }
}

void ClientCommands::line_lost() {
    selections_.clear();
    write_steps(dialogues_.line_lost());
    sent_.clear();
    set_timer();
}

void ClientCommands::write_steps(const std::vector<CommandDialogues::Step>& steps) {
    for (const auto& step : steps) {
        const auto found = sent_.find(step.id);
        if (found == sent_.end()) continue;
        const auto stage = static_cast<CommandStage>(step.stage);
        if (stage == CommandStage::confirmed) ++counters_.confirmed;
        if (stage == CommandStage::refused) ++counters_.refused;
        if (stage == CommandStage::unknown) ++counters_.unknown;
        log(messages::command_result, found->second.id, to_string(stage), step.reason);
        results_.add(found->second.address, found->second.id,
                     result_json(stage, step.cause, step.negative, step.reason));
        if (step.last) sent_.erase(found);
    }
}

std::string ClientCommands::result_json(CommandStage stage, std::uint8_t cause, bool negative,
                                        std::string_view why) const {
    point::CommandResult result;
    result.stage = stage;
    result.cause = cause;
    result.negative = negative;
    result.by = id_;
    result.time = store_.loop().utc_now();
    result.reason = why;
    return to_json(result);
}

void ClientCommands::set_timer() {
    const auto next = dialogues_.next_deadline();
    if (!next) return timer_.cancel();
    timer_.at(*next, [this] {
        write_steps(dialogues_.on_deadline(store_.loop().now()));
        std::erase_if(sent_, [this](const auto& sent) { return !dialogues_.knows(sent.first); });
        set_timer();
    });
}

}  // namespace busbar::connector
