#include "sim/scada/command_follower.hpp"

#include "bench.hpp"

namespace busbar::sim::test {
namespace {

std::string encoded(std::string_view words, bool select = false) {
    const auto request = parse_command(words);
    EXPECT_TRUE(request) << request.error().what;
    iec60870::AsduWriter writer;
    return hex(encode_command(*request, select, iec60870::Cause::activation, 3, UtcTime(1795251600123ms), writer));
}

struct Row {
    std::string_view words;
    std::string_view asdu;
};

class CommandWords : public testing::TestWithParam<Row> {};

TEST_P(CommandWords, BecomeAnAsdu) { EXPECT_EQ(encoded(GetParam().words), GetParam().asdu); }

INSTANTIATE_TEST_SUITE_P(Types, CommandWords,
                         testing::Values(Row{"45 1 10 on", "2D 01 06 03 01 00 0A 00 00 01"},
                                         Row{"45 1 10 off qualifier=1", "2D 01 06 03 01 00 0A 00 00 04"},
                                         Row{"46 258 65537 on", "2E 01 06 03 02 01 01 00 01 02"},
                                         Row{"46 1 10 off", "2E 01 06 03 01 00 0A 00 00 01"},
                                         Row{"46 1 10 3", "2E 01 06 03 01 00 0A 00 00 03"},
                                         Row{"47 1 10 higher", "2F 01 06 03 01 00 0A 00 00 02"},
                                         Row{"48 1 10 -0.5", "30 01 06 03 01 00 0A 00 00 00 C0 00"},
                                         Row{"48 1 10 1", "30 01 06 03 01 00 0A 00 00 FF 7F 00"},
                                         Row{"49 1 10 -2 qualifier=64", "31 01 06 03 01 00 0A 00 00 FE FF 40"},
                                         Row{"50 1 10 1.5", "32 01 06 03 01 00 0A 00 00 00 00 C0 3F 00"},
                                         Row{"51 1 10 4294967295", "33 01 06 03 01 00 0A 00 00 FF FF FF FF"},
                                         Row{"58 1 10 on", "3A 01 06 03 01 00 0A 00 00 01 7B 00 00 09 15 0B 1A"},
                                         Row{"45 1 10 on test", "2D 01 86 03 01 00 0A 00 00 01"}));

TEST(CommandWords, CarryTheSelectBitWhereTheTypeHasIt) {
    EXPECT_EQ(encoded("45 1 10 on", true), "2D 01 06 03 01 00 0A 00 00 81");
    EXPECT_EQ(encoded("50 1 10 1.5", true), "32 01 06 03 01 00 0A 00 00 00 00 C0 3F 80");
}

TEST(CommandWords, AreNamedIfTheyAreWrong) {
    EXPECT_EQ(parse_command("45 1 10").error().what, "a command needs TYPE CASDU IOA VALUE");
    EXPECT_EQ(parse_command("44 1 10 on").error().what, "\"44\" is no command type (45-51, 58-64, 110-113)");
    EXPECT_EQ(parse_command("45 0 10 on").error().what, "\"0\" is no common address");
    EXPECT_EQ(parse_command("45 1 16777216 on").error().what, "\"16777216\" is no information object address");
    EXPECT_EQ(parse_command("45 1 10 2").error().what, "\"2\" is no value of type 45");
    EXPECT_EQ(parse_command("49 1 10 1.5").error().what, "\"1.5\" is no value of type 49");
    EXPECT_EQ(parse_command("45 1 10 on now").error().what,
              "\"now\": neither a mode, nor qualifier=0 to 127, nor test");
}

/// Tells what is sent and what is known of it.
class FollowerBench {
public:
    std::string start(std::string_view words) {
        const auto step = follower.start(*parse_command(words), now);
        return step ? name(*step) : "full";
    }
    std::string answer(std::string_view asdu) {
        const OctetBuffer octets = octets_of(asdu);
        const auto view = iec60870::AsduView::parse(octets);
        const auto answered = follower.answer(*view, now);
        if (!answered) return "not ours";
        return std::string(to_string(answered->outcome)) + (answered->next ? ", " + name(*answered->next) : "");
    }
    static std::string name(const CommandFollower::Step& step) {
        if (step.cause == iec60870::Cause::deactivation) return "cancel";
        return step.select ? "select" : "execute";
    }

    TimePoint now{};
    CommandFollower follower{15s};
};

constexpr std::string_view confirmed = "2D 01 07 00 01 00 0A 00 00 01", refused = "2D 01 47 00 01 00 0A 00 00 01";
constexpr std::string_view terminated = "2D 01 0A 00 01 00 0A 00 00 01",
                           unknown_address = "2D 01 6F 00 01 00 0A 00 00 01";

TEST(CommandFollower, FollowsADirectCommand) {
    FollowerBench bench;
    EXPECT_EQ(bench.start("45 1 10 on"), "execute");
    EXPECT_EQ(bench.answer(confirmed), "confirmed");
    EXPECT_EQ(bench.answer(terminated), "terminated");
    EXPECT_EQ(bench.answer(terminated), "not ours");
}

TEST(CommandFollower, ExecutesWhenTheSelectionIsConfirmed) {
    FollowerBench bench;
    EXPECT_EQ(bench.start("45 1 10 on select"), "select");
    EXPECT_EQ(bench.answer(confirmed), "selected, execute");
    EXPECT_EQ(bench.answer(confirmed), "confirmed");
    EXPECT_EQ(bench.answer(terminated), "terminated");
}

TEST(CommandFollower, DoesNotExecuteWhatIsRefused) {
    for (const std::string_view answer : {refused, unknown_address}) {
        FollowerBench bench;
        bench.start("45 1 10 on select");
        EXPECT_EQ(bench.answer(answer), "refused");
        EXPECT_FALSE(bench.follower.next_deadline());
    }
}

TEST(CommandFollower, SelectsOnlyOrCancels) {
    FollowerBench bench;
    EXPECT_EQ(bench.start("45 1 10 on select-only"), "select");
    EXPECT_EQ(bench.answer(confirmed), "selected");
    EXPECT_EQ(bench.start("45 1 10 on cancel"), "cancel");
    EXPECT_EQ(bench.answer("2D 01 09 00 01 00 0A 00 00 81"), "cancelled");
}

TEST(CommandFollower, KnowsWhatNobodyAnswered) {
    FollowerBench bench;
    bench.start("45 1 10 on");
    bench.start("46 1 11 on");
    bench.answer(confirmed);
    EXPECT_EQ(bench.follower.next_deadline(), bench.now + 15s);
    EXPECT_FALSE(bench.follower.take_unknown(bench.now + 14s));
    const auto unknown = bench.follower.take_unknown(bench.now + 15s);
    ASSERT_TRUE(unknown);
    EXPECT_EQ(unknown->ioa, 11u);  // the confirmed one only lacks its termination
    EXPECT_FALSE(bench.follower.take_unknown(bench.now + 15s));
}

TEST(CommandFollower, DoesNotTakeOtherAnswersForItsOwn) {
    FollowerBench bench;
    bench.start("45 1 10 on");
    EXPECT_EQ(bench.answer("2D 01 07 00 01 00 0B 00 00 01"), "not ours");
    EXPECT_EQ(bench.answer("2D 01 07 00 02 00 0A 00 00 01"), "not ours");
    EXPECT_EQ(bench.answer("2E 01 07 00 01 00 0A 00 00 01"), "not ours");
}

TEST(CommandFollower, TakesABoundedNumber) {
    FollowerBench bench;
    for (std::size_t i = 0; i < CommandFollower::most_pending; ++i) EXPECT_EQ(bench.start("45 1 10 on"), "execute");
    EXPECT_EQ(bench.start("45 1 10 on"), "full");
}

}  // namespace
}  // namespace busbar::sim::test
