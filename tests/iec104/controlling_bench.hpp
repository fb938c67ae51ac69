#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "iec104/link_bench.hpp"
#include "iec104/station/controlling_session.hpp"

namespace busbar::iec104::test {

/// One controlling session on a virtual clock, with a station at the other end that numbers its frames itself. What it
/// says is collected as words, what it sends as the ASDUs in its I-frames and, apart, the other frames.
class ControllingBench {
public:
    explicit ControllingBench(ControllingConfig config = {}, Keep keep_when = Keep::at_once)
        : session(config, TimePoint{}), keep_(keep_when) {}

    /// Data transfer up, and what was asked at once forgotten.
    void start() {
        session.allow_transfer(true, now);
        collect();
        receive_frames(std::string(startdt_con));
        sent_asdus_.clear();
        frames_.clear();
        events_.clear();
    }

    /// The station sends these ASDUs, acknowledging everything; one segment.
    void receive(std::initializer_list<std::string_view> asdus) {
        std::string segment;
        for (const auto asdu : asdus) segment += i_frame(send_number_++, received_, asdu);
        receive_frames(segment);
    }
    void receive(std::string_view asdu) { receive({asdu}); }

    void receive_frames(const std::string& text) {
        const auto octets = octets_of(text);
        session.receive(octets, now);
        drain();
        collect();
    }

    void keep(std::uint64_t number) {
        session.keep(number, now);
        drain();
        collect();
    }

    void advance(Duration duration) {
        const TimePoint end = now + duration;
        for (int steps = 0; session.next_deadline() && *session.next_deadline() <= end; ++steps) {
            ASSERT_LT(steps, 10000) << "a deadline that stays in the past";
            now = std::max(now, *session.next_deadline());
            session.on_deadline(now);
            drain();
            collect();
            answer_tests();
        }
        now = end;
    }

    std::string events() { return std::exchange(events_, {}); }
    /// ASDUs that left since the last call, " | " between them.
    std::string sent() {
        collect();
        std::string text;
        for (const auto& asdu : sent_asdus_) text += (text.empty() ? "" : " | ") + asdu;
        sent_asdus_.clear();
        return text;
    }
    /// S- and U-frames that left since the last call.
    std::string sent_frames() {
        collect();
        return std::exchange(frames_, {});
    }
    const std::string& last_octets() const { return last_octets_; }

    ControllingSession session;
    TimePoint now{};
    bool answers_tests = true;
    /// The owner's side of file transfers.
    std::function<void(const FileEvent&)> on_file = [](const auto&) {};

private:
    using Session = ControllingSession;

    void drain() {
        while (auto event = session.take_event(now)) std::visit([this](const auto& e) { note(e); }, *event);
    }
    void collect() {
        OctetBuffer octets;
        session.take_output(octets, now);
        for (Octets rest = octets; !rest.empty();) {
            const Octets frame = rest.first(rest[1] + std::size_t{2});
            rest = rest.subspan(frame.size());
            if ((frame[2] & 1) == 0) {
                sent_asdus_.push_back(hex(frame.subspan(apci_size)));
                ++received_;
            } else {
                frames_ += (frames_.empty() ? "" : " | ") + hex(frame);
            }
        }
    }
    void answer_tests() {
        if (answers_tests && frames_.ends_with(testfr_act)) receive_frames(std::string(testfr_con));
    }
    void kept(std::uint64_t number) {
        if (keep_ == Keep::at_once) session.keep(number, now);
    }
    void note(const Session::TransferStarted&) { say("started"); }
    void note(const Session::TransferStopped&) { say("stopped"); }
    void note(const Session::AsduReceived& event) {
        say("received " + std::to_string(event.view.size()));
        last_octets_ = hex(event.view.octets());
        kept(event.number);
    }
    void note(const Session::AsduRejected& event) {
        say("rejected: " + event.reason);
        last_octets_ = hex(event.octets);
        kept(event.number);
    }
    void note(const Session::AnswerReceived& event) {
        const auto& header = event.view.header();
        say("answer " + std::to_string(header.type) + " cause " + std::to_string(static_cast<int>(header.cause)) +
            (header.negative ? " negative" : ""));
        last_octets_ = hex(event.view.octets());
        kept(event.number);
    }
    void note(const Session::InterrogationEnded& event) {
        say("ended " + std::to_string(event.common_address) + (event.counters ? " counters " : " ") +
            std::to_string(event.qualifier) + (event.complete ? " complete" : ": " + event.reason));
    }
    void note(const Session::ClockWanted& event) {
        say("clock " + std::to_string(event.common_address));
        if (clock) session.synchronize_clock(event.common_address, *clock, now);
    }
    void note(const FileEvent& event) { on_file(event); }
    void note(const Session::Closed& event) { say("closed: " + event.reason); }
    void say(const std::string& what) { events_ += (events_.empty() ? "" : "; ") + what; }

public:
    std::optional<std::array<Octet, 7>> clock;  // what clock synchronizations are answered with

private:
    Keep keep_;
    unsigned send_number_ = 0, received_ = 0;
    std::vector<std::string> sent_asdus_;
    std::string frames_, events_, last_octets_;
};

}  // namespace busbar::iec104::test
