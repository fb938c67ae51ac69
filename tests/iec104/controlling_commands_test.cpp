#include "iec104/controlling_bench.hpp"

/// A command leaves at once or not at all.
namespace busbar::iec104::test {
namespace {

ControllingConfig quiet() {
    ControllingConfig config;
    config.interrogate_on_start = false;
    config.link.k = 2;
    config.link.w = 1;
    return config;
}

TEST(ControllingCommands, LeaveAtOnce) {
    ControllingBench bench(quiet());
    EXPECT_FALSE(bench.session.send_now(octets_of(command), bench.now));  // no data transfer yet
    bench.start();
    EXPECT_TRUE(bench.session.send_now(octets_of(command), bench.now));
    EXPECT_EQ(bench.sent(), command);
}

TEST(ControllingCommands, AreNotKeptForAWindowThatIsFull) {
    ControllingBench bench(quiet());
    bench.start();
    EXPECT_TRUE(bench.session.send_now(octets_of(command), bench.now));
    EXPECT_TRUE(bench.session.send_now(octets_of(command), bench.now));
    EXPECT_FALSE(bench.session.send_now(octets_of(command), bench.now));  // k = 2
    EXPECT_EQ(bench.sent(), std::string(command) + " | " + std::string(command));
    bench.receive_frames(s_frame_of(2));
    EXPECT_EQ(bench.sent(), "");
    EXPECT_TRUE(bench.session.send_now(octets_of(command), bench.now));
}

TEST(ControllingCommands, OvertakeNoRequestThatWaits) {
    ControllingBench bench(quiet());
    bench.start();
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(bench.session.send(octets_of(command), bench.now));
    EXPECT_EQ(bench.sent(), std::string(command) + " | " + std::string(command));
    bench.receive_frames(s_frame_of(1));
    EXPECT_EQ(bench.sent(), command);
    EXPECT_FALSE(bench.session.send_now(octets_of(command), bench.now));
}

}  // namespace
}  // namespace busbar::iec104::test
