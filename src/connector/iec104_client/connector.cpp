#include "connector/iec104_client/connector.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "config/reading.hpp"
#include "connector/common/not_topical.hpp"
#include "connector/common/protocol.hpp"
#include "connector/common/trace.hpp"
#include "connector/iec104_client/line_config.hpp"
#include "connector/iec104_client/run.hpp"
#include "iec60870/element/time_tag.hpp"

namespace busbar::connector {

using iec104::ControllingSession;

namespace {

constexpr std::size_t most_unlisted_stations = 256;

store::UpdatesOptions updates_options(const config::ClientConfig& config, const std::string& id) {
    store::UpdatesOptions options;
    options.stream = config.streams.updates;
    options.source = id;
    options.max_length = config.streams.max_length;
    options.max_in_flight = 4096;
    return options;
}

}  // namespace

ClientConnector::ClientConnector(const config::ClientSettings& settings)
    : Life({settings.id, settings.instance, "iec104-client", settings.metrics_file}, settings.store,
           settings.config.streams.updates),
      settings_(settings),
      config_(settings.config),
      security_(loop(), net::TlsRole::client,
                [this] {
                    if (line_) line_->validate_again();
                }),
      writer_(store(), updates_options(config_, id())),
      image_(store()),
      not_topical_(loop()) {
    writer_.start([this](bool full) { stream_full(full); });
}

ClientConnector::~ClientConnector() = default;

// --- configuration

Life::Outcome ClientConnector::apply_config(std::optional<std::string_view> json) {
    has_managed_ = json.has_value();
    if (!json) return take({settings_.config, {}, {}});
    managed_ = *json;
    return take(config::read_client_config(*json, settings_.config));
}

Life::Outcome ClientConnector::apply_mapping(std::optional<std::string_view>) { return Applied{}; }

Life::Outcome ClientConnector::reload() {
    if (const auto faults = config::reload(settings_); !faults.empty())
        return tl::make_unexpected(config::joined(faults));
    use_metrics_file(settings_.metrics_file);
    security_.look();
    return has_managed_ ? apply_config(std::string(managed_)) : apply_config(std::nullopt);
}

Life::Outcome ClientConnector::take(config::Reading<config::ClientConfig> reading) {
    if (!reading.good()) return tl::make_unexpected(config::joined(reading.faults));
    auto zone = TimeZone::find(reading.value.protocol.time_zone);
    if (!zone) return tl::make_unexpected("protocol.time_zone: " + zone.error().what);
    const bool anew = config::restart_needed(config_, reading.value);
    const bool streams_changed = config_.streams != reading.value.streams;
    config_ = std::move(reading.value);
    zone_ = *zone;
    security_.configure(config_.network.tls);
    set_log_level(config::to_string(config_.log_level));
    errors().use_stream(config_.streams.error);
    if (streams_changed) {
        writer_.configure(updates_options(config_, id()));
        health().use_stream(config_.streams.updates);
    }
    Applied applied{config_.revision, {}, std::move(reading.warnings)};
    if (!line_) return applied;
    for (const auto& station : config_.stations) ownership(station.casdu);
    feed_->configure(asdu_format(config_.protocol), make_maker());
    commands_->configure(config_, zone_);
    resets_->configure(asdu_format(config_.protocol));
    files_->configure(config_.files.folder, asdu_format(config_.protocol));
    line_->configure(line_config(config_, security_.end()));
    if (anew) {
        line_is_outdated_ = true;
        refused_.clear();
        applied.note = "the line is made anew";
        line_->reconnect("configuration changed");
    }
    return applied;
}

PointMaker ClientConnector::make_maker() const { return PointMaker(config_, zone_, id()); }

// --- life

void ClientConnector::activate() {
    for (const auto& station : config_.stations) ownership(station.casdu);
    feed_ = std::make_unique<Feed>(
        loop(), writer_, asdu_format(config_.protocol), make_maker(),
        Feed::Owner{.ownership = [this](std::uint16_t casdu) { return ownership(casdu); },
                    .keep =
                        [this](std::uint64_t number, std::uint64_t connection) {
                            commands_->kept(number, connection);
                            line_->keep(number, connection);
                        },
                    .pause_reading = [this](bool pause) { pause ? line_->pause_reading() : line_->resume_reading(); },
                    .on_store_failed = [this](const std::string& reason) { health().report_error(reason); },
                    .on_point_refused =
                        [this](store::ImageAddress address, std::string_view why) {
                            ++points_refused_;
                            log(messages::point_refused, address.casdu, address.ioa, why);
                            errors().report("image key refused by the store",
                                            fmt::format("{}: {}", store::image_key(address), why));
                        },
                    .on_unlisted_station =
                        [this](std::uint16_t remote) {
                            if (unlisted_told_.size() < most_unlisted_stations &&
                                unlisted_told_.insert(remote).second) {
                                log(messages::unlisted_station, remote);
                            }
                        }});
    commands_ = std::make_unique<ClientCommands>(store(), errors(), id(), config_, zone_, commands_owner());
    resets_ = std::make_unique<ResetRequests>(loop(), asdu_format(config_.protocol));
    files_ = std::make_unique<LineFiles>(config_.files.folder, asdu_format(config_.protocol), files_owner());
    make_line();
}

ClientCommands::Owner ClientConnector::commands_owner() {
    return {
        .owns = [this](std::uint16_t casdu) { return lease().held() && ownership(casdu) == Ownership::ours; },
        .claimant = [this] { return fmt::format("{}/{} {}", id(), instance(), lease().epoch()); },
        .send =
            [this](Octets asdu) {
                return line_->with_session([&](auto& session, TimePoint now) { return session.send_now(asdu, now); });
            },
        .trouble = [this] { return command_trouble(); }};
}

std::string ClientConnector::command_trouble() const {
    if (!line_ || line_is_outdated_) return "the line is being made anew";
    return line_->is_started() ? "" : "there is no data transfer with the station";
}

void ClientConnector::make_line() {
    line_ = std::make_unique<Line>(
        loop(), line_config(config_, security_.end()),
        Line::Owner{
            .on_event = [this](const auto& event, std::uint64_t connection) { on_event(event, connection); },
            .on_read_done = [this](std::uint64_t) { feed_->commit(); },
            .on_up =
                [this](const std::string& peer) {
                    log(messages::line_up, peer);
                    security_.connected(line_->connection()->peer(), line_->connection()->tls_peer());
                    refused_.erase(peer);
                    last_lost_.clear();
                    line_is_outdated_ = false;
                    line_since_ = loop().utc_now();
                    feed_->begin(line_->connection_number());
                },
            .on_lost = [this](const std::string& peer, const std::string& reason) { on_lost(peer, reason); },
            .on_left = [](const std::string& peer) { log(messages::switched_over, peer); },
            .on_standby_up =
                [this](const LinePath& path) {
                    log(messages::standby_line_up, path.peer());
                    security_.connected(path.connection()->peer(), path.connection()->tls_peer());
                    refused_.erase(path.peer());
                },
            .on_standby_lost = [](const std::string& peer,
                                  const std::string& reason) { log(messages::standby_line_lost, peer, reason); },
            .on_refused = [this](const std::string& peer, const std::string& reason) { on_refused(peer, reason); },
            .on_octets =
                [this](const LinePath& path, bool sent, Octets octets) {
                    if (!config_.debug && !publisher().wanted(store::Publisher::trace)) return;
                    trace(publisher(), loop().utc_now(), path.peer(), sent, octets);
                },
            .barred = [this] { return barred(); }});
    allow_transfer();
}

/// Data transfer needs a store that takes what comes.
void ClientConnector::allow_transfer() {
    if (line_) line_->allow_transfer(health().is_up() && !writer_.is_full());
}

void ClientConnector::stream_full(bool full) {
    if (full) {
        log(messages::stream_full, config_.network.host);
    } else {
        log(messages::stream_has_room);
    }
    update_trouble();
    if (feed_) feed_->room_changed();
    allow_transfer();
}

void ClientConnector::deactivate(const std::string&) {
    not_topical_.cancel();
    image_.cancel();
    commands_.reset();
    if (resets_) resets_->line_lost();
    resets_.reset();
    line_.reset();
    files_.reset();
    feed_.reset();
    owned_.clear();
}

void ClientConnector::store_up() {
    if (!line_) return;
    if (feed_->is_broken()) line_->close("the store was away: the station shall send again what was not acknowledged");
    allow_transfer();
    if (mark_when_store_is_up_) mark_all_not_topical();
}

void ClientConnector::store_down(const std::string&) {
    if (line_) line_->allow_transfer(false);
}

void ClientConnector::shut_down(std::function<void()> done) {
    not_topical_.cancel();
    line_->stop([this, done = std::move(done)] {
        for (auto& [casdu, owned] : owned_) owned.lease->release();
        done();
    });
}

// --- the line

void ClientConnector::on_event(const Line::Event& event, std::uint64_t connection) {
    if (const auto* received = std::get_if<ControllingSession::AsduReceived>(&event)) {
        feed_->take(received->view, received->number);
    } else if (const auto* answer = std::get_if<ControllingSession::AnswerReceived>(&event)) {
        commands_->answered(answer->view, answer->number, connection);
        resets_->answered(answer->view);
        feed_->pass(answer->number);
    } else if (const auto* rejected = std::get_if<ControllingSession::AsduRejected>(&event)) {
        on_rejected(*rejected);
    } else if (const auto* file = std::get_if<iec104::FileEvent>(&event)) {
        files_->handle(*line_, *file);
    } else if (const auto* ended = std::get_if<ControllingSession::InterrogationEnded>(&event)) {
        const auto what = fmt::format("{}{}", ended->counters ? "of counters " : "", ended->qualifier);
        if (ended->complete) {
            log(messages::interrogated, ended->common_address, what);
        } else {
            log(messages::interrogation_failed, ended->common_address, what, ended->reason);
        }
    } else if (const auto* wanted = std::get_if<ControllingSession::ClockWanted>(&event)) {
        synchronize_clock(wanted->common_address);
    } else if (std::holds_alternative<ControllingSession::TransferStarted>(event)) {
        log(messages::transfer_started, line_->peer());
        not_topical_.cancel();
        image_.cancel();
        marked_not_topical_ = mark_when_store_is_up_ = false;
    } else if (std::holds_alternative<ControllingSession::TransferStopped>(event)) {
        log(messages::transfer_stopped, line_->peer());
        commands_->line_lost();
        resets_->line_lost();
    }
}

void ClientConnector::on_rejected(const ControllingSession::AsduRejected& rejected) {
    log(messages::asdu_rejected, line_->peer(), rejected.reason,
        line_->session()->counters().damaged + line_->session()->counters().unknown_type);
    errors().report(rejected.reason,
                    fmt::format(R"({{"peer":"{}","octets":"{}"}})", line_->peer(), to_hex(rejected.octets)));
    feed_->pass(rejected.number);
}

bool ClientConnector::synchronize_clock(iec60870::CommonAddress station) {
    const auto local = zone_.to_local(loop().utc_now());
    auto tag = iec60870::make_cp56(local.time);
    tag.summer = local.summer;
    std::array<Octet, 7> octets{};
    iec60870::encode(tag, octets.data());
    return line_->with_session(
        [&](auto& session, TimePoint now) { return session.synchronize_clock(station, octets, now); });
}

void ClientConnector::on_lost(const std::string& peer, const std::string& reason) {
    log(messages::line_lost, peer, reason);
    if (commands_) commands_->line_lost();
    if (resets_) resets_->line_lost();
    if (files_) files_->line_lost(peer);
    last_lost_ = reason;
    line_since_ = loop().utc_now();
    if (!line_->has_standby()) line_is_down();
}

void ClientConnector::on_refused(const std::string& peer, const std::string& reason) {
    if (std::exchange(refused_[peer], reason) != reason) log(messages::line_refused, peer, reason);
    if (line_->carrier()) return;
    last_lost_ = reason;
    line_is_down();
}

// --- ownership of stations

Ownership ClientConnector::ownership(std::uint16_t casdu) {
    const auto found = owned_.find(casdu);
    if (found != owned_.end()) {
        auto& owned = found->second;
        if (owned.ownership == Ownership::ours && !owned.lease->held()) return Ownership::asking;
        return owned.ownership;
    }
    if (owned_.size() >= most_unlisted_stations + config_.stations.size()) return Ownership::elsewhere;
    auto& owned = owned_[casdu];
    owned.lease = std::make_unique<store::Lease>(
        store(), store::keys::owner(casdu), id(),
        store::Lease::Handlers{.gained = [this, casdu](std::uint64_t) { ownership_changed(casdu, {}); },
                               .lost = [this, casdu](const std::string& reason) { ownership_changed(casdu, reason); }});
    owned.lease->start();
    return Ownership::asking;
}

void ClientConnector::ownership_changed(std::uint16_t casdu, const std::string& reason) {
    const auto found = owned_.find(casdu);
    if (found == owned_.end()) return;
    auto& owned = found->second;
    const std::string other = owned.lease->other_holder();
    if (reason.empty()) {
        owned.ownership = Ownership::ours;
    } else {
        owned.ownership = other.empty() ? Ownership::asking : Ownership::elsewhere;
    }
    if (owned.ownership == Ownership::elsewhere) log(messages::owner_elsewhere, casdu, other);
    update_trouble();
    if (feed_) feed_->ownership_changed();
}

void ClientConnector::update_trouble() {
    std::string trouble = writer_.is_full() ? "the updates stream has reached its retention limit" : "";
    for (const auto& [station, entry] : owned_) {
        if (entry.ownership != Ownership::elsewhere) continue;
        trouble = fmt::format("station {} is fed by connector '{}'", station, entry.lease->other_holder());
    }
    set_trouble(std::move(trouble));
}

// --- points of a lost line

void ClientConnector::line_is_down() {
    if (marked_not_topical_ || not_topical_.is_running() || image_.is_loading()) return;
    not_topical_.after(config_.not_topical_after, [this] { mark_all_not_topical(); });
}

/// The store is what knows which points are this line's, also those of an earlier process. First their addresses are
/// collected, then they are read, marked and written in handfuls, so that memory stays small.
void ClientConnector::mark_all_not_topical() {
    mark_when_store_is_up_ = !health().is_up();
    if (mark_when_store_is_up_) return;
    auto addresses = std::make_shared<std::vector<store::ImageAddress>>();
    image_.load_all(
        [this, addresses](store::ImageAddress address, std::optional<std::string_view> json) {
            if (json && mark_not_topical(*json, id(), loop().utc_now())) addresses->push_back(address);
        },
        [this, addresses](const std::string& error) {
            if (!error.empty()) {
                mark_when_store_is_up_ = true;
                return;
            }
            mark_next(std::move(*addresses), 0);
        });
}

void ClientConnector::mark_next(std::vector<store::ImageAddress> addresses, std::size_t done) {
    constexpr std::size_t handful = 500;
    if (done == addresses.size()) {
        marked_not_topical_ = true;
        feed_->forget();
        if (done != 0) log(messages::not_topical, done);
        return;
    }
    const std::size_t end = std::min(addresses.size(), done + handful);
    std::vector<store::ImageAddress> some(addresses.begin() + static_cast<std::ptrdiff_t>(done),
                                          addresses.begin() + static_cast<std::ptrdiff_t>(end));
    image_.load(
        std::move(some),
        [this](store::ImageAddress address, std::optional<std::string_view> json) {
            const auto marked = json ? mark_not_topical(*json, id(), loop().utc_now()) : std::nullopt;
            if (marked) writer_.append(address, *marked);
        },
        [this, addresses = std::move(addresses), end](const std::string& error) mutable {
            writer_.commit([this, error, end, addresses = std::move(addresses)](const store::Commit& commit) mutable {
                if (!line_ || line_->is_started()) return;
                if (!error.empty() || !commit.stored) {
                    mark_when_store_is_up_ = true;
                    return;
                }
                mark_next(std::move(addresses), end);
            });
        });
}

int run_iec104_client(const config::ClientSettings& settings) {
    start_logging(settings.id, config::to_string(settings.config.log_level));
    return ClientConnector(settings).run();
}

}  // namespace busbar::connector
