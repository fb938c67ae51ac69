#include "connector/iec104_server/groups.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <optional>

#include "iec104/controlled_bench.hpp"
#include "store/store_bench.hpp"

namespace busbar::connector {
namespace {

using iec104::test::ControlRoom;
using store::StreamId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// The values of M_ME_NB_1 (type 11) in these ASDUs, whatever was packed together.
std::vector<unsigned> values_of(const std::vector<std::string>& asdus) {
    std::vector<unsigned> values;
    for (const auto& asdu : asdus) {
        const auto octets = iec104::test::octets_of(asdu);
        if (octets[0] != 11) continue;
        EXPECT_EQ(octets[2], 3) << "spontaneous";
        for (std::size_t at = 6; at < octets.size(); at += 6) values.push_back(octets[at + 3] + octets[at + 4] * 256u);
    }
    return values;
}
/// What entry number `n` says.
std::string point(unsigned n) { return R"({"type":11,"value":)" + std::to_string(n) + "}"; }

/// A station whose image and events come from a real store, with one group "scada".
struct GroupsBench : store::StoreBench {
    static iec104::ControlledStationConfig station_config() {
        auto config = iec104::test::ControlledBench::usual_config();
        config.ring_octets = 0;  // raised to the smallest there is
        return config;
    }

    void add(unsigned from, unsigned to) {
        for (unsigned n = from; n <= to; ++n)
            ask({"XADD", "process:updates", std::to_string(n) + "-0", "casdu", "1", "ioa", "1", "data", point(n)});
    }
    void set_image(unsigned n) { ask({"SET", "process:image:casdu:1:ioa:1", point(n)}); }

    /// As the connector does at its start.
    void start(bool same_history = true) {
        std::optional<std::string> loaded;
        groups.load([&](const std::string& error) { loaded = error; });
        EXPECT_TRUE(wait([&] { return loaded.has_value(); }));
        EXPECT_EQ(loaded, "");
        groups.configure({{"scada", {}, {}, true}});
        projection.start();
        EXPECT_TRUE(wait([&] { return projection.is_ready(); }));
        groups.open_all(same_history);
    }
    ControlRoom connect() {
        ControlRoom room(station, groups.open({.name = "scada", .named = true}), now);
        EXPECT_TRUE(room.start().starts_with(iec104::test::startdt_con));
        room.events();
        return room;
    }
    /// At least so many values, acknowledged as they come.
    std::vector<unsigned> hear(ControlRoom& room, std::size_t count) {
        std::vector<unsigned> all;
        EXPECT_TRUE(wait([&] {
            groups.progress();
            std::ranges::copy(values_of(room.read_all()), std::back_inserter(all));
            return all.size() >= count;
        }));
        return all;
    }
    std::string cursor() const { return ask({"GET", "connectors:srv:cursor:scada"}); }
    bool becomes(const std::string& expected) {
        return wait([&] {
            groups.progress();
            return cursor() == expected;
        });
    }

    TimePoint now{};
    iec104::ControlledStation station{station_config(), now};
    Timeline timeline;
    std::vector<std::string> gaps;
    Projection projection{loop,
                          store,
                          station,
                          timeline,
                          UpdateMaker({}, TimeZone::find("UTC").value(), {}),
                          "process:updates",
                          {.on_ready = [] {},
                           .on_flushed = [] {},
                           .on_gap = [](const auto&) {},
                           .on_recovered = [this] { groups.repair_all(); },
                           .on_bad_point = [](auto, auto, auto) {},
                           .on_reader_state = [](const auto&) {},
                           .on_entry = [](auto, auto, auto) {}}};
    Groups groups{
        loop,
        store,
        station,
        timeline,
        projection,
        "srv",
        "process:updates",
        {.on_gap = [this](const std::string& group, StreamId after,
                          const std::string& why) { gaps.push_back(group + " " + to_string(after) + " " + why); },
         .on_fed = [] {}}};
};

TEST(Groups, ANewGroupBeginsAtTheEndOfTheStreamAndItsCursorIsStored) {
    GroupsBench bench;
    bench.add(1, 3);
    bench.start();
    EXPECT_TRUE(bench.becomes("3-0")) << bench.cursor();
    auto room = bench.connect();
    bench.add(4, 4);
    EXPECT_THAT(bench.hear(room, 1), ElementsAre(4));
    EXPECT_THAT(bench.gaps, IsEmpty());
}

TEST(Groups, TheCursorIsWhatWasAcknowledgedNotWhatWasSent) {
    GroupsBench bench;
    bench.add(1, 1);
    bench.start();
    auto room = bench.connect();
    for (unsigned n = 2; n <= 4; ++n) {
        bench.add(n, n);
        EXPECT_TRUE(bench.wait([&] {
            bench.groups.progress();
            room.sent();
            return room.received() == n - 1;
        }));
    }
    EXPECT_TRUE(bench.becomes("1-0"));
    bench.pass(std::chrono::milliseconds{150});  // twice as long as a cursor takes to be written
    bench.groups.progress();
    EXPECT_EQ(bench.cursor(), "1-0");
    room.acknowledge(2);
    EXPECT_TRUE(bench.becomes("3-0"));
    room.acknowledge(3);
    EXPECT_TRUE(bench.becomes("4-0"));
}

TEST(Groups, GoesOnAtTheStoredCursor) {
    GroupsBench bench;
    bench.add(1, 5);
    bench.ask({"SET", "connectors:srv:cursor:scada", "2-0"});
    bench.start();
    auto room = bench.connect();
    EXPECT_THAT(bench.hear(room, 3), ElementsAre(3, 4, 5));
    EXPECT_TRUE(bench.becomes("5-0"));
    EXPECT_THAT(bench.gaps, IsEmpty());
}

TEST(Groups, AReadingOfManyBatchesLosesNothingAndRepeatsNothing) {
    GroupsBench bench;
    const auto many = static_cast<unsigned>(BacklogReader::entries_at_once * 5 / 2);
    bench.add(1, 1);
    bench.ask({"SET", "connectors:srv:cursor:scada", "1-0"});
    bench.add(2, many);
    bench.start();
    auto room = bench.connect();
    std::vector<unsigned> expected(many - 1);
    std::iota(expected.begin(), expected.end(), 2u);
    EXPECT_EQ(bench.hear(room, many - 1), expected);
    EXPECT_TRUE(bench.becomes(std::to_string(many) + "-0"));
}

TEST(Groups, ATrimmedStreamIsToldAndMadeGoodFromTheImage) {
    GroupsBench bench;
    bench.add(1, 9);
    bench.set_image(9);
    bench.ask({"SET", "connectors:srv:cursor:scada", "2-0"});
    bench.ask({"XTRIM", "process:updates", "MINID", "8-0"});
    bench.start();
    auto room = bench.connect();
    EXPECT_THAT(bench.hear(room, 3), ElementsAre(8, 9, 9)) << "what is left of the stream, then the image";
    EXPECT_THAT(bench.gaps, ElementsAre("scada 2-0 the stream no longer has the entry at its cursor"));
    EXPECT_TRUE(bench.becomes("9-0"));
}

TEST(Groups, AnotherHistoryIsAGapThoughTheCursorFits) {
    GroupsBench bench;
    bench.add(1, 4);
    bench.set_image(4);
    bench.ask({"SET", "connectors:srv:cursor:scada", "4-0"});
    bench.start(false);
    EXPECT_EQ(bench.groups.gaps(), 1u);
    EXPECT_FALSE(bench.groups.is_whole());
    auto room = bench.connect();
    EXPECT_THAT(bench.hear(room, 1), ElementsAre(4)) << "of the image";
    EXPECT_TRUE(bench.wait([&] {
        bench.groups.progress();
        return bench.groups.is_whole();
    }));
}

TEST(Groups, ACursorBeyondTheStreamIsAGap) {
    GroupsBench bench;
    bench.add(1, 2);
    bench.ask({"SET", "connectors:srv:cursor:scada", "7-0"});
    bench.start();
    EXPECT_THAT(bench.gaps, ElementsAre("scada 7-0 the stream ends before the cursor"));
}

TEST(Groups, ACursorThatCannotBeReadIsTold) {
    GroupsBench bench;
    bench.ask({"SET", "connectors:srv:cursor:scada", "yesterday"});
    bench.start();
    EXPECT_THAT(bench.gaps, ElementsAre("scada 0-0 its cursor cannot be read"));
}

TEST(Groups, AGroupThatIsNoLongerConfiguredLosesItsCursor) {
    GroupsBench bench;
    bench.add(1, 1);
    bench.start();
    EXPECT_TRUE(bench.becomes("1-0"));
    auto room = bench.connect();
    bench.groups.configure({});
    EXPECT_TRUE(bench.wait([&] { return bench.ask({"EXISTS", "connectors:srv:cursor:scada"}) == "0"; }));
    room.drain();
    EXPECT_TRUE(room.closed());
}

TEST(Groups, OfGroupsOfAddressesTheOneUnusedForLongestGoes) {
    GroupsBench bench;
    bench.add(1, 1);
    bench.start();
    const auto name = [](std::size_t i) { return "10.0.0." + std::to_string(i); };
    for (std::size_t i = 0; i < Groups::max_addresses; ++i) bench.groups.open({.name = name(i)});
    bench.groups.open({.name = name(0)});
    bench.groups.open({.name = "10.0.1.1"});
    std::vector<std::string> names;
    for (const auto& group : bench.groups.list()) names.push_back(group.name);
    EXPECT_EQ(names.size(), Groups::max_addresses + 1) << "and the named one";
    EXPECT_THAT(names, testing::Contains("10.0.0.0"));
    EXPECT_THAT(names, testing::Not(testing::Contains("10.0.0.1")));
    EXPECT_THAT(names, testing::Contains("scada"));
}

}  // namespace
}  // namespace busbar::connector
