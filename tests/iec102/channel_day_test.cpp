// A day of a line with faults, in virtual time: what is read, and that nothing grows.
#include <gtest/gtest.h>
#include <malloc.h>

#include <array>
#include <deque>
#include <memory>
#include <random>

#include "iec102/meter/channel.hpp"
#include "meter_peer.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#endif

namespace busbar::iec102::test {
namespace {

using namespace std::chrono_literals;

/// What is allocated now, of the whole program.
std::size_t heap_in_use() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return __sanitizer_get_current_allocated_bytes();
#else
    return mallinfo2().uordblks;
#endif
}

constexpr Duration day = 24h, period = 5s;
constexpr unsigned meters = 3;
constexpr std::size_t slots = day / period;
/// How long after a fault a reading may be missing: a round of attempts, a demotion or a refused login, a new session.
constexpr Duration aftermath = 4 * 1s + 20s + 2s;
/// An object that was refused is asked for again after a minute.
constexpr Duration aftermath_of_refusal = 60s + 2s;

/// One channel with three meters, each with a moment until which it is in a bad way.
class Day {
public:
    explicit Day(std::uint32_t seed) : random_(seed), channel_(channel_config()) {
        std::vector<DeviceConfig> configs;
        for (std::uint16_t link = 1; link <= meters; ++link) {
            configs.push_back(device_config(link));
            peers_.push_back(std::make_unique<MeterPeer>(link, std::uint16_t{1}, 1u));
        }
        channel_.set_devices(configs, now_);
        connect();
        next_event_ = now_ + 1min;
    }

    void live(Duration duration) {
        const TimePoint end = now_ + duration;
        while (step_to(end)) {
        }
        now_ = end;
    }

    /// Slots in which nothing was wrong with this meter or the line, and how many readings are missing in them.
    struct Verdict {
        unsigned clean = 0, missing = 0;
    };
    Verdict judge(unsigned meter) const {
        Verdict verdict;
        unsigned in_a_row = 0, readings = 0;
        for (std::size_t slot = 1; slot <= slots; ++slot) {
            if (slot < slots && !meters_[meter].disturbed[slot]) {
                ++in_a_row;
                readings += meters_[meter].readings[slot];
                continue;
            }
            // The first and the last one may lie beyond the edge.
            verdict.clean += in_a_row;
            if (readings + 1 < in_a_row) verdict.missing += in_a_row - 1 - readings;
            in_a_row = readings = 0;
        }
        return verdict;
    }

    std::size_t greatest_output() const { return greatest_output_; }
    std::size_t most_events() const { return most_events_; }
    unsigned frames() const { return frames_; }
    unsigned faults() const { return faults_; }
    unsigned requests() const { return requests_; }
    unsigned requests_finished() const { return requests_finished_; }
    unsigned demotions() const {
        unsigned sum = 0;
        for (const Device* device : channel_.devices()) sum += static_cast<unsigned>(device->status().demotions);
        return sum;
    }
    bool all_good() const {
        return std::ranges::all_of(channel_.devices(),
                                   [](const Device* device) { return device->status().state == DeviceState::good; });
    }

private:
    static ChannelConfig channel_config() {
        ChannelConfig config;
        config.line.request_timeout = 1000ms;
        return config;
    }
    static DeviceConfig device_config(std::uint16_t link) {
        DeviceConfig config;
        config.name = std::to_string(link - 1);
        config.link_address = link;
        config.point_address = 1;
        config.password = Password{1};
        config.demotion = {true, 2, 20s};
        config.periods.fill(std::chrono::duration_cast<std::chrono::milliseconds>(period));
        return config;
    }

    // --- time

    bool step_to(TimePoint end) {
        TimePoint next = std::min(next_event_, comes_back_.value_or(TimePoint::max()));
        if (const auto deadline = channel_.next_deadline()) next = std::min(next, *deadline);
        if (!coming_.empty()) next = std::min(next, coming_.front().first);
        for (const auto& meter : meters_) next = std::min(next, meter.well_at.value_or(TimePoint::max()));
        if (next > end) return false;
        now_ = std::max(now_, next);
        if (!coming_.empty() && coming_.front().first <= now_) return arrive(), true;
        for (unsigned meter = 0; meter < meters; ++meter) recover(meter);
        if (comes_back_ && *comes_back_ <= now_) return connect(), true;
        if (next_event_ <= now_) return happen(), true;
        channel_.on_deadline(now_);
        pump();
        return true;
    }

    void arrive() {
        const OctetBuffer octets = std::move(coming_.front().second);
        coming_.pop_front();
        channel_.receive(octets, now_);
        pump();
    }

    void pump() {
        std::size_t events = 0;
        for (; const auto event = channel_.take_event(); ++events)
            std::visit([this](const auto& what) { note(what); }, *event);
        most_events_ = std::max(most_events_, events);
        channel_.take_output(output_);
        greatest_output_ = std::max(greatest_output_, output_.size());
        if (!output_.empty()) carry();
    }

    void note(const ValuesRead& values) { ++meters_[index_of(values.device)].readings[slot_at(now_)]; }
    void note(const RequestFinished&) { ++requests_finished_; }
    template <typename Other>
    void note(const Other&) {}
    static unsigned index_of(const std::string& device) { return static_cast<unsigned>(device[0] - '0'); }

    // --- the line

    void connect() {
        comes_back_.reset();
        channel_.connected(now_);
        pump();
    }

    void carry() {
        ++frames_;
        const unsigned meter = parse_frame(output_)->link_address - 1u;
        if (meters_[meter].silent) return;
        const OctetBuffer answer = peers_[meter]->answer(output_, meters_[meter].heard);
        meters_[meter].heard = true;
        deliver(std::move(answer), meter);
    }

    /// Every hundredth answer is damaged on its way.
    void deliver(OctetBuffer answer, unsigned meter) {
        bool& heard = meters_[meter].heard;
        if (answer.empty()) heard = false;
        if (!answer.empty() && chance(100)) {
            ++faults_;
            disturb(meter, now_, aftermath);
            heard = damage(answer);
        }
        if (!answer.empty()) coming_.emplace_back(now_ + 20ms, std::move(answer));
    }

    /// True: the answer is still to be found in it.
    bool damage(OctetBuffer& answer) {
        constexpr std::array<Octet, 6> noise{0x68, 0x20, 0x10, 0xFF, 0x16, 0x68};
        switch (random_() % 6) {
            case 0: answer.clear(); return false;
            case 1: answer.resize(answer.size() / 2); return false;
            case 2: ++answer[answer.size() - 2]; return false;
            case 3: answer.insert(answer.begin(), noise.begin(), noise.end()); return true;
            case 4: answer.insert(answer.begin(), output_.begin(), output_.end()); return true;
            default: answer.insert(answer.begin(), 3, 0xFF); return true;
        }
    }

    // --- what happens every few minutes

    void happen() {
        next_event_ = now_ + std::chrono::milliseconds(1 + random_() % 600'000);
        const auto meter = static_cast<unsigned>(random_() % meters);
        const Duration lasts = std::chrono::milliseconds(1 + random_() % 120'000);
        MeterPeer& peer = *peers_[meter];
        const unsigned what = random_() % 8;
        switch (what) {
            case 0: return lose_line(lasts);
            case 1: return ask();
            case 2: meters_[meter].silent = true; break;
            case 3: meters_[meter].silent = meters_[meter].restarts = true; break;
            case 4: peer.refuse_login = true, peer.session = false; break;
            case 5: peer.session = false; break;
            case 6: peer.busy = true; break;
            default: peer.nacks = 1 + static_cast<int>(random_() % 3); break;
        }
        meters_[meter].well_at = now_ + lasts;
        const bool may_refuse = what >= 5;
        disturb(meter, now_, lasts + aftermath + (may_refuse ? aftermath_of_refusal : 0s));
    }

    void recover(unsigned meter) {
        Meter& sick = meters_[meter];
        if (!sick.well_at || *sick.well_at > now_) return;
        sick.well_at.reset();
        sick.silent = false;
        if (std::exchange(sick.restarts, false)) peers_[meter]->restart();
        peers_[meter]->busy = peers_[meter]->refuse_login = false;
        peers_[meter]->nacks = 0;
    }

    void lose_line(Duration lasts) {
        if (comes_back_) return;
        comes_back_ = now_ + lasts;
        coming_.clear();
        for (unsigned meter = 0; meter < meters; ++meter) disturb(meter, now_, lasts + aftermath);
        channel_.lost("connection lost", now_);
        pump();
    }

    /// More than the queue takes.
    void ask() {
        for (unsigned i = 0; i < 40; ++i)
            requests_ += !channel_.request(std::to_string(random_() % meters), {i, ReadNow{}}, now_);
        pump();
    }

    void disturb(unsigned meter, TimePoint from, Duration lasts) {
        const std::size_t last = std::min(slot_at(from + lasts), slots - 1);
        for (std::size_t slot = slot_at(from); slot <= last; ++slot) meters_[meter].disturbed[slot] = true;
    }
    std::size_t slot_at(TimePoint when) const {
        return std::min<std::size_t>(static_cast<std::size_t>((when - begin_) / period), slots);
    }
    bool chance(unsigned one_in) { return random_() % one_in == 0; }

    struct Meter {
        std::array<std::uint16_t, slots + 1> readings{};
        std::array<bool, slots + 1> disturbed{};
        bool heard = true, silent = false, restarts = false;
        std::optional<TimePoint> well_at;
    };

    std::mt19937 random_;
    TimePoint begin_{}, now_{}, next_event_{};
    Channel channel_;
    std::vector<std::unique_ptr<MeterPeer>> peers_;
    std::array<Meter, meters> meters_;
    std::deque<std::pair<TimePoint, OctetBuffer>> coming_;
    std::optional<TimePoint> comes_back_;
    OctetBuffer output_;
    std::size_t greatest_output_ = 0, most_events_ = 0;
    unsigned frames_ = 0, faults_ = 0, requests_ = 0, requests_finished_ = 0;
};

TEST(MeterChannelDay, IsReadWhenNothingIsWrongAndNothingGrows) {
    const std::uint32_t seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto line = std::make_unique<Day>(seed);
    line->live(1h);
    const std::size_t heap = heap_in_use();
    line->live(23h);
    EXPECT_LE(heap_in_use(), heap + 8192);
    unsigned clean = 0;
    for (unsigned meter = 0; meter < meters; ++meter) {
        const Day::Verdict verdict = line->judge(meter);
        clean += verdict.clean;
        EXPECT_EQ(verdict.missing, 0u) << "of " << verdict.clean << " readings of meter " << meter;
    }
    EXPECT_GE(clean, slots * meters / 5);
    EXPECT_GE(line->faults(), 500u);
    EXPECT_GE(line->demotions(), 10u);
    EXPECT_LE(line->greatest_output(), 19u);  // a login: one frame at a time
    EXPECT_LE(line->most_events(), 64u);
    EXPECT_GT(line->requests(), 0u);
    EXPECT_EQ(line->requests_finished(), line->requests());
}

}  // namespace
}  // namespace busbar::iec102::test
