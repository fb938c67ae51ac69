#include "connector/iec102_client/connector.hpp"

#include <algorithm>
#include <utility>

#include "config/reading.hpp"
#include "connector/common/trace.hpp"
#include "connector/iec102_client/channel_config.hpp"
#include "connector/iec102_client/run.hpp"

namespace busbar::connector {
namespace {

store::UpdatesOptions updates_options(const config::MeterConfig& config, const std::string& id) {
    store::UpdatesOptions options;
    options.stream = config.streams.updates;
    options.source = id;
    options.max_length = config.streams.max_length;
    options.max_in_flight = 4096;
    return options;
}

std::uint64_t key_of(store::ImageAddress address) { return std::uint64_t{address.casdu} << 32 | address.ioa; }

}  // namespace

MeterConnector::MeterConnector(const config::MeterSettings& settings)
    : Life({settings.id, settings.instance, "iec102-client", settings.metrics_file}, settings.store,
           settings.config.streams.updates),
      settings_(settings),
      config_(settings.config),
      writer_(store(), updates_options(config_, id())),
      image_(store()),
      tags_(id(), [this](const point::Point& point, bool event) { return write(point, event); }),
      sweep_(loop()) {
    writer_.start([this](bool full) {
        if (!full) say_unsaid();
    });
}

MeterConnector::~MeterConnector() = default;

// --- configuration

Life::Outcome MeterConnector::apply_config(std::optional<std::string_view> json) {
    has_managed_ = json.has_value();
    if (!json) return take({settings_.config, {}, {}});
    managed_ = *json;
    return take(config::read_meter_config(*json, settings_.config));
}

Life::Outcome MeterConnector::apply_mapping(std::optional<std::string_view>) { return Applied{}; }

Life::Outcome MeterConnector::reload() {
    if (const auto faults = config::reload(settings_); !faults.empty())
        return tl::make_unexpected(config::joined(faults));
    use_metrics_file(settings_.metrics_file);
    return has_managed_ ? apply_config(std::string(managed_)) : apply_config(std::nullopt);
}

Life::Outcome MeterConnector::take(config::Reading<config::MeterConfig> reading) {
    if (!reading.good()) return tl::make_unexpected(config::joined(reading.faults));
    const bool streams_changed = config_.streams != reading.value.streams;
    config_ = std::move(reading.value);
    set_log_level(config::to_string(config_.log_level));
    errors().use_stream(config_.streams.error);
    if (streams_changed) {
        writer_.configure(updates_options(config_, id()));
        health().use_stream(config_.streams.updates);
    }
    if (stations_) begin_apply();
    return Applied{config_.revision, {}, std::move(reading.warnings)};
}

/// A tag that is new has the value that the store has of it until it is read: an old value is better than none.
void MeterConnector::begin_apply() {
    const auto known = std::make_shared<std::map<std::uint64_t, double>>();
    auto addresses = tags_.missing(config_);
    image_.cancel();
    if (addresses.empty()) return apply(*known);
    image_.load(
        std::move(addresses),
        [known](store::ImageAddress address, std::optional<std::string_view> json) {
            const auto point = json ? point::read_json(*json) : fail("no such point");
            if (!point) return;
            if (const auto* real = std::get_if<double>(&point->value)) (*known)[key_of(address)] = *real;
            if (const auto* whole = std::get_if<std::int64_t>(&point->value))
                (*known)[key_of(address)] = static_cast<double>(*whole);
        },
        [this, known](const std::string&) { apply(*known); });
}

/// Lines and tags as the configuration wants them; what stays the same goes on undisturbed.
void MeterConnector::apply(const std::map<std::uint64_t, double>& known) {
    tags_.configure(
        config_,
        [&](store::ImageAddress address) {
            const auto found = known.find(key_of(address));
            return found == known.end() ? std::nullopt : std::optional{found->second};
        },
        loop().utc_now());
    stations_->want(tags_.stations());
    retire_lines();
    for (const config::MeterChannel& channel : config_.channels) {
        const auto devices = device_configs(channel, config_.tags);
        if (const auto found = lines_.find(channel.name); found != lines_.end()) {
            found->second->configure(channel, devices);
        } else {
            lines_[channel.name] = std::make_unique<MeterLine>(loop(), channel, devices, line_owner());
        }
    }
    commit();
}

void MeterConnector::retire_lines() {
    for (auto each = lines_.begin(); each != lines_.end();) {
        const auto wanted = [&](const auto& channel) { return channel.name == each->first; };
        if (std::ranges::any_of(config_.channels, wanted)) {
            ++each;
            continue;
        }
        retired_.push_back(std::move(each->second));
        each = lines_.erase(each);
        // Not in its own call: it is destroyed.
        retired_.back()->stop([this] {
            sweep_.after(Duration{},
                         [this] { std::erase_if(retired_, [](const auto& line) { return line->is_stopped(); }); });
        });
    }
}

MeterLine::Owner MeterConnector::line_owner() {
    return {
        .on_event = [this](const iec102::ChannelEvent& event) { on_event(event); },
        .on_up =
            [this](MeterLine& line) {
                refused_.erase(line.name());
                log(messages::line_up, line.peer());
            },
        .on_lost = [](MeterLine& line, const std::string& why) { log(messages::line_lost, line.peer(), why); },
        .on_refused =
            [this](MeterLine& line, const std::string& why) {
                if (std::exchange(refused_[line.name()], why) != why) log(messages::line_refused, line.peer(), why);
            },
        .on_client =
            [](MeterLine& line, const Gateway& gateway) {
                log(messages::gateway_taken, line.name(), gateway.port(), gateway.client());
            },
        .on_client_left = [](MeterLine& line, const Gateway& gateway,
                             const std::string& why) { log(messages::gateway_left, line.name(), gateway.port(), why); },
        .on_gateway_failed =
            [this](MeterLine& line, const std::string& why) {
                log(messages::gateway_failed, line.name(), why);
                errors().report("gateway cannot listen", why);
            },
        .on_lock_limit =
            [this](MeterLine& line) {
                log(messages::gateway_lock_limit, line.name());
                tags_.out_of_service(line.name(), loop().utc_now());
                commit();
            },
        .on_frame =
            [this](MeterLine& line, bool sent, Octets octets) {
                if (!config_.debug && !publisher().wanted(store::Publisher::trace)) return;
                trace(publisher(), loop().utc_now(), line.peer(), sent, octets);
            },
        .barred = [this] { return barred(); }};
}

// --- life

void MeterConnector::activate() {
    stations_ =
        std::make_unique<OwnedStations>(store(), id(),
                                        OwnedStations::Owner{.on_gained =
                                                                 [this](std::uint16_t casdu) {
                                                                     set_trouble(stations_->trouble());
                                                                     tags_.say_again(loop().utc_now(), casdu);
                                                                     commit();
                                                                 },
                                                             .on_elsewhere =
                                                                 [this](std::uint16_t casdu, const std::string& other) {
                                                                     if (!other.empty())
                                                                         log(messages::owner_elsewhere, casdu, other);
                                                                     set_trouble(stations_->trouble());
                                                                 }});
    begin_apply();
}

void MeterConnector::deactivate(const std::string&) {
    image_.cancel();
    lines_.clear();
    retired_.clear();
    stations_.reset();
}

void MeterConnector::store_up() {
    if (stations_ && lost_) say_again();
}

void MeterConnector::store_down(const std::string&) {}

void MeterConnector::shut_down(std::function<void()> done) {
    const auto left = std::make_shared<std::size_t>(lines_.size() + 1);
    const auto one_less = [this, left, done = std::move(done)] {
        if (--*left != 0) return;
        stations_->release();
        done();
    };
    for (const auto& [name, line] : lines_) line->stop(one_less);
    one_less();
}

// --- meters

void MeterConnector::on_event(const iec102::ChannelEvent& event) {
    std::visit([this](const auto& what) { handle(what); }, event);
}

void MeterConnector::handle(const iec102::ValuesRead& event) {
    tags_.take(event.device, event.values, loop().now(), loop().utc_now());
    commit();
}

void MeterConnector::handle(const iec102::ObjectRefused& event) {
    log(messages::meter_object_refused, event.device, event.object, event.reason);
    tags_.refuse(event.device, event.object, event.reason, loop().utc_now());
    commit();
}

void MeterConnector::handle(const iec102::DeviceChanged& event) {
    using iec102::DeviceState;
    switch (event.state) {
        case DeviceState::good: log(messages::meter_answers, event.device); break;
        case DeviceState::failing: log(messages::meter_fails, event.device, event.reason); break;
        case DeviceState::demoted: log(messages::meter_demoted, event.device, event.reason); break;
        case DeviceState::login_refused: log(messages::meter_login_refused, event.device, event.reason); break;
        case DeviceState::disabled:
        case DeviceState::starting:
        case DeviceState::refusing: break;
    }
    tags_.take(event, loop().utc_now());
    commit();
}

// --- points

bool MeterConnector::write(const point::Point& point, bool event) {
    if (!stations_ || !stations_->is_ours(point.casdu)) return true;  // all is said when the station becomes ours
    if (!writer_.has_room()) return false;
    text_.resize(point::max_json_size + 6 * (point.source.size() + point.reason.size()));
    const std::string_view json(text_.data(),
                                static_cast<std::size_t>(point::write_json(text_.data(), point) - text_.data()));
    const store::ImageAddress address{point.casdu, point.ioa};
    if (event) {
        writer_.append(address, json);
    } else {
        writer_.append_image(address, json);
    }
    batch_.push_back(address);
    return true;
}

void MeterConnector::commit() {
    if (batch_.empty()) return;
    writer_.commit([this, points = std::exchange(batch_, {})](const store::Commit& commit) {
        for (const auto& refused : commit.refused) {
            ++points_refused_;
            const store::ImageAddress address = points[refused.index];
            log(messages::point_refused, address.casdu, address.ioa, refused.text);
            errors().report("image key refused by the store",
                            fmt::format("{}: {}", store::image_key(address), refused.text));
        }
        if (commit.stored) {
            points_stored_ += commit.points;
            if (lost_) say_again();
            say_unsaid();
        } else {
            // A reading is not repeated by the meter: the newest one is written when the store is back.
            lost_ = true;
            health().report_error(std::string(commit.reason));
        }
    });
}

void MeterConnector::say_again() {
    lost_ = false;
    tags_.say_again(loop().utc_now());
    commit();
}

void MeterConnector::say_unsaid() {
    if (!stations_ || !tags_.has_unsaid()) return;
    tags_.say_unsaid(loop().utc_now());
    commit();
}

int run_iec102_client(const config::MeterSettings& settings) {
    start_logging(settings.id, config::to_string(settings.config.log_level));
    return MeterConnector(settings).run();
}

}  // namespace busbar::connector
