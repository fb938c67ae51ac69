#include "iec102/meter/channel.hpp"

#include <algorithm>
#include <utility>

namespace busbar::iec102 {
namespace {

constexpr std::string_view line_is_away = "the line is in another hand";

std::optional<TimePoint> earlier(std::optional<TimePoint> one, std::optional<TimePoint> other) {
    if (!one || !other) return one ? one : other;
    return std::min(*one, *other);
}

}  // namespace

void Channel::configure(const ChannelConfig& config, TimePoint now) {
    if (config == config_) return;
    config_ = config;
    line_.configure(config.line);
    for (Place& place : places_) place.device->configure(place.device->config(), patience(), now);
    go_on(now);
}

void Channel::set_devices(const std::vector<DeviceConfig>& devices, TimePoint now) {
    for (Place& place : places_) {
        const auto same = std::find_if(devices.begin(), devices.end(), [&](const DeviceConfig& config) {
            return !place.leaving && config.name == place.device->config().name &&
                   config.link_address == place.device->config().link_address;
        });
        if (same != devices.end()) {
            place.device->configure(*same, patience(), now);
        } else if (!std::exchange(place.leaving, true)) {
            place.device->leave("the device was removed", now);
        }
    }
    for (const DeviceConfig& config : devices) {
        if (!find(config.name)) places_.push_back({std::make_unique<Device>(config, patience(), now, events_), false});
    }
    remove_left();
    go_on(now);
}

void Channel::connected(TimePoint now) {
    if (line_.is_open()) closed("connected anew", now);
    line_.open(now);
    go_on(now);
}

void Channel::closed(std::string_view why, TimePoint now) {
    line_.close();
    talking_ = nullptr;
    for (Place& place : places_) place.device->line_lost(why);
    go_on(now);
}

void Channel::lost(std::string_view why, TimePoint now) {
    if (talking_) talking_->lost_the_line(why, now);
    closed(why, now);
}

void Channel::receive(Octets octets, TimePoint now) {
    line_.receive(octets, now);
    go_on(now);
}

void Channel::on_deadline(TimePoint now) {
    line_.on_deadline(now);
    go_on(now);
}

std::optional<std::string> Channel::request(std::string_view device, Request request, TimePoint now) {
    if (!line_.is_open()) return "the line is not connected";
    if (state_ != State::running) return std::string{line_is_away};
    Place* place = find(device);
    if (!place) return "there is no such device";
    auto refused = place->device->request(std::move(request));
    go_on(now);
    return refused;
}

bool Channel::end_demotion(std::string_view device, TimePoint now) {
    Place* place = find(device);
    const bool ended = place && place->device->end_demotion(now);
    go_on(now);
    return ended;
}

void Channel::pause(TimePoint now) {
    if (state_ == State::running) state_ = State::pausing;
    go_on(now);
}

// Whatever the other did on the line, the meters' sessions and frame count bits are not what they were.
void Channel::resume(TimePoint now) {
    if (state_ == State::running) return;
    state_ = State::running;
    for (Place& place : places_) place.device->forget(line_is_away);
    go_on(now);
}

std::optional<ChannelEvent> Channel::take_event() {
    if (events_.empty()) return std::nullopt;
    ChannelEvent event = std::move(events_.front());
    events_.pop_front();
    return event;
}

std::optional<TimePoint> Channel::next_deadline() const {
    std::optional<TimePoint> next = line_.next_deadline();
    for (const Place& place : places_) next = earlier(next, place.device->next_deadline());
    if (!line_.is_open() || line_.is_waiting() || state_ == State::paused) return next;
    const auto wish = next_wish();
    return wish ? earlier(next, std::max(*wish, line_.free_at())) : next;
}

std::vector<const Device*> Channel::devices() const {
    std::vector<const Device*> all;
    for (const Place& place : places_) {
        if (!place.leaving) all.push_back(place.device.get());
    }
    return all;
}

Patience Channel::patience() const {
    return {config_.retries, config_.line.request_timeout, config_.line.inter_request_delay};
}

Channel::Place* Channel::find(std::string_view name) {
    const auto place = std::find_if(places_.begin(), places_.end(), [&](const Place& each) {
        return !each.leaving && each.device->config().name == name;
    });
    return place == places_.end() ? nullptr : &*place;
}

/// Hands over what the line has heard, then lets the next one speak.
void Channel::go_on(TimePoint now) {
    for (Place& place : places_) place.device->on_deadline(now);
    while (const auto event = line_.take_event()) hand_over(*event, now);
    if (state_ == State::pausing && !line_.is_waiting()) release(now);
    remove_left();
    if (state_ == State::paused || !line_.is_free(now)) return;
    talking_ = next_ready(now);
    if (talking_) line_.send(talking_->take_frame(), now);
}

void Channel::hand_over(const Line::Event& event, TimePoint now) {
    Device& device = *std::exchange(talking_, nullptr);
    if (const auto* answer = std::get_if<Line::Answer>(&event)) {
        device.answered(answer->control, answer->asdu, now);
    } else {
        device.silent(now);
    }
}

void Channel::release(TimePoint now) {
    const bool open = line_.is_open();
    for (Place& place : places_) {
        if (open) {
            place.device->leave(line_is_away, now);
        } else {
            place.device->forget(line_is_away);
        }
    }
    if (!std::all_of(places_.begin(), places_.end(), [](const Place& place) { return place.device->is_quiet(); }))
        return;
    state_ = State::paused;
    events_.emplace_back(LineFree{});
}

void Channel::remove_left() {
    std::erase_if(places_, [&](const Place& place) {
        const bool gone =
            place.leaving && (place.device->is_quiet() || !line_.is_open()) && place.device.get() != talking_;
        return gone;
    });
}

/// The first in turn that has a frame to send.
Device* Channel::next_ready(TimePoint now) {
    for (std::size_t step = 0; step < places_.size(); ++step) {
        const std::size_t index = (turn_ + step) % places_.size();
        Place& place = places_[index];
        if (is_barred(place) || !place.device->is_ready(now)) continue;
        turn_ = index + 1;
        return place.device.get();
    }
    return nullptr;
}

/// A device waits until the one that leaves its link address has logged out; while the line is being released, only
/// logging out goes on.
bool Channel::is_barred(const Place& place) const {
    if (state_ == State::pausing) return !place.device->is_ending();
    if (place.leaving) return false;
    return std::any_of(places_.begin(), places_.end(), [&](const Place& other) {
        return other.leaving && other.device->config().link_address == place.device->config().link_address;
    });
}

std::optional<TimePoint> Channel::next_wish() const {
    std::optional<TimePoint> next;
    for (const Place& place : places_) {
        if (!is_barred(place)) next = earlier(next, place.device->wants_line_at());
    }
    return next;
}

}  // namespace busbar::iec102
