#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <random>

#include "iec104/station/event_packer.hpp"
#include "iec104/station/event_ring.hpp"

namespace busbar::iec104 {
namespace {

Position at(std::uint64_t major) { return {major, 0}; }

OctetBuffer asdu(std::size_t size, Octet fill) { return OctetBuffer(size, fill); }

TEST(EventRing, GivesBackWhatWasAppendedUntilItIsOverwritten) {
    std::mt19937 random(3);
    EventRing ring(0, at(0));
    struct Expected {
        std::uint64_t offset;
        OctetBuffer octets;
        Position complete;
    };
    std::deque<Expected> expected;
    for (std::uint64_t i = 1; i < 5000; ++i) {
        expected.push_back({ring.head(), asdu(1 + random() % 249, static_cast<Octet>(i)), at(i)});
        ring.append(expected.back().octets, at(i));
        while (expected.front().offset < ring.tail()) expected.pop_front();
        ASSERT_EQ(expected.front().offset, ring.tail());
        ASSERT_LE(ring.head() - ring.tail(), ring.capacity());
        std::uint64_t offset = ring.tail();
        for (const Expected& wanted : expected) {
            ASSERT_EQ(offset, wanted.offset);
            const auto entry = ring.at(offset);
            ASSERT_TRUE(std::ranges::equal(entry.asdu, wanted.octets));
            ASSERT_EQ(entry.complete, wanted.complete);
            ASSERT_EQ(ring.position_before(offset).major, wanted.complete.major - 1);
            offset = entry.next;
        }
        ASSERT_EQ(offset, ring.head());
        ASSERT_EQ(ring.end(), at(i));
    }
    EXPECT_GT(expected.size(), 10u);
}

TEST(EventRing, FindsTheEntryBehindAPosition) {
    EventRing ring(0, at(10));
    EXPECT_EQ(ring.find(at(10)).offset, ring.head());
    EXPECT_EQ(ring.find(at(9)).known, at(10)) << "what lies between is missing";
    const auto first = ring.head();
    ring.append(asdu(20, 1), at(15));
    const auto second = ring.head();
    ring.append(asdu(20, 2), at(20));
    EXPECT_EQ(ring.find(at(10)).offset, first);
    EXPECT_EQ(ring.find(at(10)).known, at(10));
    EXPECT_EQ(ring.find(at(15)).offset, second);
    EXPECT_EQ(ring.find(at(13)).offset, second) << "in the middle of an ASDU";
    EXPECT_EQ(ring.find(at(13)).known, at(15));
    EXPECT_EQ(ring.find(at(20)).offset, ring.head());
    EXPECT_EQ(ring.find(at(99)).offset, ring.head());
    EXPECT_EQ(ring.find(at(99)).known, at(99));
}

TEST(EventRing, OffersNoPlaceInsideAPosition) {
    EventRing ring(0, at(0));
    ring.append(asdu(20, 1), at(4));        // … 4 and half of 5
    ring.append(asdu(20, 2), at(5), true);  // the other half
    const auto third = ring.head();
    ring.append(asdu(20, 3), at(6));
    EXPECT_EQ(ring.find(at(4)).offset, third);
    EXPECT_EQ(ring.find(at(4)).known, at(5));
}

TEST(EventRing, EndsLaterWhenNothingNeedsSending) {
    EventRing ring(0, at(0));
    ring.set_end(at(3));
    EXPECT_EQ(ring.end(), at(3));
    const auto first = ring.head();
    ring.append(asdu(20, 1), at(4));
    ring.set_end(at(9));
    EXPECT_EQ(ring.end(), at(9));
    EXPECT_EQ(ring.position_before(first), at(3));
    EXPECT_EQ(ring.at(first).complete, at(9));
}

TEST(EventPacker, CompletesAPositionWithItsLastAsdu) {
    EventRing ring(0, at(0));
    EventPacker packer(ring, {}, at(0));
    const Octet on = 1;
    const auto add = [&](TypeId type, std::uint64_t position) {
        ObjectUpdate update;
        update.common_address = 1;
        update.ioa = 1;
        update.type = type;
        update.element = Octets(&on, 1);
        update.position = at(position);
        packer.add(update, *iec60870::find_type(type), false);
    };
    add(1, 1);
    add(1, 2);
    add(3, 2);  // does not fit into the ASDU of type 1
    EXPECT_EQ(ring.end(), at(1));
    add(1, 2);
    EXPECT_EQ(ring.end(), at(1));
    packer.advance(at(7));
    EXPECT_EQ(ring.end(), at(1)) << "the batch is open";
    packer.flush();
    EXPECT_EQ(ring.end(), at(7));
    EXPECT_EQ(packer.last(), at(7));
}

TEST(EventPacker, KeepsApartWhatDiffersInTheHeader) {
    EventRing ring(0, at(0));
    EventPacker packer(ring, {}, at(0));
    const Octet on = 1;
    ObjectUpdate update;
    update.common_address = 1;
    update.ioa = 1;
    update.type = 1;
    update.element = Octets(&on, 1);
    const auto entries_with = [&](auto change) {
        ObjectUpdate other = update;
        change(other);
        const auto before = ring.head();
        packer.add(update, *iec60870::find_type(1), false);
        packer.add(other, *iec60870::find_type(other.type), false);
        packer.flush();
        int entries = 0;
        for (auto offset = before; offset != ring.head(); offset = ring.at(offset).next) ++entries;
        return entries;
    };
    EXPECT_EQ(entries_with([](ObjectUpdate& other) { other.ioa = 2; }), 1);
    EXPECT_EQ(entries_with([](ObjectUpdate& other) { other.common_address = 2; }), 2);
    EXPECT_EQ(entries_with([](ObjectUpdate& other) { other.type = 3; }), 2);
    EXPECT_EQ(entries_with([](ObjectUpdate& other) { other.cause = Cause::return_local; }), 2);
    EXPECT_EQ(entries_with([](ObjectUpdate& other) { other.originator = 2; }), 2);
    EXPECT_EQ(entries_with([](ObjectUpdate& other) { other.test = true; }), 2);
    EXPECT_EQ(entries_with([](ObjectUpdate& other) { other.negative = true; }), 2);
}

}  // namespace
}  // namespace busbar::iec104
