#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "base/octets.hpp"
#include "sim/meter/meter_line.hpp"

namespace busbar::sim::test {

using namespace std::chrono_literals;

/// A line of simulated meters, its master, and a clock for both that the test moves: 2026-07-17 10:30 UTC at first.
class MeterBench {
public:
    explicit MeterBench(MeterLineConfig config = {}) : line_(with_meter(std::move(config)), journal_) { reconnect(); }
    explicit MeterBench(std::string_view fault) : MeterBench(with_fault(fault)) {}

    static MeterLineConfig with_fault(std::string_view fault) {
        MeterLineConfig config;
        config.faults.push_back(*parse_meter_fault(fault));
        return config;
    }

    /// What the line answers at once, in groups of hex.
    std::string ask(std::string_view hex) {
        session_->receive(from_hex(hex).value(), now_);
        return sent();
    }
    std::string sent() {
        OctetBuffer octets;
        session_->take_output(octets, now_);
        std::string text = to_hex(octets, ' ');
        for (char& character : text) character = static_cast<char>(std::toupper(character));
        return text;
    }
    void advance(Duration by) {
        const TimePoint end = now_ + by;
        while (const auto deadline = session_->next_deadline()) {
            if (*deadline > end) break;
            now_ = std::max(now_, *deadline);
            session_->on_deadline(now_);
            if (const std::string octets = sent(); !octets.empty())
                (gathered_.empty() ? gathered_ : gathered_ += ' ') += octets;
            if (session_->next_deadline() == deadline) break;
        }
        now_ = end;
    }
    /// What was sent while time advanced.
    std::string gathered() { return std::exchange(gathered_, {}); }
    void reconnect() { session_ = line_.connect("master"); }

    void start() {
        EXPECT_EQ(ask("10 49 01 00 4A 16"), "10 0B 01 00 0C 16");
        EXPECT_EQ(ask("10 40 01 00 41 16"), "10 00 01 00 01 16");
    }
    void log_in() {
        start();
        EXPECT_EQ(ask("68 0D 0D 68 73 01 00 B7 01 06 01 00 00 01 00 00 00 34 16"), ack);
        EXPECT_EQ(ask("10 5B 01 00 5C 16"), "68 0D 0D 68 08 01 00 B7 01 07 01 00 00 01 00 00 00 CA 16");
    }
    /// The reasons of violations, in the order of the alphabet.
    std::vector<std::string> violations() const {
        std::vector<std::string> texts;
        for (const auto& [what, count] : line_.violations()) texts.push_back(what);
        return texts;
    }
    const MeterLine& line() const { return line_; }
    MeterLine& line() { return line_; }
    net::Session& session() { return *session_; }

    static constexpr const char* ack = "10 00 01 00 01 16";
    static constexpr const char* nack = "10 01 01 00 02 16";
    static constexpr const char* no_data = "10 09 01 00 0A 16";

private:
    static MeterLineConfig with_meter(MeterLineConfig config) {
        if (config.meters.empty()) config.meters.emplace_back();
        return config;
    }

    TimePoint now_{};
    UtcTime begin_ =
        std::chrono::sys_days(std::chrono::year(2026) / 7 / 17) + std::chrono::hours(10) + std::chrono::minutes(30);
    Journal journal_{
        [this] { return begin_ + std::chrono::duration_cast<std::chrono::milliseconds>(now_.time_since_epoch()); }};
    MeterLine line_;
    std::unique_ptr<net::Session> session_;
    std::string gathered_;
};

}  // namespace busbar::sim::test
