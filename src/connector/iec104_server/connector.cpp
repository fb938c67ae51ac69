#include "connector/iec104_server/connector.hpp"

#include <algorithm>
#include <utility>

#include "config/reading.hpp"
#include "connector/common/protocol.hpp"
#include "connector/common/trace.hpp"
#include "connector/iec104_server/run.hpp"
#include "connector/iec104_server/server_status.hpp"
#include "iec60870/element/time_tag.hpp"

namespace busbar::connector {

using iec104::ControlledSession;

namespace {

store::UpdatesOptions image_watch_options(const config::ServerConfig& config) {
    store::UpdatesOptions options;
    options.stream = config.streams.input;
    options.source = "image";
    return options;
}

}  // namespace

ServerConnector::Parts::Parts(net::EventLoop& loop, ServerConnector& connector)
    : station(connector.station_config(), loop.now()),
      sources(connector.store(),
              [&connector](const std::string& source, bool gone) { connector.source_changed(source, gone); }),
      projection(loop, connector.store(), station, connector.timeline_, connector.make_maker(sources),
                 connector.config_.streams.input,
                 {.on_ready = [&connector] { connector.image_ready(); },
                  .on_flushed = [&connector] { connector.station_changed(); },
                  .on_gap =
                      [](const store::Gap& gap) {
                          log(messages::stream_gap, store::to_string(gap.after), to_string(gap.reason));
                      },
                  .on_recovered = [&connector] { connector.parts_->groups.repair_all(); },
                  .on_bad_point = [&connector](store::ImageAddress address, std::string_view why,
                                               std::string_view data) { connector.bad_point(address, why, data); },
                  .on_reader_state =
                      [&connector](const std::string& reason) {
                          connector.reader_trouble_ = reason;
                          connector.set_trouble(reason.empty() ? "" : "the updates stream: " + reason);
                      },
                  .on_entry =
                      [&connector](store::ImageAddress address, std::string_view source, std::string_view data) {
                          connector.parts_->commands.update_seen(address, data);
                          connector.parts_->image_watch.entry_seen(address, source);
                          connector.parts_->sources.wrote(source);
                      }}),
      groups(loop, connector.store(), station, connector.timeline_, projection, connector.id(),
             connector.config_.streams.input,
             {.on_gap = [&connector](const std::string& group, store::StreamId after,
                                     const std::string& why) { connector.on_gap(group, after, why); },
              .on_fed = [&connector] { connector.station_changed(); }}),
      commands(connector.store(), connector.id(), connector.instance(), connector.config_, connector.zone_,
               connector.mapping_, connector.commands_owner()),
      requests(loop, station,
               {.on_answered = [this] { peers.wake_all(); },
                .reset_process = [&connector](const auto& peer) { connector.reset_process(peer); }}),
      peers(loop, station,
            {.open_group = [this](const GroupChoice& choice) { return groups.open(choice); },
             .close_group = [this](auto group) { groups.close_unnamed(group); },
             .on_event = [&connector](auto& session, const auto& event,
                                      const auto& peer) { connector.on_event(session, event, peer); },
             .on_progress = [this] { groups.progress(); },
             .on_connected =
                 [&connector](const auto& connection, const std::string& group) {
                     connector.security_.connected(connection.peer(), connection.tls_peer());
                     log(messages::peer_connected, connection.peer().to_string(), group.empty() ? "none" : group);
                 },
             .on_left = [](const auto& peer,
                           const std::string& reason) { log(messages::peer_left, peer.to_string(), reason); },
             .on_session_gone = [this](auto& session) { session_gone(session); },
             .on_refused =
                 [](const auto& peer, const std::string& why, std::uint64_t repeated) {
                     log(messages::peer_refused, peer.to_string(), why, repeated + 1);
                 },
             .on_octets =
                 [&connector](const auto& peer, bool sent, Octets octets) {
                     if (!connector.publisher().wanted(store::Publisher::trace)) return;
                     trace(connector.publisher(), connector.loop().utc_now(), peer.to_string(), sent, octets);
                 }}),
      image_watch(connector.store(), connector.id() + "/" + connector.instance(),
                  image_watch_options(connector.config_),
                  {.is_foreign = [&connector](store::ImageAddress address,
                                              std::string_view json) { return connector.is_foreign(address, json); },
                   .state = [](const std::string& how) { log(messages::image_watch, how); }}) {}

void ServerConnector::Parts::session_gone(ControlledSession& session) {
    commands.session_gone(session);
    if (files) files->session_gone(session);
}

ServerConnector::ServerConnector(const config::ServerSettings& settings)
    : Life({settings.id, settings.instance, "iec104-server", settings.metrics_file}, settings.store,
           settings.config.streams.input),
      settings_(settings),
      config_(settings.config),
      security_(loop(), net::TlsRole::server,
                [this] {
                    if (parts_) parts_->peers.validate_again();
                }),
      station_timer_(loop()),
      listen_retry_(loop()),
      begin_retry_(loop()),
      reset_timer_(loop()) {}

ServerConnector::~ServerConnector() = default;

// --- configuration

Life::Outcome ServerConnector::apply_config(std::optional<std::string_view> json) {
    has_managed_ = json.has_value();
    if (!json) return take({settings_.config, {}, {}});
    managed_ = *json;
    return take(config::read_server_config(*json, settings_.config));
}

Life::Outcome ServerConnector::reload() {
    if (const auto faults = config::reload(settings_); !faults.empty())
        return tl::make_unexpected(config::joined(faults));
    use_metrics_file(settings_.metrics_file);
    security_.look();
    return has_managed_ ? apply_config(std::string(managed_)) : apply_config(std::nullopt);
}

Life::Outcome ServerConnector::take(config::Reading<config::ServerConfig> reading) {
    if (!reading.good()) return tl::make_unexpected(config::joined(reading.faults));
    auto zone = TimeZone::find(reading.value.protocol.time_zone);
    if (!zone) return tl::make_unexpected("protocol.time_zone: " + zone.error().what);
    const auto unfit = config::check_fits(mapping_, reading.value.protocol);
    if (!unfit.empty()) return tl::make_unexpected(config::joined(unfit));

    const auto before = std::exchange(config_, std::move(reading.value));
    zone_ = *zone;
    security_.configure(config_.network.tls);
    set_log_level(config::to_string(config_.log_level));
    errors().use_stream(config_.streams.error);
    Applied applied{config_.revision, {}, std::move(reading.warnings)};
    if (!parts_) return applied;
    if (before.streams != config_.streams) {
        applied.note = "another stream: everything is made anew";
        health().use_stream(config_.streams.input);
        deactivate("configuration changed");
        begin();
        return applied;
    }
    parts_->station.configure(station_config());
    parts_->peers.configure(config_);
    parts_->groups.configure(config_.redundancy_groups);
    parts_->commands.configure(config_, zone_);
    parts_->requests.configure(config_, zone_);
    const bool sending_changed = before.cause != config_.cause || before.protocol != config_.protocol ||
                                 before.interrogation_time_tags != config_.interrogation_time_tags;
    if (sending_changed) parts_->projection.use(make_maker(parts_->sources));
    if (sending_changed) apply_attributes();
    if (config::restart_needed(before, config_)) {
        applied.note = "the lines are made anew";
        use_tls();
        parts_->peers.close_connections("configuration changed");
        if (before.files != config_.files) serve_files();
        if (before.network.host != config_.network.host || before.network.port != config_.network.port ||
            before.network.tls != config_.network.tls) {
            listen();
        }
    }
    return applied;
}

Life::Outcome ServerConnector::apply_mapping(std::optional<std::string_view> json) {
    config::Reading<config::Mapping> reading;
    if (json) reading = config::read_mapping(*json);
    if (!reading.good()) return tl::make_unexpected(config::joined(reading.faults));
    const auto unfit = config::check_fits(reading.value, config_.protocol);
    if (!unfit.empty()) return tl::make_unexpected(config::joined(unfit));
    mapping_ = std::move(reading.value);
    if (parts_) {
        parts_->station.configure(station_config());
        parts_->projection.use(make_maker(parts_->sources));
        parts_->commands.use(mapping_);
        apply_attributes();
    }
    return Applied{mapping_.revision, {}, std::move(reading.warnings)};
}

iec104::ControlledStationConfig ServerConnector::station_config() const {
    iec104::ControlledStationConfig station;
    station.format = asdu_format(config_.protocol);
    station.link = link_config(config_.protocol);
    station.interrogation_time_tags = config_.interrogation_time_tags;
    station.interrogation_wait = config_.interrogation_wait;
    station.end_of_initialization = config_.end_of_initialization;
    station.freezes_counters = true;
    if (std::ranges::any_of(mapping_.points, &config::MappedPoint::latest))
        station.reach_octets = BacklogThinning::reach_octets;
    if (config_.files) station.files = file_server_config(*config_.files).rules();
    return station;
}

UpdateMaker ServerConnector::make_maker(Sources& sources) const {
    UpdateMaker maker(config_, zone_, mapping_);
    maker.judge(sources);
    return maker;
}

ServerCommands::Owner ServerConnector::commands_owner() {
    return {.epoch = [this] { return lease().held() ? lease().epoch() : 0; },
            .next_number = [this] { return ++commands_given_; },
            .on_answered = [this] { parts_->peers.wake_all(); },
            .position = [this] { return parts_->projection.position(); }};
}

void ServerConnector::apply_attributes() {
    std::vector<iec60870::CommonAddress> stations;
    if (config_.files) stations.push_back(config_.files->casdu);
    for (const auto& point : mapping_.points) {
        stations.push_back(point.casdu);
        if (point.command) continue;
        iec104::ObjectAttributes attributes;
        for (const auto group : point.groups) {
            attributes.groups = static_cast<std::uint16_t>(attributes.groups | (1u << (group - 1)));
        }
        attributes.counter_group = point.counter_group;
        attributes.cyclic = point.cyclic;
        attributes.background = point.background;
        attributes.double_transmission = point.double_transmission;
        parts_->station.set_attributes(point.casdu, point.ioa, attributes);
    }
    parts_->station.set_stations(stations);
}

// --- life

void ServerConnector::activate() { begin(); }

/// First the cursors and the history they belong to, then the image, then the control rooms.
void ServerConnector::begin() {
    groups_open_ = false;
    set_ready(false);
    parts_ = std::make_unique<Parts>(loop(), *this);
    serve_files();
    parts_->peers.configure(config_);
    parts_->requests.configure(config_, zone_);
    use_tls();
    parts_->sources.start();
    const auto key = store::keys::status(id());
    store().client().command({"HGET", key, "store_history"}, [this](const store::Reply& reply) {
        if (!parts_) return;
        stored_history_ = std::string(reply.is_good() ? reply.text() : "");
        parts_->groups.load([this, answered = reply.is_good()](const std::string& error) {
            if (!parts_) return;
            if (!error.empty() || !answered) {
                begin_retry_.after(std::chrono::seconds{1}, [this] { begin(); });
                return;
            }
            parts_->groups.configure(config_.redundancy_groups);
            parts_->projection.start();
        });
    });
}

void ServerConnector::image_ready() {
    const std::string& history = parts_->projection.history();
    if (!std::exchange(groups_open_, true)) {
        parts_->groups.open_all(stored_history_.empty() || stored_history_ == history);
        parts_->image_watch.start();
        listen();
        set_ready(true);
    }
    station_changed();
}

void ServerConnector::serve_files() {
    parts_->files.reset();
    parts_->station.clear_files();
    apply_attributes();
    if (!config_.files) return status().remove("files");
    parts_->files.emplace(loop(), parts_->station, *config_.files, zone_, [this] { parts_->peers.wake_all(); });
    parts_->files->start();
}

void ServerConnector::use_tls() {
    parts_->peers.set_tls(security_.end(),
                          [this](const auto& peer, const std::string& why) { security_.handshake_failed(peer, why); });
}

void ServerConnector::listen() {
    listen_retry_.cancel();
    const auto& network = config_.network;
    const auto opened = security_.ready().and_then([&] { return parts_->peers.open(network.host, network.port); });
    if (opened) {
        log(messages::listening, network.host, parts_->peers.port());
        set_trouble({});
        return;
    }
    log(messages::cannot_listen, network.host, network.port, opened.error().what);
    set_trouble(fmt::format("cannot listen on {}:{}: {}", network.host, network.port, opened.error().what));
    listen_retry_.after(std::chrono::seconds{2}, [this] { listen(); });
}

void ServerConnector::deactivate(const std::string&) {
    station_timer_.cancel();
    listen_retry_.cancel();
    begin_retry_.cancel();
    reset_timer_.cancel();
    parts_->sources.stop();
    parts_.reset();
}

void ServerConnector::store_up() {
    store::find_durability(store(), [this](const auto& report) { write_durability(status(), report); });
}

void ServerConnector::store_down(const std::string&) {}

void ServerConnector::shut_down(std::function<void()> done) {
    listen_retry_.cancel();
    parts_->peers.close("stopped");
    parts_->image_watch.stop();
    loop().post([this, done = std::move(done)] {
        parts_->groups.progress();
        parts_->groups.save_now(done);
    });
}

// --- work

/// Something may be there to send, or a period to wait for.
void ServerConnector::station_changed() {
    parts_->commands.position_moved();
    parts_->peers.wake_all();
    parts_->groups.progress();
    const auto deadline = parts_->station.next_deadline();
    if (!deadline) return;
    station_timer_.at(*deadline, [this] {
        parts_->station.on_deadline(loop().now());
        station_changed();
    });
}

void ServerConnector::on_event(ControlledSession& session, const ControlledSession::Event& event,
                               const net::PeerAddress& peer) {
    if (const auto* command = std::get_if<ControlledSession::CommandReceived>(&event)) {
        if (!parts_->requests.take(session, command->octets, peer))
            parts_->commands.receive(session, command->octets, peer);
    } else if (const auto* file = std::get_if<iec104::FileEvent>(&event)) {
        if (parts_->files) parts_->files->handle(session, *file, peer.to_string());
    } else if (const auto* clock = std::get_if<ControlledSession::ClockReceived>(&event)) {
        clock_received(*clock, peer);
    } else if (std::holds_alternative<ControlledSession::TransferStarted>(event)) {
        log(messages::transfer_started, peer.to_string());
    } else if (std::holds_alternative<ControlledSession::TransferStopped>(event)) {
        log(messages::transfer_stopped, peer.to_string());
        parts_->commands.session_gone(session);
    }
}

void ServerConnector::clock_received(const ControlledSession::ClockReceived& clock, const net::PeerAddress& peer) {
    const auto tag = iec60870::decode<iec60870::Cp56Time2a>(clock.time.data());
    const auto local = iec60870::station_time(tag);
    if (!local) return;
    clock_offset_ms_ = (zone_.to_utc(*local, tag.summer) - loop().utc_now()).count();
    log(messages::clock_offset, peer.to_string(), clock_offset_ms_);
}

void ServerConnector::on_gap(const std::string& group, store::StreamId after, const std::string& why) {
    log(messages::gap, group, store::to_string(after), why);
    errors().report("gap: events may be missing, repaired from the image",
                    fmt::format(R"({{"group":"{}","after":"{}","why":"{}"}})", group, store::to_string(after), why));
}

void ServerConnector::bad_point(store::ImageAddress address, std::string_view why, std::string_view data) {
    ++bad_points_;
    if (bad_points_ <= 10) log(messages::bad_point, address.casdu, address.ioa, why);
    errors().report(why, fmt::format("casdu {} ioa {}: {}", address.casdu, address.ioa, data));
}

/// A foreign SET is a point that the projection does not know and that no live connector wrote (it adds its own entry).
bool ServerConnector::is_foreign(store::ImageAddress address, std::string_view json) {
    if (parts_->projection.knows(address, json)) return false;
    const auto point = point::read_json(json);
    if (!point) {
        bad_point(address, point.error().what, json);
        return false;
    }
    return !parts_->sources.is_live_connector(point->source);
}

void ServerConnector::source_changed(const std::string& source, bool gone) {
    if (gone) {
        log(messages::source_gone, source);
    } else {
        log(messages::source_back, source);
    }
    parts_->projection.source_changed(source);
}

/// The confirmation goes out first. Cursors stay: what was not acknowledged comes again.
void ServerConnector::reset_process(const net::PeerAddress& peer) {
    constexpr auto until_restart = std::chrono::milliseconds{100};
    constexpr std::uint8_t remote_reset = 2;  // COI
    log(messages::process_reset, peer.to_string());
    reset_timer_.after(until_restart, [this] {
        parts_->station.restarted(remote_reset);
        parts_->peers.close_connections("reset process");
    });
}

int run_iec104_server(const config::ServerSettings& settings) {
    start_logging(settings.id, config::to_string(settings.config.log_level));
    return ServerConnector(settings).run();
}

}  // namespace busbar::connector
