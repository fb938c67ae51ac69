#include "net/accept_gate.hpp"

#include <gtest/gtest.h>

namespace busbar::net {
namespace {

using namespace std::chrono_literals;

const IpAddress scada = IpAddress::v4({10, 1, 0, 7});
const IpAddress other = IpAddress::v4({10, 1, 0, 8});
const TimePoint start{};

TEST(AcceptGate, Case39_LetsInUpToTheLimitAndAgainWhenOneHasLeft) {
    AcceptGate gate;
    gate.set_limits({.connections = 2});
    EXPECT_FALSE(gate.enter(scada, start));
    EXPECT_FALSE(gate.enter(other, start));
    EXPECT_EQ(gate.enter(scada, start), Refusal::full);
    gate.left(other);
    EXPECT_FALSE(gate.enter(scada, start));
    EXPECT_EQ(gate.connections(), 2u);
}

TEST(AcceptGate, CountsEachAddressByItself) {
    AcceptGate gate;
    gate.set_limits({.connections_per_address = 1});
    EXPECT_FALSE(gate.enter(scada, start));
    EXPECT_EQ(gate.enter(scada, start), Refusal::full_for_address);
    EXPECT_FALSE(gate.enter(other, start));
    gate.left(scada);
    EXPECT_FALSE(gate.enter(scada, start));
}

TEST(AcceptGate, Case40_RefusesWhoIsNotInTheList) {
    AcceptGate gate;
    gate.set_limits({.allowed = AllowList::parse({"10.1.0.7"}).value()});
    EXPECT_FALSE(gate.enter(scada, start));
    EXPECT_EQ(gate.enter(other, start), Refusal::not_allowed);
}

TEST(AcceptGate, LetsAnAddressInNoFasterThanPermittedAfterItsBurst) {
    AcceptGate gate;
    gate.set_limits({.accepts_per_second = 2, .burst = 3});
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(gate.enter(scada, start));
    EXPECT_EQ(gate.enter(scada, start), Refusal::too_fast);
    EXPECT_FALSE(gate.enter(other, start));
    EXPECT_EQ(gate.enter(scada, start + 400ms), Refusal::too_fast);
    EXPECT_FALSE(gate.enter(scada, start + 500ms));
    EXPECT_EQ(gate.enter(scada, start + 501ms), Refusal::too_fast);
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(gate.enter(scada, start + 1h));
    EXPECT_EQ(gate.enter(scada, start + 1h), Refusal::too_fast);  // the bucket holds the burst and no more
}

TEST(AcceptGate, RemembersABoundedNumberOfAddressesAndForgetsTheQuietOnesFirst) {
    AcceptGate gate;
    gate.set_limits({.accepts_per_second = 1, .burst = 2});
    const auto nth = [](std::size_t n) {
        return IpAddress::v4({10, 0, static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)});
    };
    for (std::size_t n = 0; n < AcceptGate::addresses_remembered; ++n) {
        ASSERT_FALSE(gate.enter(nth(n), start));
        gate.left(nth(n));
    }
    EXPECT_EQ(gate.enter(scada, start + 999ms), Refusal::full);  // each of them still lacks a token
    EXPECT_FALSE(gate.enter(scada, start + 1s));
}

TEST(AcceptGate, TakesNewLimitsForConnectionsToCome) {
    AcceptGate gate;
    EXPECT_FALSE(gate.enter(scada, start));
    EXPECT_FALSE(gate.enter(scada, start));
    gate.set_limits({.connections = 2});
    EXPECT_EQ(gate.enter(scada, start), Refusal::full);
}

}  // namespace
}  // namespace busbar::net
