#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "base/octets.hpp"
#include "iec104/link/link.hpp"

namespace busbar::iec104::test {

using namespace std::chrono_literals;

inline constexpr std::string_view startdt_act = "68 04 07 00 00 00", startdt_con = "68 04 0B 00 00 00";
inline constexpr std::string_view stopdt_act = "68 04 13 00 00 00", stopdt_con = "68 04 23 00 00 00";
inline constexpr std::string_view testfr_act = "68 04 43 00 00 00", testfr_con = "68 04 83 00 00 00";
inline constexpr std::string_view single_point = "01 01 03 00 01 00 01 00 00 01";  // M_SP_NA_1, CA 1, IOA 1, on
inline constexpr std::string_view command = "2D 01 06 00 01 00 01 00 00 01";       // C_SC_NA_1, activation, on

/// "68 04 01 00": upper-case, blanks between.
inline std::string hex(Octets octets) {
    std::string text = to_hex(octets, ' ');
    std::transform(text.begin(), text.end(), text.begin(), [](char c) { return 'a' <= c && c <= 'f' ? c - 32 : c; });
    return text;
}

inline OctetBuffer octets_of(std::string_view text) {
    auto octets = from_hex(text);
    EXPECT_TRUE(octets) << "not hex: " << text;
    return octets ? *octets : OctetBuffer{};
}

/// Four hex digits of a control field that holds `number`.
inline std::string number_field(unsigned number) {
    const Octet octets[] = {static_cast<Octet>(number % 128 * 2), static_cast<Octet>(number / 128)};
    return hex(octets);
}

inline std::string i_frame(unsigned send_number, unsigned receive_number, std::string_view asdu) {
    const Octet length[] = {static_cast<Octet>(4 + octets_of(asdu).size())};
    return "68 " + hex(length) + " " + number_field(send_number) + " " + number_field(receive_number) + " " +
           std::string(asdu);
}

inline std::string s_frame_of(unsigned receive_number) { return "68 04 01 00 " + number_field(receive_number); }

/// The frames of an output, " | " between them.
inline std::string frames(Octets octets) {
    std::string text;
    while (!octets.empty()) {
        const std::size_t size = std::min(octets.size(), octets.size() > 1 ? octets[1] + std::size_t{2} : 1);
        text += (text.empty() ? "" : " | ") + hex(octets.first(size));
        octets = octets.subspan(size);
    }
    return text;
}

enum class Keep { at_once, by_hand };

/// One link on a virtual clock. What it says is collected as words ("started; asdu 1; acknowledged 2; closed"), what it
/// sends as hex.
class LinkBench {
public:
    explicit LinkBench(Role role, LinkConfig config = {}, Keep keep_when = Keep::at_once)
        : link(role, config, TimePoint{}), keep_(keep_when), role_(role) {}

    /// Brings data transfer up and forgets how.
    void start() {
        if (role_ == Role::controlling) link.start_transfer(now);
        receive(role_ == Role::controlling ? startdt_con : startdt_act);
        ASSERT_EQ(events(), "started");
        sent();
    }

    void receive(std::string_view text) { receive(Octets(octets_of(text))); }
    void receive(const OctetBuffer& octets) { receive(Octets(octets)); }
    void receive(Octets octets) {
        link.receive(octets, now);
        drain();
    }

    void keep(std::uint64_t number) {
        link.keep(number, now);
        drain();
    }

    bool send(std::string_view asdu) { return link.send(octets_of(asdu), now); }

    /// Lets time pass from deadline to deadline, as a driver's timer does.
    void advance(Duration duration) {
        const TimePoint end = now + duration;
        for (int steps = 0; link.next_deadline() && *link.next_deadline() <= end; ++steps) {
            ASSERT_LT(steps, 1000) << "a deadline that stays in the past";
            now = std::max(now, *link.next_deadline());
            link.on_deadline(now);
            drain();
            link.take_output(buffer_);
            output_.insert(output_.end(), buffer_.begin(), buffer_.end());
        }
        now = end;
    }

    /// What was sent since the last call.
    std::string sent() {
        link.take_output(buffer_);
        output_.insert(output_.end(), buffer_.begin(), buffer_.end());
        std::string text = frames(output_);
        output_.clear();
        return text;
    }

    /// What was said since the last call.
    std::string events() { return std::exchange(events_, {}); }
    const std::string& last_asdu() const { return last_asdu_; }
    const std::string& close_reason() const { return close_reason_; }
    bool closed() const { return link.state() == TransferState::closed; }

    Link link;
    TimePoint now{};

private:
    void drain() {
        while (auto event = link.take_event(now)) std::visit([this](const auto& e) { note(e); }, *event);
    }
    void note(const Link::TransferStarted&) { say("started"); }
    void note(const Link::TransferStopped&) { say("stopped"); }
    void note(const Link::AsduAcknowledged& event) { say("acknowledged " + std::to_string(event.up_to)); }
    void note(const Link::AsduReceived& event) {
        say("asdu " + std::to_string(event.number));
        last_asdu_ = hex(event.octets);
        if (keep_ == Keep::at_once) link.keep(event.number, now);
    }
    void note(const Link::Closed& event) {
        say("closed");
        close_reason_ = event.reason;
    }
    void say(const std::string& what) { events_ += (events_.empty() ? "" : "; ") + what; }

    Keep keep_;
    Role role_;
    OctetBuffer buffer_, output_;
    std::string events_, last_asdu_, close_reason_;
};

}  // namespace busbar::iec104::test
