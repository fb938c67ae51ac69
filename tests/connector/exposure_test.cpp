#include "connector/iec104_server/exposure.hpp"

#include <gtest/gtest.h>

namespace busbar::connector {
namespace {

point::Point point_of(std::uint8_t type, point::Value value) {
    point::Point point;
    point.casdu = 1;
    point.ioa = 100;
    point.type = type;
    point.value = value;
    return point;
}

config::MappedPoint entry(std::uint16_t casdu, std::uint32_t ioa) {
    config::MappedPoint point;
    point.casdu = casdu;
    point.ioa = ioa;
    return point;
}

TEST(Exposure, WithoutAMappingEveryPointAppearsAsItIs) {
    Exposure exposure;
    ASSERT_EQ(exposure.targets(7, 8).size(), 1u);
    EXPECT_EQ(exposure.targets(7, 8)[0].mapping, nullptr);
}

TEST(Exposure, MappedShowsOnlyItsEntriesAndOnePointMayAppearTwice) {
    config::Mapping mapping;
    mapping.expose = config::Exposure::mapped;
    mapping.points = {entry(2, 200), entry(3, 300)};
    mapping.points[0].from = mapping.points[1].from = config::Address{1, 100};
    Exposure exposure(mapping);
    ASSERT_EQ(exposure.targets(1, 100).size(), 2u);
    EXPECT_EQ(exposure.targets(1, 100)[1].mapping->ioa, 300u);
    EXPECT_TRUE(exposure.targets(2, 200).empty());
    EXPECT_TRUE(exposure.targets(1, 101).empty());
}

TEST(Exposure, AnEntryHidesAnUnmappedPointAtItsAddress) {
    config::Mapping mapping;
    mapping.points = {entry(2, 200)};
    mapping.points[0].from = config::Address{1, 100};
    Exposure exposure(mapping);
    EXPECT_EQ(exposure.targets(1, 100).size(), 1u);
    EXPECT_TRUE(exposure.targets(2, 200).empty()) << "two sources must not fight over one address";
    EXPECT_EQ(exposure.targets(2, 201).size(), 1u);
}

TEST(Exposure, CommandEntriesDoNotShowAnything) {
    config::Mapping mapping;
    mapping.expose = config::Exposure::mapped;
    mapping.points = {entry(1, 100)};
    mapping.points[0].command = true;
    Exposure exposure(mapping);
    EXPECT_TRUE(exposure.targets(1, 100).empty());
}

TEST(Apply, ScalesThenOffsets) {
    auto mapping = entry(1, 1);
    mapping.scale = 0.5;
    mapping.offset = 10;
    auto point = point_of(36, 4.0);
    apply(mapping, point);
    EXPECT_EQ(std::get<double>(point.value), 12.0);
}

TEST(Apply, SaturatesWithOverflowWhereTheTypeIsNarrower) {
    auto mapping = entry(1, 1);
    mapping.type = 11;
    auto point = point_of(36, 1e6);
    apply(mapping, point);
    EXPECT_EQ(std::get<std::int64_t>(point.value), 32767);
    EXPECT_TRUE(point.quality.has(point::Flag::OV));
    mapping.type = 9;
    point = point_of(36, -3.0);
    apply(mapping, point);
    EXPECT_EQ(std::get<double>(point.value), -1.0);
    EXPECT_TRUE(point.quality.has(point::Flag::OV));
}

TEST(Apply, ConvertsStatesBothWaysAndInverts) {
    auto mapping = entry(1, 1);
    mapping.type = 31;
    auto point = point_of(30, true);
    apply(mapping, point);
    EXPECT_EQ(std::get<std::int64_t>(point.value), 2);
    mapping.invert = true;
    point = point_of(30, true);
    apply(mapping, point);
    EXPECT_EQ(std::get<std::int64_t>(point.value), 1);
    point = point_of(31, std::int64_t{0});
    apply(mapping, point);
    EXPECT_EQ(std::get<std::int64_t>(point.value), 0) << "intermediate has no opposite";
    mapping.type = 30;
    point = point_of(31, std::int64_t{3});
    apply(mapping, point);
    EXPECT_TRUE(point.quality.has(point::Flag::IV)) << "a single point cannot say indeterminate";
}

TEST(Apply, MarksAValueThatCannotBeANumber) {
    auto mapping = entry(1, 1);
    mapping.type = 13;
    auto point = point_of(38, point::Composite{});
    apply(mapping, point);
    EXPECT_TRUE(point.quality.has(point::Flag::IV));
    EXPECT_EQ(std::get<double>(point.value), 0.0);
}

TEST(Apply, LeavesBitsAloneWhenOnlyTheAddressChanges) {
    auto mapping = entry(9, 9);
    auto point = point_of(13, 1.5);
    point.raw.size = 5;
    apply(mapping, point);
    EXPECT_EQ(point.raw.size, 5);
    EXPECT_EQ(point.casdu, 9);
}

TEST(Deadband, HoldsBackSmallChangesButNeverAQualityChange) {
    auto mapping = entry(1, 100);
    mapping.deadband = 1.0;
    Exposure::Target target{&mapping, std::nullopt, {}};
    auto point = point_of(36, 10.0);
    EXPECT_FALSE(within_deadband(target, point));
    point.value = 10.9;
    EXPECT_TRUE(within_deadband(target, point));
    point.value = 11.0;
    EXPECT_FALSE(within_deadband(target, point));
    point.value = 11.1;
    point.quality.set(point::Flag::NT);
    EXPECT_FALSE(within_deadband(target, point));
}

}  // namespace
}  // namespace busbar::connector
