#include "connector/iec104_client/known_values.hpp"

#include <gtest/gtest.h>

namespace busbar::connector {
namespace {

using namespace std::chrono_literals;

constexpr Octet on[] = {0x01}, off[] = {0x00};
const UtcTime nine{9h}, ten{10h};

TEST(KnownValues, TellsAnEqualValueFromAChangedOne) {
    KnownValues known;
    EXPECT_FALSE(known.exchange(1, 100, 1, on, std::nullopt, true).equal) << "the first is never equal";
    EXPECT_TRUE(known.exchange(1, 100, 1, on, std::nullopt, true).equal);
    EXPECT_FALSE(known.exchange(1, 100, 1, off, std::nullopt, true).equal);
    EXPECT_FALSE(known.exchange(1, 100, 3, off, std::nullopt, true).equal) << "another type";
    EXPECT_FALSE(known.exchange(2, 100, 3, off, std::nullopt, true).equal) << "another station";
}

TEST(KnownValues, Case140_AnInterrogatedValueOlderThanTheEventDoesNotReplaceIt) {
    KnownValues known;
    known.exchange(1, 100, 1, on, ten, false);
    EXPECT_TRUE(known.exchange(1, 100, 1, off, nine, true).newer);
    EXPECT_TRUE(known.exchange(1, 100, 1, on, std::nullopt, true).equal) << "the event's value stayed";
}

TEST(KnownValues, EventsCountInTheOrderTheyComeWhenTheStationsClockStepsBack) {
    KnownValues known;
    known.exchange(1, 100, 1, on, ten, false);
    EXPECT_FALSE(known.exchange(1, 100, 1, off, nine, false).newer);
    EXPECT_FALSE(known.exchange(1, 100, 1, off, nine, true).newer) << "the clock that counts is the last event's";
}

TEST(KnownValues, ReportsTheSequenceNumberOfTheCounterBefore) {
    KnownValues known;
    constexpr Octet first[] = {1, 0, 0, 0, 0x05}, second[] = {2, 0, 0, 0, 0x07};
    EXPECT_FALSE(known.exchange(1, 1, 15, first, std::nullopt, true).counter);
    EXPECT_EQ(known.exchange(1, 1, 15, second, std::nullopt, true).counter, 0x05);
}

TEST(KnownValues, KeepsNeighboursAndStationsApart) {
    KnownValues known;
    for (std::uint16_t casdu = 1; casdu <= 3; ++casdu) {
        for (std::uint32_t ioa = 0; ioa < 40; ++ioa) {
            const Octet element[] = {static_cast<Octet>(casdu * 50 + ioa)};
            EXPECT_FALSE(known.exchange(casdu, ioa, 3, element, std::nullopt, true).equal) << casdu << "/" << ioa;
        }
    }
    for (std::uint16_t casdu = 1; casdu <= 3; ++casdu) {
        for (std::uint32_t ioa = 0; ioa < 40; ++ioa) {
            const Octet element[] = {static_cast<Octet>(casdu * 50 + ioa)};
            EXPECT_TRUE(known.exchange(casdu, ioa, 3, element, std::nullopt, true).equal) << casdu << "/" << ioa;
        }
    }
    known.clear();
    constexpr Octet first[] = {50};
    EXPECT_FALSE(known.exchange(1, 0, 3, first, std::nullopt, true).equal);
}

TEST(KnownValues, WhatHasNoRoomCountsAsChanged) {
    KnownValues known;
    for (std::uint32_t block = 0; block < KnownValues::capacity; ++block)
        known.exchange(1, block * KnownValues::block_size, 1, on, std::nullopt, true);
    EXPECT_TRUE(known.exchange(1, 0, 1, on, std::nullopt, true).equal);
    EXPECT_FALSE(known.exchange(2, 0, 1, on, std::nullopt, true).equal);
    EXPECT_FALSE(known.exchange(2, 0, 1, on, std::nullopt, true).equal);
}

}  // namespace
}  // namespace busbar::connector
