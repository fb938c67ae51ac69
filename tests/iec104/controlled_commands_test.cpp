#include "iec104/controlled_bench.hpp"

/// What the controlled station's session does with commands and their answers.
namespace busbar::iec104::test {
namespace {

const std::string confirmation = "2D 01 07 00 01 00 01 00 00 01", termination = "2D 01 0A 00 01 00 01 00 00 01";
const std::string return_information = "01 01 0B 00 01 00 05 00 00 01";

struct CommandsBench : ControlledBench {
    CommandsBench() {
        value({.ioa = 5});
        station.flush(now);
    }
    bool answer(ControlRoom& room, const std::string& asdu) { return room.session->send(octets_of(asdu), now); }
    void return_remote() { event({.ioa = 5, .cause = Cause::return_remote}); }
};

TEST(ControlledCommands, Case67_AnswersGoToWhoAskedAndReturnInformationToAll) {
    CommandsBench bench;
    auto first = bench.connect_and_start(bench.group("one")), second = bench.connect_and_start(bench.group("two"));
    EXPECT_EQ(first.request(command), "");
    EXPECT_EQ(first.events(), "command " + std::string(command));
    EXPECT_TRUE(bench.answer(first, confirmation));
    bench.return_remote();
    EXPECT_TRUE(bench.answer(first, termination));
    EXPECT_EQ(first.sent(), confirmation + " | " + return_information + " | " + termination);
    EXPECT_EQ(second.sent(), return_information);
}

TEST(ControlledCommands, AnswersGoWhileEventsAreHeld) {
    CommandsBench bench;
    auto room = bench.connect_and_start();
    room.session->hold_events(true);
    bench.return_remote();
    EXPECT_EQ(room.sent(), "");
    EXPECT_TRUE(bench.answer(room, termination));
    EXPECT_EQ(room.sent(), "");  // behind the event
    EXPECT_TRUE(bench.answer(room, confirmation));
    EXPECT_EQ(room.sent(), confirmation);
    room.session->hold_events(false);
    EXPECT_EQ(room.sent(), return_information + " | " + termination);
}

TEST(ControlledCommands, Case118_TwoCommandsInOneAsduAreAFault) {
    for (const auto* asdu : {"2D 02 06 00 01 00 01 00 00 01 02 00 00 01", "2D 81 06 00 01 00 01 00 00 01"}) {
        CommandsBench bench;
        auto room = bench.connect_and_start();
        room.request(asdu);
        EXPECT_EQ(room.events().find("command"), std::string::npos) << asdu;
        EXPECT_TRUE(room.closed()) << asdu;
        auto next = bench.connect_and_start(room.session->group());
        next.request(command);
        EXPECT_EQ(next.events(), "command " + std::string(command));
    }
}

}  // namespace
}  // namespace busbar::iec104::test
