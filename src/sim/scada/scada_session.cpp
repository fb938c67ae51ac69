#include "sim/scada/scada_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "iec60870/asdu/visit.hpp"
#include "sim/wire/object_json.hpp"

namespace busbar::sim {

using iec104::ControllingSession;
using iec104::TransferState;
using iec60870::AsduView;

Scada::Session::Session(Scada& scada, std::string peer, std::function<void()> wake, TimePoint now)
    : scada_(scada), session_(scada.config_.session, now), peer_(std::move(peer)), wake_(std::move(wake)) {
    scada_.tell("connected", peer_, "");
    session_.allow_transfer(true, now);
}

Scada::Session::~Session() {
    if (scada_.session_ == this) scada_.session_ = nullptr;
}

bool Scada::Session::is_started() const { return session_.link().state() == TransferState::started; }

void Scada::Session::receive(Octets octets, TimePoint now) {
    session_.receive(octets, now);
    drain(now);
}

void Scada::Session::on_deadline(TimePoint now) {
    session_.on_deadline(now);
    drain(now);
}

void Scada::Session::take_output(OctetBuffer& into, TimePoint now) { session_.take_output(into, now); }

std::optional<TimePoint> Scada::Session::next_deadline() const {
    const auto link = session_.next_deadline();
    const auto commands = commands_.next_deadline();
    return link && commands ? std::min(*link, *commands) : link ? link : commands;
}

/// What was received is written down first, and acknowledged then.
void Scada::Session::drain(TimePoint now) {
    while (auto event = session_.take_event(now)) handle(*event, now);
    while (const auto unknown = commands_.take_unknown(now)) {
        log_command(*unknown, CommandFollower::Outcome::unknown, {});
    }
    scada_.journal_.flush();
    if (received_ > 0) session_.keep(received_, now);
    scada_.changed_();
}

void Scada::Session::handle(ControllingSession::Event& event, TimePoint now) {
    if (const auto* asdu = std::get_if<ControllingSession::AsduReceived>(&event)) {
        object(asdu->view);
        received_ = asdu->number;
    } else if (const auto* mirrored = std::get_if<ControllingSession::AnswerReceived>(&event)) {
        answer(mirrored->view, now);
        received_ = mirrored->number;
    } else if (const auto* unusable = std::get_if<ControllingSession::AsduRejected>(&event)) {
        rejected(*unusable);
        received_ = unusable->number;
    } else if (const auto* ended = std::get_if<ControllingSession::InterrogationEnded>(&event)) {
        interrogation_ended(*ended);
    } else if (const auto* clock = std::get_if<ControllingSession::ClockWanted>(&event)) {
        synchronize_clock(clock->common_address, now);
    } else if (std::holds_alternative<ControllingSession::TransferStarted>(event)) {
        started(now);
    } else if (std::holds_alternative<ControllingSession::TransferStopped>(event)) {
        line("transfer_stopped").end();
        scada_.show("data transfer stopped");
        if (stopping_) session_.close("stopped");
    } else if (const auto* file = std::get_if<iec104::FileEvent>(&event)) {
        scada_.handle_file(*file);
    } else if (const auto* closed = std::get_if<ControllingSession::Closed>(&event)) {
        closed_ = closed->reason;
    }
}

void Scada::Session::object(const AsduView& asdu) {
    const UtcTime received = scada_.journal_.now();
    for (const iec60870::InformationObject object : asdu) {
        JsonLine entry = scada_.journal_.line("object", received);
        add_header(entry, asdu.header(), object.ioa);
        add_element(entry, asdu.header().type, object.element, received);
        entry.end();
        ++scada_.objects_;
        if (scada_.screen_) scada_.screen_->show(asdu.header(), object, received);
    }
}

void Scada::Session::answer(const AsduView& asdu, TimePoint now) {
    JsonLine entry = line("answer");
    add_header(entry, asdu.header(), asdu.size() > 0 ? std::optional(asdu[0].ioa) : std::nullopt);
    if (asdu.size() > 0) add_element(entry, asdu.header().type, asdu[0].element, scada_.journal_.now());
    entry.end();
    const auto answered = commands_.answer(asdu, now);
    if (!answered) return;
    log_command(answered->request, answered->outcome, asdu.header().cause);
    if (answered->next) scada_.send_step(*answered->next, now);
}

void Scada::Session::rejected(const ControllingSession::AsduRejected& rejected) {
    line("rejected").add("reason", rejected.reason).add_hex("octets", rejected.octets).end();
    scada_.show(fmt::format("unusable ASDU: {}", rejected.reason));
}

void Scada::Session::interrogation_ended(const ControllingSession::InterrogationEnded& ended) {
    JsonLine entry = line(ended.counters ? "counter_interrogation" : "interrogation");
    entry.add("casdu", ended.common_address).add("qualifier", ended.qualifier).add("complete", ended.complete);
    if (!ended.complete) entry.add("reason", ended.reason);
    entry.end();
    scada_.show(
        fmt::format("interrogation of {} {}", ended.common_address, ended.complete ? "complete" : ended.reason));
}

void Scada::Session::started(TimePoint now) {
    line("transfer_started").end();
    scada_.show("data transfer started");
    if (std::exchange(scada_.was_started_, true)) return;
    for (const std::string& request : scada_.config_.requests) scada_.try_request(request, now);
}

void Scada::Session::synchronize_clock(iec60870::CommonAddress common_address, TimePoint now) {
    const UtcTime utc = scada_.journal_.now();
    std::array<Octet, 7> time{};
    iec60870::encode(iec60870::make_cp56(iec60870::StationTime(utc.time_since_epoch())), time.data());
    const bool sent = session_.synchronize_clock(common_address, time, now);
    line("clock").add("casdu", common_address).add("time", utc).add("sent", sent).end();
}

void Scada::Session::log_command(const CommandRequest& request, CommandFollower::Outcome outcome,
                                 iec60870::Cause cause) {
    JsonLine entry = line("command_result");
    entry.add("casdu", request.common_address).add("ioa", request.ioa).add("type", request.type);
    entry.add("outcome", to_string(outcome));
    if (cause != iec60870::Cause{}) entry.add("cot", static_cast<unsigned>(cause));
    entry.end();
    scada_.show(
        fmt::format("command {} {} {}: {}", request.type, request.common_address, request.ioa, to_string(outcome)));
}

void Scada::Session::stop(TimePoint now) {
    if (std::exchange(stopping_, true)) return;
    if (is_started()) {
        session_.stop_transfer(now);
    } else {
        session_.close("stopped");
        closed_ = "stopped";
    }
    wake_();
}

void Scada::Session::disconnected(const std::string& reason, TimePoint) {
    // What nobody has confirmed by now, nobody will: its outcome is unknown, and it is not sent again.
    while (const auto unknown = commands_.take_unknown(TimePoint::max())) {
        log_command(*unknown, CommandFollower::Outcome::unknown, {});
    }
    if (const auto ended = scada_.files_.line_lost()) scada_.tell_file(*ended);
    scada_.session_ = nullptr;
    scada_.tell("disconnected", peer_, reason);
    scada_.changed_();
}

}  // namespace busbar::sim
