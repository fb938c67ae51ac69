#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "iec104/link_bench.hpp"
#include "iec104/station/controlled_station.hpp"

namespace busbar::iec104::test {

/// One connection of a control room under test: it speaks raw frames and keeps its own numbers.
class ControlRoom {
public:
    ControlRoom(ControlledStation& station, ControlledStation::GroupId group, const TimePoint& now)
        : session(station.connect(group, now)), now_(now) {}

    std::string receive(std::string_view octets) { return receive(Octets(octets_of(octets))); }
    /// Octets to the station; returns what it sends: ASDUs without their APCI, S- and U-frames as they are.
    std::string receive(Octets octets) {
        session->receive(octets, now_);
        return sent();
    }
    std::string start() { return receive(startdt_act); }
    /// An I-frame that acknowledges what was acknowledged before.
    std::string request(std::string_view asdu) {
        return receive(i_frame(requests_++ % 32768, acknowledged_ % 32768, asdu));
    }
    std::vector<std::string> request_all(std::string_view asdu) { return read_all(request(asdu)); }
    std::string acknowledge(unsigned up_to) {
        acknowledged_ = up_to;
        return receive(s_frame_of(up_to % 32768));
    }
    std::string acknowledge() { return acknowledge(received_); }

    std::string sent() {
        drain();
        session->take_output(buffer_, now_);
        std::string text;
        for (Octets octets = buffer_; !octets.empty();) {
            const Octets frame = octets.first(octets[1] + std::size_t{2});
            octets = octets.subspan(frame.size());
            const bool asdu = (frame[2] & 1) == 0;
            if (asdu) {
                EXPECT_EQ(frame[2] / 2u + frame[3] * 128u, received_++ % 32768) << "N(S) out of order";
            }
            text += (text.empty() ? "" : " | ") + hex(asdu ? frame.subspan(6) : frame);
        }
        return text;
    }
    /// Everything the station has to say after `text`, acknowledged window by window, an entry a frame.
    std::vector<std::string> read_all(std::string text = {}) {
        std::vector<std::string> asdus;
        for (; !text.empty() || !(text = sent()).empty() || !(text = acknowledge()).empty(); text.clear()) {
            for (std::size_t at = 0; at < text.size();) {
                const std::size_t end = std::min(text.find(" | ", at), text.size());
                asdus.push_back(text.substr(at, end - at));
                at = end + 3;
            }
        }
        return asdus;
    }

    void drain() {
        while (const auto event = session->take_event(now_)) std::visit([&](const auto& what) { note(what); }, *event);
    }
    std::string events() { return std::exchange(events_, {}); }
    bool closed() const { return session->link().state() == TransferState::closed; }
    unsigned received() const { return received_; }
    unsigned acknowledged() const { return acknowledged_; }

    std::unique_ptr<ControlledSession> session;
    /// The owner's side of file transfers.
    std::function<void(const FileEvent&)> on_file = [](const auto&) {};

private:
    void say(std::string word) { events_ += (events_.empty() ? "" : "; ") + std::move(word); }
    void note(const ControlledSession::TransferStarted&) { say("started"); }
    void note(const ControlledSession::TransferStopped&) { say("stopped"); }
    void note(const ControlledSession::ClockReceived& clock) {
        say("clock " + std::to_string(clock.common_address) + " " + hex(clock.time));
    }
    void note(const ControlledSession::CommandReceived& received) { say("command " + hex(received.octets)); }
    void note(const FileEvent& event) { on_file(event); }
    void note(const ControlledSession::Closed& closed) { say("closed: " + closed.reason); }

    const TimePoint& now_;
    unsigned requests_ = 0, received_ = 0, acknowledged_ = 0;
    OctetBuffer buffer_;
    std::string events_;
};

/// A controlled station on a virtual clock, without end of initialization unless asked for.
class ControlledBench {
public:
    static ControlledStationConfig usual_config() {
        ControlledStationConfig config;
        config.end_of_initialization = false;
        config.ring_octets = 1 << 16;
        return config;
    }
    explicit ControlledBench(ControlledStationConfig config = usual_config()) : station(config, now) {}

    struct Value {
        CommonAddress common_address = 1;
        Ioa ioa = 1;
        TypeId type = 1;
        std::string_view element = "01";
        Cause cause = Cause::spontaneous;
        bool image = true, event = true;
        std::string_view time_tag = "";
    };
    /// Takes the next position.
    bool update(const Value& value) {
        ++position.major;
        return update_again(value);
    }
    /// At the position of the last one.
    bool update_again(const Value& value) {
        const OctetBuffer element = octets_of(value.element), time_tag = octets_of(value.time_tag);
        ObjectUpdate update;
        update.common_address = value.common_address;
        update.ioa = value.ioa;
        update.type = value.type;
        update.element = element;
        update.cause = value.cause;
        update.image = value.image;
        update.event = value.event;
        update.time_tag = time_tag;
        update.position = position;
        return station.update(update, now);
    }
    /// An event on its own.
    void event(const Value& value) {
        ASSERT_TRUE(update(value));
        station.flush(now);
    }
    /// A present value without an event.
    void value(Value value) {
        value.event = false;
        ASSERT_TRUE(update(value));
    }

    ControlledStation::GroupId group(std::string name = "scada") {
        return station.open_group(std::move(name), position);
    }
    ControlRoom connect(ControlledStation::GroupId group) { return {station, group, now}; }
    ControlRoom connect() { return connect(group()); }
    ControlRoom connect_and_start(ControlledStation::GroupId group) {
        ControlRoom room = connect(group);
        EXPECT_EQ(room.start().substr(0, startdt_con.size()), startdt_con);
        EXPECT_EQ(room.events(), "started");
        return room;
    }
    ControlRoom connect_and_start() { return connect_and_start(group()); }

    TimePoint now{};
    Position position;
    ControlledStation station;
};

}  // namespace busbar::iec104::test
