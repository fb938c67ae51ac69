#include "manage/actions/login_limits.hpp"

#include <gtest/gtest.h>

namespace busbar::manage {
namespace {

TEST(LoginLimits, AnAddressHasABurstAndThenItsTurn) {
    LoginLimits limits;
    TimePoint now{};
    for (int i = 0; i < LoginLimits::burst; ++i) EXPECT_TRUE(limits.admits("10.0.0.1", now));
    EXPECT_FALSE(limits.admits("10.0.0.1", now));
    EXPECT_TRUE(limits.admits("10.0.0.2", now)) << "another address";
    now += LoginLimits::every;
    EXPECT_TRUE(limits.admits("10.0.0.1", now));
    EXPECT_FALSE(limits.admits("10.0.0.1", now)) << "what was refused does not count";
    now += LoginLimits::burst * LoginLimits::every;
    for (int i = 0; i < LoginLimits::burst; ++i) EXPECT_TRUE(limits.admits("10.0.0.1", now));
    EXPECT_FALSE(limits.admits("10.0.0.1", now));
}

TEST(LoginLimits, ANetworkOfIpv6IsOneAddress) {
    LoginLimits limits;
    for (int i = 0; i < LoginLimits::burst; ++i) EXPECT_TRUE(limits.admits("2001:db8::" + std::to_string(i + 1), {}));
    EXPECT_FALSE(limits.admits("2001:db8::ffff", {}));
    EXPECT_TRUE(limits.admits("2001:db8:0:1::1", {}));
    for (int i = 0; i < LoginLimits::burst; ++i) EXPECT_TRUE(limits.admits("10.0.0.1", {}));
    EXPECT_FALSE(limits.admits("::ffff:10.0.0.1", {})) << "the same address";
}

TEST(LoginLimits, RememberSoManyAddresses) {
    LoginLimits limits;
    for (int i = 0; i < 10'000; ++i) EXPECT_TRUE(limits.admits("a" + std::to_string(i), {}));
    EXPECT_EQ(limits.addresses(), LoginLimits::most_addresses);
}

TEST(LoginLimits, ForgetTheOneThatWasQuietForLongest) {
    LoginLimits limits;
    for (int i = 0; i <= LoginLimits::burst; ++i) limits.admits("guesser", {});
    for (std::size_t i = 1; i < LoginLimits::most_addresses; ++i) limits.admits("a" + std::to_string(i), {});
    EXPECT_FALSE(limits.admits("guesser", {})) << "is not quiet";
    limits.admits("one more", {});
    EXPECT_FALSE(limits.admits("guesser", {}));
}

}  // namespace
}  // namespace busbar::manage
