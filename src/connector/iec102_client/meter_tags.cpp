#include "connector/iec102_client/meter_tags.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "connector/iec102_client/channel_config.hpp"

namespace busbar::connector {
namespace {

constexpr std::string_view uninitialized = "uninitialized", demoted = "demoted",
                           out_of_service_reason = "out of service";

const config::MeterDevice* device_of(const config::MeterConfig& config, const std::string& path) {
    for (const auto& channel : config.channels) {
        for (const auto& device : channel.devices) {
            if (device_path(channel, device) == path) return &device;
        }
    }
    return nullptr;
}

double ratio_of(const config::MeterDevice& device, iec102::Variable variable) {
    const std::string_view unit = iec102::row_of(variable).unit;
    return unit == "A" ? device.current_ratio : unit == "V" ? device.voltage_ratio : 1;
}

bool is_total(std::uint8_t type) { return type == 15 || type == 37; }

point::Value value_of(std::uint8_t type, double value) {
    if (!is_total(type)) return value;
    constexpr double least = std::numeric_limits<std::int32_t>::min(), most = std::numeric_limits<std::int32_t>::max();
    return static_cast<std::int64_t>(std::clamp(std::round(value), least, most));
}

std::optional<iec102::TimeLabelA> label_of(Octet object, const iec102::InstantaneousValues& values) {
    if (object == iec102::energy_object) return values.energies->time;
    if (object == iec102::power_object) return values.powers->time;
    return values.voltages->time;
}

}  // namespace

void MeterTags::configure(const config::MeterConfig& config, const Known& known, UtcTime now) {
    std::vector<Tag> before = std::exchange(tags_, {});
    for (const config::MeterTag& wanted : config.tags) {
        const config::MeterDevice* device = device_of(config, wanted.device);
        if (!wanted.enabled || !wanted.variable || !device) continue;
        const auto same = std::find_if(before.begin(), before.end(), [&](const Tag& tag) {
            return tag.config.device == wanted.device && tag.config.variable == wanted.variable &&
                   tag.config.casdu == wanted.casdu && tag.config.ioa == wanted.ioa && tag.config.type == wanted.type;
        });
        const bool is_new = same == before.end();
        Tag& tag = tags_.emplace_back(is_new ? Tag{} : std::move(*same));
        if (!is_new) before.erase(same);
        tag.config = wanted;
        tag.variable = variable_of(*wanted.variable);
        tag.ratio = ratio_of(*device, tag.variable);
        tag.utc_offset = device->utc_offset;
        if (!is_new) continue;
        tag.reason = uninitialized;
        tag.value = known({wanted.casdu, wanted.ioa});
        write(tag, true, now);
    }
}

std::vector<store::ImageAddress> MeterTags::missing(const config::MeterConfig& config) const {
    std::vector<store::ImageAddress> addresses;
    for (const config::MeterTag& wanted : config.tags) {
        const auto is_it = [&](const Tag& tag) {
            return tag.config.casdu == wanted.casdu && tag.config.ioa == wanted.ioa;
        };
        if (wanted.enabled && std::none_of(tags_.begin(), tags_.end(), is_it))
            addresses.push_back({wanted.casdu, wanted.ioa});
    }
    return addresses;
}

void MeterTags::take(std::string_view device, const iec102::InstantaneousValues& values, TimePoint now,
                     UtcTime received) {
    for (Tag& tag : tags_) {
        if (tag.config.device == device) read(tag, values, now, received);
    }
}

void MeterTags::read(Tag& tag, const iec102::InstantaneousValues& values, TimePoint now, UtcTime received) {
    const auto reading = iec102::read(tag.variable, values);
    if (!reading) return;
    // An object is read as often as its fastest tag wants; a slower one takes what comes at its own rate.
    const std::chrono::milliseconds scan_rate = tag.config.scan_rate;
    const bool too_soon = tag.read_at && now - *tag.read_at < scan_rate - scan_rate / 10;
    const bool quality_changes = tag.is_bad != !reading->valid || tag.is_old;
    if (too_soon && !quality_changes) return;
    const double value = reading->value * tag.ratio * tag.config.scale + tag.config.offset;
    const bool value_changes =
        !tag.value ||
        (tag.config.deadband > 0 ? std::abs(value - *tag.value) >= tag.config.deadband : value != *tag.value);
    tag.read_at = now;
    if (value_changes || quality_changes) tag.value = value;
    tag.is_bad = !reading->valid;
    tag.is_old = false;
    tag.reason = reading->valid ? "" : "invalid in the meter";
    const auto label = label_of(iec102::row_of(tag.variable).object, values);
    tag.time = tag.config.time == config::TagTime::meter ? iec102::utc_time(*label, tag.utc_offset) : std::nullopt;
    write(tag, value_changes || quality_changes, received);
}

void MeterTags::refuse(std::string_view device, Octet object, std::string_view reason, UtcTime now) {
    for (Tag& tag : tags_) {
        if (tag.config.device == device && iec102::row_of(tag.variable).object == object)
            make_bad(tag, reason, true, now);
    }
}

void MeterTags::take(const iec102::DeviceChanged& change, UtcTime now) {
    using iec102::DeviceState;
    for (Tag& tag : tags_) {
        if (tag.config.device != change.device) continue;
        switch (change.state) {
            case DeviceState::disabled: make_bad(tag, uninitialized, false, now); break;
            case DeviceState::demoted: make_bad(tag, demoted, true, now); break;
            case DeviceState::failing:
            case DeviceState::login_refused: make_bad(tag, change.reason, true, now); break;
            case DeviceState::starting:
            case DeviceState::good:
            case DeviceState::refusing: break;  // said by readings and refused objects
        }
    }
}

void MeterTags::out_of_service(std::string_view channel, UtcTime now) {
    for (Tag& tag : tags_) {
        if (std::string_view{tag.config.device}.substr(0, tag.config.device.find('/')) == channel)
            make_bad(tag, out_of_service_reason, true, now);
    }
}

void MeterTags::make_bad(Tag& tag, std::string_view reason, bool old, UtcTime now) {
    if (tag.is_bad && tag.reason == reason) return;
    tag.is_bad = true;
    tag.is_old = old && tag.value.has_value();
    tag.reason = reason;
    write(tag, true, now);
}

void MeterTags::say_again(UtcTime now) {
    for (const Tag& tag : tags_) write(tag, true, now);
}

void MeterTags::write(const Tag& tag, bool event, UtcTime received) const {
    point::Point point;
    point.casdu = tag.config.casdu;
    point.ioa = tag.config.ioa;
    point.type = tag.config.type;
    point.value = value_of(tag.config.type, tag.value.value_or(0));
    point.quality.set(point::Flag::IV, tag.is_bad);
    point.quality.set(point::Flag::NT, tag.is_old && !is_total(tag.config.type));
    point.time = tag.time;
    point.received = received;
    point.source = source_;
    point.reason = tag.reason;
    write_(point, event);
}

std::set<std::uint16_t> MeterTags::stations() const {
    std::set<std::uint16_t> stations;
    for (const Tag& tag : tags_) stations.insert(tag.config.casdu);
    return stations;
}

std::size_t MeterTags::bad() const {
    return static_cast<std::size_t>(
        std::count_if(tags_.begin(), tags_.end(), [](const Tag& tag) { return tag.is_bad; }));
}

}  // namespace busbar::connector
