#include "connector/iec102_client/meter_tags.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "connector/iec102_client/channel_config.hpp"

namespace busbar::connector {
namespace {

constexpr std::string_view uninitialized = "uninitialized", demoted = "demoted",
                           out_of_service_reason = "out of service",
                           ratio_unread = "the transformer ratio was not read yet";

std::map<std::string, const config::MeterDevice*> devices_of(const config::MeterConfig& config) {
    std::map<std::string, const config::MeterDevice*> devices;
    for (const auto& channel : config.channels) {
        for (const auto& device : channel.devices) devices[device_path(channel, device)] = &device;
    }
    return devices;
}

store::ImageAddress address_of(const config::MeterTag& tag) { return {tag.casdu, tag.ioa}; }

/// What was read for one of them goes on for the other.
bool is_same_point(const config::MeterTag& one, const config::MeterTag& other) {
    return one.device == other.device && one.variable == other.variable && address_of(one) == address_of(other) &&
           one.type == other.type;
}

enum class Transformer : std::uint8_t { none, current, voltage };

/// Which values are those behind a transformer: powers and energies are primary.
Transformer transformer_of(iec102::Variable variable) {
    const std::string_view unit = iec102::row_of(variable).unit;
    return unit == "A" ? Transformer::current : unit == "V" ? Transformer::voltage : Transformer::none;
}

/// Within what may be configured; 0 / 0 says nothing, not even that there is no transformer.
std::optional<double> quotient(std::uint32_t primary, std::uint32_t secondary) {
    constexpr double least = 0.001, most = 1'000'000;
    if (secondary == 0) return std::nullopt;
    const double ratio = static_cast<double>(primary) / secondary;
    if (ratio < least || ratio > most) return std::nullopt;
    return ratio;
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
    std::map<store::ImageAddress, Tag*> by_address;
    for (Tag& tag : before) by_address[address_of(tag.config)] = &tag;
    by_device_.clear();
    unsaid_ = next_unsaid_ = 0;
    const auto devices = devices_of(config);
    std::erase_if(ratios_, [&](const auto& entry) {
        const auto device = devices.find(entry.first);
        return device == devices.end() || device->second->ratios != config::RatioSource::meter;
    });
    for (const config::MeterTag& wanted : config.tags) {
        const auto device = devices.find(wanted.device);
        if (!wanted.enabled || !wanted.variable || device == devices.end()) continue;
        const auto found = by_address.find(address_of(wanted));
        const bool is_new = found == by_address.end() || !is_same_point(found->second->config, wanted);
        by_device_[wanted.device].push_back(tags_.size());
        Tag& tag = tags_.emplace_back(is_new ? Tag{} : std::move(*found->second));
        tag.config = wanted;
        tag.variable = variable_of(*wanted.variable);
        tag.ratio = ratio_of(*device->second, tag);
        tag.utc_offset = device->second->utc_offset;
        unsaid_ += tag.unsaid;
        if (!is_new) continue;
        tag.reason = uninitialized;
        tag.value = known(address_of(wanted));
        write(tag, true, now);
    }
}

std::optional<double> MeterTags::ratio_of(const config::MeterDevice& device, const Tag& tag) const {
    const Transformer transformer = transformer_of(tag.variable);
    if (transformer == Transformer::none) return 1;
    const bool is_current = transformer == Transformer::current;
    if (device.ratios == config::RatioSource::configured)
        return is_current ? device.current_ratio : device.voltage_ratio;
    const auto known = ratios_.find(tag.config.device);
    if (known == ratios_.end()) return std::nullopt;
    return is_current ? known->second.current : known->second.voltage;
}

template <class What>
void MeterTags::for_each_of(std::string_view device, const What& what) {
    const auto places = by_device_.find(device);
    if (places == by_device_.end()) return;
    for (const std::size_t place : places->second) what(tags_[place]);
}

std::vector<store::ImageAddress> MeterTags::missing(const config::MeterConfig& config) const {
    std::set<store::ImageAddress> known;
    for (const Tag& tag : tags_) known.insert(address_of(tag.config));
    std::vector<store::ImageAddress> addresses;
    for (const config::MeterTag& wanted : config.tags) {
        if (wanted.enabled && !known.contains(address_of(wanted))) addresses.push_back(address_of(wanted));
    }
    return addresses;
}

void MeterTags::take(std::string_view device, const iec102::InstantaneousValues& values, TimePoint now,
                     UtcTime received) {
    for_each_of(device, [&](Tag& tag) { read(tag, values, now, received); });
}

void MeterTags::read(Tag& tag, const iec102::InstantaneousValues& values, TimePoint now, UtcTime received) {
    const auto reading = iec102::read(tag.variable, values);
    if (!reading) return;
    // An object is read as often as its fastest tag wants; a slower one takes what comes at its own rate.
    const std::chrono::milliseconds scan_rate = tag.config.scan_rate;
    const bool too_soon = tag.read_at && now - *tag.read_at < scan_rate - scan_rate / 10;
    if (!tag.ratio) {
        const auto known = ratios_.find(tag.config.device);
        return make_bad(tag, known == ratios_.end() ? ratio_unread : known->second.reason, true, received);
    }
    const bool quality_changes = tag.is_bad != !reading->valid || tag.is_old;
    if (too_soon && !quality_changes) return;
    const double value = reading->value * *tag.ratio * tag.config.scale + tag.config.offset;
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
    for_each_of(device, [&](Tag& tag) {
        if (iec102::row_of(tag.variable).object == object) make_bad(tag, reason, true, now);
    });
}

/// For the values that are read next.
void MeterTags::take(const iec102::RatiosRead& read) {
    MeterRatios& known = ratios_[read.device];
    known = {std::nullopt, std::nullopt, "no transformer ratio: " + read.reason};
    if (const auto& said = read.ratios) {
        known.current = quotient(said->primary_current, said->secondary_current);
        known.voltage = quotient(said->primary_voltage, said->secondary_voltage);
        known.reason = "no transformer ratio that can be used";
    }
    for_each_of(read.device, [&](Tag& tag) {
        const Transformer transformer = transformer_of(tag.variable);
        if (transformer == Transformer::none) return;
        tag.ratio = transformer == Transformer::current ? known.current : known.voltage;
    });
}

void MeterTags::take(const iec102::DeviceChanged& change, UtcTime now) {
    using iec102::DeviceState;
    for_each_of(change.device, [&](Tag& tag) {
        switch (change.state) {
            case DeviceState::disabled: make_bad(tag, uninitialized, false, now); break;
            case DeviceState::demoted: make_bad(tag, demoted, true, now); break;
            case DeviceState::failing:
            case DeviceState::login_refused: make_bad(tag, change.reason, true, now); break;
            case DeviceState::starting:
            case DeviceState::good:
            case DeviceState::refusing: break;  // said by readings and refused objects
        }
    });
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

void MeterTags::say_again(UtcTime now, std::optional<std::uint16_t> casdu) {
    for (Tag& tag : tags_) {
        if (!casdu || tag.config.casdu == *casdu) set_unsaid(tag, true);
    }
    say_unsaid(now);
}

void MeterTags::say_unsaid(UtcTime now) {
    while (unsaid_ != 0) {
        if (next_unsaid_ >= tags_.size()) next_unsaid_ = 0;
        Tag& tag = tags_[next_unsaid_];
        if (tag.unsaid) write(tag, true, now);
        if (tag.unsaid) return;  // no room
        ++next_unsaid_;
    }
}

void MeterTags::set_unsaid(Tag& tag, bool unsaid) {
    if (tag.unsaid == unsaid) return;
    tag.unsaid = unsaid;
    unsaid ? ++unsaid_ : --unsaid_;
}

void MeterTags::write(Tag& tag, bool event, UtcTime received) {
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
    // What was not said is an event still, even if an equal reading has come meanwhile.
    set_unsaid(tag, !write_(point, event || tag.unsaid) && (event || tag.unsaid));
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
