// Test case 59 of the protocol reference: from the line into a real store that is slow.
#include "connector/iec104_client/feed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "iec104/link_bench.hpp"
#include "iec104/station/controlling_session.hpp"
#include "store/store_bench.hpp"

namespace busbar::connector {
namespace {

using namespace std::chrono_literals;
using iec104::ControllingSession;
using namespace iec104::test;

constexpr std::size_t most_in_flight = 256;
constexpr unsigned k = 12;

/// A session on a virtual clock, the feed behind it, and the RTU before it, which numbers its frames and its events.
struct FeedBench : store::StoreBench {
    FeedBench() {
        writer.start();
        feed.begin(1);
        session.allow_transfer(true, now);
        receive(octets_of(startdt_con));
    }

    static store::UpdatesOptions options() {
        store::UpdatesOptions made;
        made.source = "rtu-1";
        made.max_length = 0;
        made.max_in_flight = most_in_flight;
        return made;
    }
    static iec104::ControllingConfig config() {
        iec104::ControllingConfig made;
        made.interrogate_on_start = false;
        return made;
    }
    Feed::Owner owner() {
        return {.ownership = [](std::uint16_t) { return Ownership::ours; },
                .keep =
                    [this](std::uint64_t number, std::uint64_t) {
                        kept.push_back(number);
                        session.keep(number, now);
                    },
                .pause_reading = [this](bool pause) { paused = pause; },
                .on_store_failed = [](const std::string& reason) { ADD_FAILURE() << reason; },
                .on_point_refused = [](store::ImageAddress, std::string_view why) { ADD_FAILURE() << why; },
                .on_unlisted_station = [](std::uint16_t) {}};
    }

    void receive(const OctetBuffer& octets) {
        session.receive(octets, now);
        while (const auto event = session.take_event(now))
            if (const auto* received = std::get_if<ControllingSession::AsduReceived>(&*event))
                feed.take(received->view, received->number);
        feed.commit();
    }
    /// The next events, M_BO_NA_1 with a running number, in one segment.
    void raise(unsigned count) {
        std::string segment;
        for (const unsigned end = raised + count; raised < end; ++raised) {
            const Octet number[] = {static_cast<Octet>(raised), static_cast<Octet>(raised >> 8)};
            segment += i_frame(raised % 32768, 0, "07 01 03 00 01 00 01 00 00 " + hex(number) + " 00 00 00");
        }
        receive(octets_of(segment));
    }
    /// The frames that the session has acknowledged so far.
    unsigned acknowledged() {
        session.take_output(output, now);
        for (Octets rest = output; !rest.empty(); rest = rest.subspan(rest[1] + std::size_t{2}))
            if (rest[2] == 1) last_acknowledged = rest[4] / 2u + rest[5] * 128u;
        return last_acknowledged;
    }
    void pass_virtual(Duration duration) {
        now += duration;
        session.on_deadline(now);
    }

    TimePoint now{};
    ControllingSession session{config(), now};
    bool paused = false;
    unsigned raised = 0, last_acknowledged = 0;
    OctetBuffer output;
    std::vector<std::uint64_t> kept;
    store::UpdatesWriter writer{store, options()};
    Feed feed{loop, writer, {}, PointMaker({}, TimeZone::find("UTC").value(), "rtu-1"), owner()};
};

TEST(Feed, Case59_AcknowledgementWaitsForTheStoreNotForT2) {
    FeedBench bench;
    bench.server.freeze();
    bench.raise(k);
    bench.pass(50ms);
    bench.pass_virtual(11s);
    EXPECT_EQ(bench.acknowledged(), 0u) << "t2 is over, but nothing is safe";
    bench.server.thaw();
    EXPECT_TRUE(bench.wait([&] { return bench.acknowledged() == k; }));
    EXPECT_EQ(bench.ask({"XLEN", "process:updates"}), "12");
}

TEST(Feed, ALongReadIsAcknowledgedInParts) {
    FeedBench bench;
    bench.raise(100);
    ASSERT_TRUE(bench.wait([&] { return bench.acknowledged() == 100; }));
    EXPECT_THAT(bench.kept, testing::ElementsAre(64, 100));
}

TEST(Feed, Case59_NothingOfABurstOfTenThousandIsLost) {
    FeedBench bench;
    while (bench.raised < 10'000) {
        if (bench.raised == 5'004) bench.server.freeze();
        bench.raise(std::min(k, 10'000 - bench.raised));
        if (bench.raised == 5'016) {
            bench.pass(50ms);
            EXPECT_LE(bench.acknowledged(), 5'004u);
            bench.server.thaw();
        }
        ASSERT_TRUE(bench.wait([&] { return bench.writer.in_flight() == 0; }));
        bench.pass_virtual(11s);
        ASSERT_EQ(bench.acknowledged(), bench.raised) << "never ahead, and t2 at the latest";
    }
    EXPECT_EQ(bench.ask({"XLEN", "process:updates"}), "10000");
    EXPECT_EQ(bench.feed.committed(), 10'000u);
}

TEST(Feed, Case59_APeerThatDoesNotWaitIsNoLongerRead) {
    FeedBench bench;
    bench.server.freeze();
    while (!bench.paused && bench.raised < 10'000) bench.raise(8);
    EXPECT_TRUE(bench.paused);
    EXPECT_LE(bench.writer.in_flight(), most_in_flight + 8) << "memory is bounded";
    EXPECT_EQ(bench.acknowledged(), 0u);
    bench.server.thaw();
    EXPECT_TRUE(bench.wait([&] { return !bench.paused && bench.writer.in_flight() == 0; }));
    EXPECT_EQ(bench.acknowledged(), bench.raised);
    EXPECT_EQ(bench.ask({"XLEN", "process:updates"}), std::to_string(bench.raised));
}

}  // namespace
}  // namespace busbar::connector
