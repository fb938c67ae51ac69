#include "connector/iec104_server/command_points.hpp"

#include <gtest/gtest.h>

namespace busbar::connector {
namespace {

config::MappedPoint point(std::uint32_t ioa, std::uint8_t type) {
    config::MappedPoint made;
    made.casdu = 1;
    made.ioa = ioa;
    made.type = type;
    made.command = true;
    return made;
}

CommandPoints::Target target(const config::MappedPoint& with) {
    config::Mapping mapping;
    mapping.points = {with};
    return *CommandPoints(mapping).find(with.casdu, with.ioa, *with.type);
}

point::Value commanded(const config::MappedPoint& with, std::uint8_t type, point::Value value) {
    point::Point made;
    made.type = type;
    made.value = value;
    return apply_inverse(target(with), made) ? made.value : point::Value{};
}

TEST(CommandPoints, NothingMayBeCommandedByDefault) {
    config::Mapping mapping;
    EXPECT_EQ(CommandPoints(mapping).find(1, 1, 45), nullptr);
    mapping.points = {point(1, 45), point(2, 45)};
    mapping.points[1].command = false;
    const CommandPoints points(mapping);
    EXPECT_NE(points.find(1, 1, 45), nullptr);
    EXPECT_EQ(points.find(1, 2, 45), nullptr);
    EXPECT_EQ(points.find(2, 1, 45), nullptr);
}

TEST(CommandPoints, GoesToWhereThePointComesFrom) {
    auto entry = point(1, 45);
    entry.from = config::Address{101, 6001};
    point::Point made;
    made.type = 45;
    made.value = true;
    ASSERT_TRUE(apply_inverse(target(entry), made));
    EXPECT_EQ(made.casdu, 101);
    EXPECT_EQ(made.ioa, 6001u);
}

TEST(CommandPoints, TakesTheInverseOfScaleAndOffset) {
    auto entry = point(1, 50);
    entry.scale = 2;
    entry.offset = 10;
    EXPECT_EQ(commanded(entry, 50, 30.0), point::Value{10.0});
    EXPECT_EQ(commanded(entry, 63, 30.0), point::Value{10.0});
    entry.type = 49;
    EXPECT_EQ(commanded(entry, 49, std::int64_t{31}), point::Value{std::int64_t{11}});  // 10.5 is rounded
    entry.type = 45;
    EXPECT_EQ(commanded(entry, 45, true), point::Value{true});  // has nothing to scale
}

TEST(CommandPoints, SaturatesNothing) {
    auto entry = point(1, 49);
    entry.scale = 0.1;
    EXPECT_EQ(commanded(entry, 49, std::int64_t{3276}), point::Value{std::int64_t{32760}});
    EXPECT_EQ(commanded(entry, 49, std::int64_t{3277}), point::Value{});
    entry.type = 48;
    EXPECT_EQ(commanded(entry, 48, 0.2), point::Value{});
    entry.type = 50;
    entry.scale = 1e-10;
    EXPECT_EQ(commanded(entry, 50, 1e30), point::Value{});
}

TEST(CommandPoints, InvertsStates) {
    auto entry = point(1, 45);
    entry.invert = true;
    EXPECT_EQ(commanded(entry, 45, true), point::Value{false});
    EXPECT_EQ(commanded(entry, 58, false), point::Value{true});
    entry.type = 46;
    EXPECT_EQ(commanded(entry, 46, std::int64_t{1}), point::Value{std::int64_t{2}});
    EXPECT_EQ(commanded(entry, 59, std::int64_t{2}), point::Value{std::int64_t{1}});
    entry.type = 47;
    EXPECT_EQ(commanded(entry, 47, std::int64_t{1}), point::Value{std::int64_t{1}});  // lower stays lower
}

}  // namespace
}  // namespace busbar::connector
