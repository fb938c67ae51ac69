#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "iec102/meter/channel.hpp"
#include "meter_peer.hpp"

namespace busbar::iec102::test {

using namespace std::chrono_literals;

inline std::string upper_hex(Octets octets) {
    std::string text = to_hex(octets, ' ');
    for (char& character : text) character = static_cast<char>(std::toupper(static_cast<unsigned char>(character)));
    return text;
}

inline DeviceConfig meter_config(std::string name, std::uint16_t link_address,
                                 std::chrono::milliseconds period = 1000ms) {
    DeviceConfig config;
    config.name = std::move(name);
    config.link_address = link_address;
    config.point_address = 1;
    config.password = Password{1};
    config.periods.fill(period);
    return config;
}

/// A channel on a virtual clock, its events as words: "m1 good", "m1 values 192 193 194".
class ChannelBench {
public:
    explicit ChannelBench(ChannelConfig config = {}) : channel(config) {}

    void connect() {
        connected = true;
        channel.connected(now);
        pump();
    }
    void close(std::string_view why = "connection closed") {
        connected = false;
        coming_.clear();
        channel.closed(why, now);
        pump();
    }

    /// The other end has closed it.
    void lose() {
        connected = false;
        coming_.clear();
        channel.lost("connection lost", now);
        pump();
    }

    void receive(std::string_view hex) {
        const OctetBuffer octets = from_hex(hex).value();
        receive(octets);
    }
    void receive(const OctetBuffer& octets) {
        channel.receive(octets, now);
        pump();
    }
    void deliver(OctetBuffer octets, Duration later) {
        if (!octets.empty()) coming_.emplace(now + later, std::move(octets));
    }

    /// Lets time pass from deadline to deadline, and lets arrive what is on its way.
    void advance(Duration duration) {
        const TimePoint end = now + duration;
        for (unsigned steps = 0; step_to(end); ++steps) {
            if (steps > 200'000) {
                ADD_FAILURE() << "a deadline that stays in the past";
                return;
            }
        }
        now = end;
    }

    /// What was sent since the last call, a frame each, " | " between them.
    std::string sent() { return std::exchange(sent_, {}); }
    std::string events() { return std::exchange(events_, {}); }
    /// All events so far that contain this.
    unsigned count(std::string_view what) const {
        unsigned found = 0;
        for (const std::string& event : all_events) found += event.find(what) != std::string::npos;
        return found;
    }

    Channel channel;
    TimePoint now{};
    bool connected = false;
    std::vector<std::string> all_events;
    std::map<std::string, InstantaneousValues> values;
    std::map<std::string, unsigned> readings;
    /// What a frame that is sent brings about.
    std::function<void(const OctetBuffer&)> on_frame;

    void pump() {
        drain();
        OctetBuffer output;
        channel.take_output(output);
        if (output.empty()) return;
        sent_ += (sent_.empty() ? "" : " | ") + upper_hex(output);
        if (on_frame) on_frame(output);
        drain();
    }

private:
    bool step_to(TimePoint end) {
        const auto deadline = channel.next_deadline();
        const bool arrives =
            !coming_.empty() && coming_.begin()->first <= end && (!deadline || coming_.begin()->first <= *deadline);
        if (arrives) {
            now = std::max(now, coming_.begin()->first);
            const OctetBuffer octets = coming_.begin()->second;
            coming_.erase(coming_.begin());
            receive(octets);
            return true;
        }
        if (!deadline || *deadline > end) return false;
        now = std::max(now, *deadline);
        channel.on_deadline(now);
        pump();
        return true;
    }

    void drain() {
        while (const auto event = channel.take_event()) std::visit([this](const auto& what) { note(what); }, *event);
    }
    void note(const ValuesRead& event) {
        std::string text = event.device + " values";
        if (event.values.energies) text += " 192";
        if (event.values.powers) text += " 193";
        if (event.values.voltages) text += " 194";
        values[event.device] = event.values;
        ++readings[event.device];
        say(text);
    }
    void note(const ObjectRefused& event) {
        say(event.device + " refused " + std::to_string(event.object) + ": " + event.reason);
    }
    void note(const RatiosRead& event) {
        say(event.device + (event.ratios ? " ratios " + std::to_string(event.ratios->primary_current) + "/" +
                                               std::to_string(event.ratios->secondary_current)
                                         : " no ratios: " + event.reason));
    }
    void note(const DeviceChanged& event) {
        say(event.device + " " + std::string{state_text(event.state)} +
            (event.reason.empty() ? "" : ": " + event.reason));
    }
    void note(const RequestAnswer& event) {
        say(event.device + " answer " + std::to_string(event.id) + ": type " + std::to_string(event.asdu[0]));
    }
    void note(const RequestFinished& event) {
        say(event.device + " finished " + std::to_string(event.id) + (event.error ? ": " + *event.error : ""));
    }
    void note(const LineFree&) { say("line free"); }
    void say(const std::string& what) {
        events_ += (events_.empty() ? "" : "; ") + what;
        all_events.push_back(what);
    }

    std::string sent_, events_;
    std::multimap<TimePoint, OctetBuffer> coming_;
};

/// The bench with meters behind the line, and something that goes wrong with one frame.
class MeteredBench : public ChannelBench {
public:
    explicit MeteredBench(ChannelConfig config = {}) : ChannelBench(config) {
        on_frame = [this](const OctetBuffer& frame) { carry(frame); };
    }

    MeterPeer& add(std::uint16_t link_address) {
        return *peers.emplace(link_address, std::make_unique<MeterPeer>(link_address, std::uint16_t{1}, 1u))
                    .first->second;
    }

    /// Changes what answers the frame of this number (counted from 0): gets request and answer, returns what arrives.
    std::function<OctetBuffer(const OctetBuffer&, const OctetBuffer&)> fault;
    std::size_t fault_at = static_cast<std::size_t>(-1);
    std::size_t frames = 0;
    Duration latency = 20ms;
    std::map<std::uint16_t, std::unique_ptr<MeterPeer>> peers;

private:
    void carry(const OctetBuffer& frame) {
        const auto parsed = parse_frame(frame);
        ASSERT_TRUE(parsed) << "one frame at a time: " << to_hex(frame);
        const std::size_t number = frames++;
        const auto peer = peers.find(parsed->link_address);
        if (peer == peers.end()) return;
        bool& heard = heard_.try_emplace(parsed->link_address, true).first->second;
        const OctetBuffer answer = peer->second->answer(frame, heard);
        OctetBuffer arrives = answer;
        if (fault && number == fault_at) arrives = fault(frame, answer);
        heard = contains(arrives, answer);
        if (connected) deliver(arrives, latency);
    }
    static bool contains(const OctetBuffer& octets, const OctetBuffer& part) {
        return !part.empty() && std::search(octets.begin(), octets.end(), part.begin(), part.end()) != octets.end();
    }

    std::map<std::uint16_t, bool> heard_;
};

/// Meters m1, m2 … with link addresses 1, 2 …; all answer in 20 ms.
class MetersBench : public MeteredBench {
public:
    explicit MetersBench(unsigned meters, ChannelConfig config = {}) : MeteredBench(config) {
        for (std::uint16_t link = 1; link <= meters; ++link) {
            add(link);
            configs.push_back(meter_config("m" + std::to_string(link), link));
        }
        channel.set_devices(configs, now);
        connect();
    }
    void apply() {
        channel.set_devices(configs, now);
        pump();
    }
    MeterPeer& peer(std::uint16_t link) { return *peers.at(link); }
    void silence(std::uint16_t link) { silent_ = std::move(peers.at(link)), peers.erase(link), silent_link_ = link; }
    void speak() { peers[silent_link_] = std::move(silent_); }
    unsigned readings_in(std::string_view device, Duration duration) {
        const unsigned before = readings[std::string{device}];
        advance(duration);
        return readings[std::string{device}] - before;
    }
    const DeviceStatus& status(std::size_t index) const { return channel.devices()[index]->status(); }

    std::vector<DeviceConfig> configs;

private:
    std::unique_ptr<MeterPeer> silent_;
    std::uint16_t silent_link_ = 0;
};

}  // namespace busbar::iec102::test
