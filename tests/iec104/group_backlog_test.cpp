#include "iec104/controlled_bench.hpp"

namespace busbar::iec104::test {
namespace {

using ::testing::ElementsAre;

constexpr std::string_view interrogate = "64 01 06 00 01 00 00 00 00 14";

/// A station with a ring that holds little, and an owner that remembers every update.
class BacklogBench : public ControlledBench {
public:
    static ControlledStationConfig small_ring() {
        ControlledStationConfig config = usual_config();
        config.ring_octets = 0;  // raised to the smallest there is
        config.backlog_octets = 96 * 20;
        return config;
    }
    BacklogBench() : ControlledBench(small_ring()) {}

    struct Kept {
        Position position;
        CommonAddress common_address;
        OctetBuffer element;
    };
    /// An event with its number as value, of object 1 of the stations 1 and 2 in turn: an ASDU each.
    void count() {
        const auto number = static_cast<unsigned>(history.size() + 1);
        const OctetBuffer element{static_cast<Octet>(number), static_cast<Octet>(number >> 8), 0, 0, 0};
        const auto common_address = static_cast<CommonAddress>(2 - number % 2);
        event({.common_address = common_address, .type = 7, .element = hex(element)});
        history.push_back({position, common_address, element});
    }
    void count_up(int times) {
        for (int i = 0; i < times; ++i) count();
    }
    /// True if a group that knows everything up to there would have to ask.
    bool has_lost_what_follows(std::uint64_t known) {
        const auto group = station.open_group("trial", {known, 0});
        bool asks = false;
        {
            ControlRoom room = connect_and_start(group);
            asks = station.take_backlog_request().has_value();
        }
        station.close_group(group);
        return asks;
    }
    static unsigned number_in(const std::string& asdu) {
        const OctetBuffer octets = octets_of(asdu);
        return octets[9] + octets[10] * 256u;
    }

    /// Answers all that is asked, from the history; returns how many questions.
    int feed_all() {
        int questions = 0;
        while (const auto request = station.take_backlog_request()) {
            ++questions;
            feed(*request);
        }
        return questions;
    }
    std::size_t feed(const ControlledStation::BacklogRequest& request) {
        std::vector<ObjectUpdate> updates;
        for (const Kept& kept : history) {
            if (kept.position <= request.after) continue;
            ObjectUpdate update;
            update.common_address = kept.common_address;
            update.ioa = 1;
            update.type = 7;
            update.element = kept.element;
            update.position = kept.position;
            updates.push_back(update);
        }
        return station.feed(request, updates, position, now);
    }
    /// The numbers of all events that come, while the owner feeds.
    std::vector<unsigned> numbers(ControlRoom& room, std::string first = {}) {
        std::vector<unsigned> all;
        for (;;) {
            const auto asdus = room.read_all(std::exchange(first, {}));
            for (const auto& asdu : asdus)
                if (asdu.starts_with("07")) all.push_back(number_in(asdu));
            if (feed_all() == 0 && asdus.empty()) return all;
        }
    }

    std::vector<Kept> history;
};

std::vector<unsigned> counted(unsigned from, unsigned to) {
    std::vector<unsigned> numbers;
    for (; from <= to; ++from) numbers.push_back(from);
    return numbers;
}

TEST(GroupBacklog, Case122_BringsBackWhatTheRingHasLostExactly) {
    BacklogBench bench;
    const auto group = bench.group();
    bench.count_up(1000);
    ControlRoom room = bench.connect(group);
    EXPECT_EQ(bench.station.take_backlog_request(), std::nullopt) << "not before the group is started";
    EXPECT_EQ(room.start(), startdt_con);
    EXPECT_EQ(bench.numbers(room), counted(1, 1000));
    EXPECT_EQ(bench.station.acknowledged(group), bench.position);
}

TEST(GroupBacklog, IsAskedForOnceAndTakesNoMoreThanItsBound) {
    BacklogBench bench;
    const auto group = bench.group();
    bench.count_up(1000);
    ControlRoom room = bench.connect_and_start(group);
    const auto request = bench.station.take_backlog_request();
    ASSERT_TRUE(request);
    EXPECT_EQ(request->after, Position{});
    EXPECT_EQ(bench.station.take_backlog_request(), std::nullopt);
    EXPECT_EQ(bench.feed(*request), 20u);
    const auto ahead = bench.station.take_backlog_request();
    ASSERT_TRUE(ahead) << "while that is being sent";
    EXPECT_EQ(ahead->after.major, 20u);
    EXPECT_EQ(bench.feed(*ahead), 20u);
    EXPECT_EQ(bench.station.take_backlog_request(), std::nullopt) << "not before the first of them are sent";
    EXPECT_EQ(room.read_all().size(), 40u);
    EXPECT_EQ(bench.station.take_backlog_request()->after.major, 40u);
}

TEST(GroupBacklog, OfAGroupThatWasOvertakenWhileStarted) {
    BacklogBench bench;
    const auto group = bench.group();
    ControlRoom room = bench.connect_and_start(group);
    bench.count_up(5);
    const std::string first = room.sent();
    bench.count_up(500);
    EXPECT_EQ(bench.numbers(room, first), counted(1, 505));
}

TEST(GroupBacklog, OfAGroupFurtherBackThanItsReachThoughTheRingHoldsIt) {
    BacklogBench bench;
    const auto group = bench.group();
    bench.count_up(10);
    ControlledStationConfig config = BacklogBench::small_ring();
    config.reach_octets = 200;  // five events
    bench.station.configure(config);
    EXPECT_FALSE(bench.has_lost_what_follows(6));
    EXPECT_TRUE(bench.has_lost_what_follows(2));
    ControlRoom room = bench.connect_and_start(group);
    EXPECT_EQ(bench.numbers(room), counted(1, 10));
    bench.count_up(3);
    EXPECT_EQ(bench.station.take_backlog_request(), std::nullopt) << "it keeps up";
    EXPECT_EQ(bench.numbers(room), counted(11, 13));
    bench.count_up(12);  // behind by more than its reach, before anything of it is sent
    EXPECT_EQ(bench.numbers(room), counted(14, 25));
    EXPECT_EQ(bench.station.acknowledged(group), bench.position);
}

TEST(GroupBacklog, BeginsAtTheStoredCursorAfterARestart) {
    BacklogBench bench;
    bench.count_up(30);
    BacklogBench restarted;
    restarted.history = bench.history;
    restarted.position = bench.position;
    restarted.station.advance(bench.position);
    const auto group = restarted.station.open_group("scada", {10, 0});
    EXPECT_EQ(restarted.station.acknowledged(group).major, 10u);
    ControlRoom room = restarted.connect_and_start(group);
    restarted.count_up(3);
    EXPECT_EQ(restarted.numbers(room), counted(11, 33));
}

TEST(GroupBacklog, OpenedInTheMiddleOfAnAsduDoesNotRepeat) {
    BacklogBench bench;
    for (int i = 0; i < 10; ++i) {
        const std::string element = "0" + std::to_string(i) + " 00 00 00 00";
        bench.update({.type = 7, .element = element});
        bench.history.push_back({bench.position, 1, octets_of(element)});
    }
    bench.station.flush(bench.now);  // one ASDU of ten
    const auto group = bench.station.open_group("scada", {4, 0});
    ControlRoom room = bench.connect_and_start(group);
    bench.feed_all();
    const std::string rest = room.sent();
    EXPECT_EQ(rest.substr(0, 17), "07 06 03 00 01 00");  // 5 to 10
    room.acknowledge();
    EXPECT_EQ(bench.station.acknowledged(group).major, 10u);
}

TEST(GroupBacklog, GoesOnWhereAcknowledgementStoppedAfterALostConnection) {
    BacklogBench bench;
    const auto group = bench.group();
    bench.count_up(1000);
    {
        ControlRoom room = bench.connect_and_start(group);
        bench.feed_all();
        room.sent();  // twelve
        room.acknowledge(7);
        EXPECT_EQ(bench.station.acknowledged(group).major, 7u);
    }
    EXPECT_EQ(bench.station.acknowledged(group).major, 7u);
    ControlRoom room = bench.connect_and_start(group);
    EXPECT_EQ(bench.numbers(room), counted(8, 1000));
}

TEST(GroupBacklog, AnAnswerToAQuestionFromBeforeLeavesNoHole) {
    BacklogBench bench;
    const auto group = bench.group();
    bench.count_up(1000);
    std::optional<ControlledStation::BacklogRequest> late;
    {
        ControlRoom room = bench.connect_and_start(group);
        bench.feed_all();
        for (int i = 0; i < 20; ++i) room.sent(), room.acknowledge(std::min(room.received(), 12u));
        late = bench.station.take_backlog_request();
        ASSERT_TRUE(late);
        EXPECT_GT(late->after.major, bench.station.acknowledged(group).major);
    }
    ControlRoom room = bench.connect_and_start(group);
    const auto again = bench.station.take_backlog_request();
    ASSERT_TRUE(again);
    EXPECT_EQ(bench.feed(*late), 0u);
    EXPECT_GT(bench.feed(*again), 0u);
    EXPECT_EQ(bench.numbers(room), counted(13, 1000));
}

TEST(GroupBacklog, PositionsWithoutEventsAreSkipped) {
    BacklogBench bench;
    const auto group = bench.group();
    bench.position.major = 5000;
    bench.count_up(1000);
    bench.position.major = 9000;
    bench.station.advance(bench.position);
    ControlRoom room = bench.connect_and_start(group);
    const auto request = bench.station.take_backlog_request();
    EXPECT_EQ(bench.station.feed(*request, {}, {4000, 0}, bench.now), 0u);
    EXPECT_EQ(bench.station.acknowledged(group).major, 4000u);
    EXPECT_EQ(bench.numbers(room), counted(1, 1000));
    EXPECT_EQ(bench.station.acknowledged(group).major, 9000u);
}

TEST(GroupBacklog, EndsWhereTheRingBeginsThoughTheLastEventLiesBefore) {
    BacklogBench bench;
    const auto group = bench.group();
    bench.count_up(5);
    bench.position.major = 100;
    bench.station.advance(bench.position);
    while (!bench.has_lost_what_follows(4)) bench.count();
    ASSERT_FALSE(bench.has_lost_what_follows(100));
    ControlRoom room = bench.connect_and_start(group);
    EXPECT_EQ(bench.feed(*bench.station.take_backlog_request()), 5u);
    const auto asdus = room.read_all();
    ASSERT_FALSE(asdus.empty());
    EXPECT_EQ(BacklogBench::number_in(asdus.back()), bench.history.size());
    EXPECT_EQ(bench.station.take_backlog_request(), std::nullopt);
}

TEST(GroupBacklog, OfAnOwnerThatClaimsToKnowMoreDoesNotHideTheRing) {
    BacklogBench bench;
    const auto group = bench.group();
    bench.count_up(1000);
    ControlRoom room = bench.connect_and_start(group);
    bench.station.feed(*bench.station.take_backlog_request(), {}, bench.position, bench.now);
    const auto asdus = room.read_all();
    ASSERT_FALSE(asdus.empty());
    EXPECT_EQ(BacklogBench::number_in(asdus.back()), 1000u);
}

TEST(GroupBacklog, TakesOnlyEventsBehindTheQuestion) {
    BacklogBench bench;
    bench.position.major = 10;
    bench.station.advance(bench.position);
    bench.station.set_attributes(1, 1, {.double_transmission = true});
    const auto group = bench.station.open_group("scada", {5, 0});
    ControlRoom room = bench.connect_and_start(group);
    const auto request = bench.station.take_backlog_request();
    ASSERT_TRUE(request);
    const OctetBuffer on = octets_of("01"), tagged = octets_of("00 00 00 00 08 15 0B 1A");
    ObjectUpdate update;
    update.common_address = 1;
    update.ioa = 1;
    update.type = 1;
    update.element = on;
    std::vector<ObjectUpdate> updates(4, update);
    for (std::size_t i = 0; i < updates.size(); ++i) updates[i].position = {5 + i, 0};
    updates[1].event = false;
    updates[2].type = 30;
    updates[2].element = tagged;
    updates[3].common_address = 0;  // cannot be on a line
    EXPECT_EQ(bench.station.feed(*request, updates, {10, 0}, bench.now), 4u);
    EXPECT_EQ(room.sent(), "01 01 03 00 01 00 01 00 00 00 | 1E 01 03 00 01 00 01 00 00 00 00 00 00 08 15 0B 1A");
}

TEST(GroupBacklog, UpdatesOfOnePositionStayTogether) {
    BacklogBench bench;
    const auto group = bench.group();
    bench.count_up(1000);
    for (BacklogBench::Kept& kept : bench.history)
        kept.position.major = (kept.position.major + 14) / 15 * 15;  // in fifteens
    ControlRoom room = bench.connect_and_start(group);
    EXPECT_EQ(bench.feed(*bench.station.take_backlog_request()), 15u) << "of the 20 that would fit";
    room.read_all();
    EXPECT_EQ(bench.station.acknowledged(group).major, 15u);
}

// Rule 2 of the design: a hole is repaired from the image
TEST(GroupRepair, Case122_SendsWhatWasUpdatedAfterTheHoleAndGoesOn) {
    BacklogBench bench;
    const auto group = bench.group();
    bench.value({.ioa = 1, .type = 30, .element = "01 00 00 00 08 15 0B 1A"});
    ControlRoom room = bench.connect_and_start(group);
    bench.station.advance(bench.position);
    const Position before_the_hole = bench.position;
    bench.value({.ioa = 2, .type = 30, .element = "00 05 00 00 08 15 0B 1A"});
    bench.value({.common_address = 2, .ioa = 3, .type = 15, .element = "01 00 00 00 00"});
    bench.station.repair(group, before_the_hole, bench.now);
    EXPECT_EQ(bench.station.acknowledged(group), before_the_hole);
    EXPECT_EQ(room.sent(),
              "1E 01 03 00 01 00 02 00 00 00 05 00 00 08 15 0B 1A | 0F 01 03 00 02 00 03 00 00 01 00 00 00 00");
    EXPECT_EQ(bench.station.acknowledged(group), before_the_hole) << "not acknowledged yet";
    bench.event({.ioa = 9});
    EXPECT_EQ(room.sent(), "01 01 03 00 01 00 09 00 00 01");
    room.acknowledge(2);
    EXPECT_EQ(bench.station.acknowledged(group).major, 3u);
    room.acknowledge(3);
    EXPECT_EQ(bench.station.acknowledged(group), bench.position);
}

TEST(ControlledInterrogation, WaitsForTheEventsThatAnImageReadFromElsewhereAlreadyShows) {
    BacklogBench bench;
    ControlRoom room = bench.connect_and_start();
    bench.station.set_image_as_new_as({2, 0});
    bench.value({.element = "01"});
    EXPECT_EQ(room.request(interrogate), "64 01 07 00 01 00 00 00 00 14");
    bench.event({.ioa = 2});
    EXPECT_EQ(room.sent(),
              "01 01 03 00 01 00 02 00 00 01 | 01 01 14 00 01 00 01 00 00 01 | "
              "64 01 0A 00 01 00 00 00 00 14");
}

TEST(GroupRepair, AnswersABacklogRequestAndKeepsWhatTheRingHolds) {
    BacklogBench bench;
    const auto group = bench.group();
    bench.count_up(1001);
    ControlRoom room = bench.connect_and_start(group);
    const auto request = bench.station.take_backlog_request();
    ASSERT_TRUE(request);
    bench.station.repair(group, request->after, bench.now);
    EXPECT_EQ(bench.station.take_backlog_request(), std::nullopt);
    const auto asdus = room.read_all();
    ASSERT_GT(asdus.size(), 3u);
    EXPECT_EQ(bench.number_in(asdus[asdus.size() - 3]), 1001u) << "the last event of the ring, then the image";
    EXPECT_EQ(bench.number_in(asdus[asdus.size() - 2]), 1001u);
    EXPECT_EQ(bench.number_in(asdus[asdus.size() - 1]), 1000u);
    EXPECT_EQ(bench.station.acknowledged(group), bench.position);
}

TEST(GroupRepair, BeginsAgainOnTheNextConnectionUntilItIsAcknowledged) {
    BacklogBench bench;
    const auto group = bench.group();
    {
        ControlRoom room = bench.connect_and_start(group);
        bench.count_up(40);
        room.read_all();  // what an earlier connection acknowledged says nothing about the next one
    }
    const Position before = bench.position;
    ASSERT_EQ(bench.station.acknowledged(group), before);
    for (Ioa ioa = 1; ioa <= 3; ++ioa) bench.value({.common_address = static_cast<CommonAddress>(ioa), .ioa = ioa});
    bench.station.repair(group, before, bench.now);
    bench.event({.ioa = 9});
    const std::string
        repaired = "01 01 03 00 01 00 01 00 00 01 | 01 01 03 00 02 00 02 00 00 01 | 01 01 03 00 03 00 03 00 00 01",
        event = "01 01 03 00 01 00 09 00 00 01", started = std::string(startdt_con) + " | ";
    {
        ControlRoom room = bench.connect(group);
        EXPECT_EQ(room.start(), started + repaired + " | " + event);
        room.acknowledge(2);
    }
    {
        ControlRoom room = bench.connect(group);
        EXPECT_EQ(room.start(), started + repaired + " | " + event);
        room.acknowledge(3);
        EXPECT_EQ(bench.station.acknowledged(group).major, before.major + 3);
    }
    EXPECT_EQ(bench.connect(group).start(), started + event);
}

TEST(GroupRepair, OfNothingIsOverAtOnce) {
    BacklogBench bench;
    const auto group = bench.group();
    ControlRoom room = bench.connect_and_start(group);
    bench.event({.ioa = 1});
    room.sent();
    room.acknowledge();
    const Position start = bench.position;
    bench.station.advance({50, 0});
    bench.station.repair(group, start, bench.now);
    EXPECT_EQ(bench.station.acknowledged(group), start);
    EXPECT_EQ(room.sent(), "");
    EXPECT_EQ(bench.station.acknowledged(group).major, 50u);
}

TEST(GroupRepair, CoversWhatIsStillOpenToo) {
    BacklogBench bench;
    const auto group = bench.group();
    bench.event({.common_address = 3, .ioa = 1, .type = 7, .element = "AA 00 00 00 00"});
    bench.history.push_back({bench.position, 3, octets_of("AA 00 00 00 00")});
    bench.count_up(1000);
    {
        ControlRoom room = bench.connect_and_start(group);
        bench.feed_all();
        EXPECT_EQ(BacklogBench::number_in(room.sent().substr(0, 38)), 0xAAu);
        bench.station.repair(group, {900, 0}, bench.now);
        EXPECT_EQ(bench.station.acknowledged(group), Position{}) << "the control room has acknowledged nothing";
    }
    ControlRoom room = bench.connect_and_start(group);
    EXPECT_THAT(room.read_all(), ::testing::Contains("07 01 03 00 03 00 01 00 00 AA 00 00 00 00"));
}

TEST(GroupRepair, LeavesWhatIsUpdatedMeanwhileToItsEvents) {
    ControlledBench bench;
    const auto group = bench.group();
    for (Ioa ioa = 1; ioa <= 3000; ++ioa) bench.value({.ioa = 2 * ioa});
    bench.station.advance(bench.position);
    bench.station.repair(group, {}, bench.now);
    for (Ioa ioa = 1; ioa <= 2900; ++ioa) bench.update({.ioa = 2 * ioa, .element = "00"});
    bench.station.flush(bench.now);
    ControlRoom room = bench.connect(group);
    const auto asdus = room.read_all(room.start());
    ASSERT_EQ(asdus.size(), 1u + 2u + 49u);  // 100 objects repaired, 2900 events, 60 in an ASDU
    EXPECT_EQ(asdus[1].substr(0, 29), "01 3C 03 00 01 00 AA 16 00 01");
}

TEST(GroupRepair, NeverSendsAnEventOlderThanAnInterrogatedValueAfterIt) {
    BacklogBench bench;
    const auto group = bench.group();
    bench.count_up(1000);
    ControlRoom room = bench.connect_and_start(group);
    auto asdus = room.request_all(interrogate);
    EXPECT_THAT(asdus, ElementsAre("64 01 07 00 01 00 00 00 00 14")) << "its only object has events to come";
    bool interrogated = false;
    for (int round = 0; round < 200 && bench.feed_all() > 0; ++round) {
        for (const auto& asdu : room.read_all()) {
            EXPECT_FALSE(interrogated && asdu.starts_with("07 01 03 00 01"));
            interrogated |= asdu.starts_with("07 01 14");
        }
    }
    EXPECT_TRUE(interrogated);
}

}  // namespace
}  // namespace busbar::iec104::test
