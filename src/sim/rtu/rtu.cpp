#include "sim/rtu/rtu.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>

#include "iec60870/asdu/type_table.hpp"
#include "sim/rtu/rtu_session.hpp"
#include "sim/wire/object_json.hpp"

namespace busbar::sim {
namespace {

using iec60870::Cause;

iec104::ObjectUpdate update_of(const StoredEvent& event) {
    iec104::ObjectUpdate update;
    update.common_address = event.common_address;
    update.ioa = event.ioa;
    update.type = event.type;
    update.element = event.element;
    update.cause = event.cause;
    update.originator = event.originator;
    update.position = {event.number, 0};
    return update;
}

iec104::ControlledStationConfig station_config(const RtuConfig& config) {
    iec104::ControlledStationConfig station = config.station;
    station.freezes_counters = true;
    if (config.files) station.files = config.files->rules();
    return station;
}

}  // namespace

Rtu::Rtu(const RtuConfig& config, Substation substation, Journal& journal, TimePoint now, std::function<void()> changed)
    : config_(config),
      substation_(std::move(substation)),
      journal_(journal),
      changed_(std::move(changed)),
      station_(station_config(config), now),
      activity_(config.activity, substation_.points, now),
      desk_(config.commands, substation_.commands),
      parameters_(substation_.parameters),
      buffer_(config.buffer_limit),
      local_freeze_(config.counters.freeze_every, now, journal.now()) {
    load(now);
    if (config_.files) files_.emplace(station_, *config_.files, files_owner());
    look_for_files(now);
    for (const RtuGroup& group : config_.groups) groups_.push_back({group, station_.open_group(group.name, {})});
}

Rtu::~Rtu() = default;

/// Becomes the present value without an event.
void Rtu::show(const SimPoint& point, TimePoint now) {
    const ElementOctets element = encode_value(point.type, point.value, journal_.now());
    iec104::ObjectUpdate update;
    update.common_address = point.common_address;
    update.ioa = point.ioa;
    update.type = point.type;
    update.element = element;
    update.event = false;
    update.position = {last_number_, 0};
    station_.update(update, now);
}

/// The image before the first event.
void Rtu::load(TimePoint now) {
    std::set<CommonAddress> stations;
    for (const SimPoint& point : substation_.points) stations.insert(point.common_address);
    for (const SimCommand& command : substation_.commands) stations.insert(command.common_address);
    for (const SimParameter& parameter : substation_.parameters) stations.insert(parameter.common_address);
    if (config_.files) stations.insert(config_.files->common_address);
    stations_.assign(stations.begin(), stations.end());
    station_.set_stations(stations_);
    for (std::size_t i = 0; i < substation_.points.size(); ++i) {
        const SimPoint& point = substation_.points[i];
        by_address_[{point.common_address, point.ioa}] = i;
        station_.set_attributes(point.common_address, point.ioa, point.attributes);
        show(point, now);
    }
    station_.flush(now);
}

std::unique_ptr<net::Session> Rtu::connect(const net::PeerAddress& peer, std::function<void()> wake, TimePoint now) {
    const auto group =
        std::ranges::find_if(groups_, [&](const Group& g) { return g.config.addresses.permits(peer.address); });
    if (group == groups_.end()) return nullptr;
    auto session = std::make_unique<Session>(*this, station_.connect(group->id, now), ++last_session_, peer.to_string(),
                                             group->config.name, std::move(wake));
    sessions_[session->id()] = session.get();
    return session;
}

void Rtu::disconnected(Session& session, const std::string& reason) {
    journal_.line("disconnected")
        .add("connection", session.id())
        .add("peer", session.peer())
        .add("reason", reason)
        .end();
    journal_.flush();
    if (files_) files_->session_gone(session.protocol(), session.peer());
    desk_.disconnected(session.id());
    sessions_.erase(session.id());
}

void Rtu::on_deadline(TimePoint now) {
    station_.on_deadline(now);
    activity_.on_deadline(now, [&](SimPoint& point) { move(point, now); });
    if (local_freeze_.take_due(now, journal_.now())) freeze(iec60870::all_stations, 0, false, now);
    after_raising(now);
    desk_.on_deadline(now);
    take_steps(now);
    if (restart_at_ && *restart_at_ <= now) restart();
    if (next_look_ && *next_look_ <= now) look_for_files(now);
}

std::optional<TimePoint> Rtu::next_deadline() const {
    std::optional<TimePoint> next;
    for (const auto& deadline : {station_.next_deadline(), activity_.next_deadline(), desk_.next_deadline(),
                                 local_freeze_.next_deadline(), restart_at_, next_look_}) {
        if (deadline && (!next || *deadline < *next)) next = deadline;
    }
    return next;
}

/// The process has moved.
void Rtu::move(SimPoint& point, TimePoint now) {
    const bool silent = config_.counters.count_silently && is_counter(point.type);
    if (silent || parameters_.is_below_threshold(point)) return show(point, now);
    raise(point, Cause::spontaneous, 0, now);
}

/// The event is in buffer, image and journal; it leaves after `after_raising`.
std::uint64_t Rtu::raise(const SimPoint& point, Cause cause, std::uint8_t originator, TimePoint now) {
    const StoredEvent event{++last_number_,
                            point.common_address,
                            point.ioa,
                            point.type,
                            cause,
                            originator,
                            encode_value(point.type, point.value, journal_.now())};
    if (const auto lost = buffer_.push(event)) log_loss(*lost);
    station_.update(update_of(event), now);
    if (journal_.active()) log_event(event);
    return event.number;
}

/// What was raised may leave; each session writes the journal before it gives output away.
void Rtu::after_raising(TimePoint now) {
    station_.flush(now);
    for (const auto& [id, session] : sessions_) session->wake();
}

void Rtu::log_event(const StoredEvent& event) {
    const UtcTime at = journal_.now();
    JsonLine line = journal_.line("event", at);
    line.add("number", event.number).add("casdu", event.common_address).add("ioa", event.ioa).add("type", event.type);
    line.add("cot", static_cast<unsigned>(event.cause));
    add_element(line, event.type, event.element, at);
    line.end();
}

void Rtu::log_loss(std::uint64_t number) {
    for (const Group& group : groups_) {
        if (station_.acknowledged(group.id).major >= number) continue;
        journal_.line("dropped").add("group", group.config.name).add("number", number).end();
    }
}

void Rtu::log_acknowledgements() {
    std::uint64_t by_all = last_number_;
    for (Group& group : groups_) {
        const std::uint64_t acknowledged = station_.acknowledged(group.id).major;
        if (acknowledged > group.acknowledged) {
            JsonLine line = journal_.line("acknowledged");
            line.add("group", group.config.name).add("from", group.acknowledged + 1).add("to", acknowledged).end();
            group.acknowledged = acknowledged;
        }
        by_all = std::min(by_all, acknowledged);
    }
    buffer_.acknowledge(by_all);
}

/// Hands a group the events that the station no longer holds. True: one was waiting for them.
bool Rtu::serve_backlog(TimePoint now) {
    constexpr std::size_t most_at_once = 4096;
    const auto request = station_.take_backlog_request();
    if (!request) return false;
    std::vector<iec104::ObjectUpdate> updates;
    std::uint64_t up_to = request->after.major;
    // Events that the full buffer has dropped are skipped; the journal has them as dropped.
    while (const StoredEvent* event = updates.size() < most_at_once ? buffer_.after(up_to) : nullptr) {
        updates.push_back(update_of(*event));
        up_to = event->number;
    }
    if (updates.size() < most_at_once) up_to = last_number_;
    station_.feed(*request, updates, {up_to, 0}, now);
    return true;
}

bool Rtu::is_done() const {
    const auto all = [&](const Group& group) { return group.acknowledged == last_number_; };
    return activity_.is_finished() && std::ranges::all_of(groups_, all);
}

}  // namespace busbar::sim
