#include "sim/meter/meter_line.hpp"

#include "meter_bench.hpp"

namespace busbar::sim::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

constexpr const char* request_values = "68 0C 0C 68 73 01 00 A2 03 05 01 00 00 C0 C1 C2 62 16";
constexpr const char* request_energies = "68 0A 0A 68 73 01 00 A2 01 05 01 00 00 C0 DD 16";
constexpr const char* poll_0 = "10 5B 01 00 5C 16";
constexpr const char* poll_1 = "10 7B 01 00 7C 16";

TEST(MeterLine, AnswersTheWholeSessionAsMetersDo) {
    MeterBench bench;
    bench.log_in();
    EXPECT_EQ(bench.ask(request_values), MeterBench::ack);
    const std::string values = bench.ask(poll_0);
    EXPECT_THAT(values, StartsWith("68 68 68 68 08 01 00 A3 03 05 01 00 00 C0 "));
    EXPECT_EQ(values.size(), 110 * 3 - 1u);
    EXPECT_EQ(bench.ask("68 09 09 68 73 01 00 BB 00 06 01 00 00 36 16"), MeterBench::ack);
    EXPECT_EQ(bench.ask(poll_0), "68 09 09 68 08 01 00 BB 00 07 01 00 00 CC 16");
    EXPECT_THAT(bench.violations(), IsEmpty());
    EXPECT_EQ(bench.line().counters().logins, 1u);
}

TEST(MeterLine, GivesTheObjectsThatAreAskedFor) {
    MeterBench bench;
    bench.log_in();
    EXPECT_EQ(bench.ask("68 0A 0A 68 73 01 00 A2 01 05 01 00 00 C2 DF 16"), MeterBench::ack);
    EXPECT_THAT(bench.ask(poll_0), StartsWith("68 24 24 68 08 01 00 A3 01 05 01 00 00 C2 "));
    EXPECT_EQ(bench.ask("68 0A 0A 68 73 01 00 A2 01 05 01 00 00 C4 E1 16"), MeterBench::ack);
    EXPECT_THAT(bench.ask(poll_0), StartsWith("68 0A 0A 68 08 01 00 A2 01 11 01 00 00 C4 "));  // cause 17
}

TEST(MeterLine, HearsARequestInPieces) {
    MeterBench bench;
    EXPECT_EQ(bench.ask("10 49 01"), "");
    EXPECT_EQ(bench.ask("00 4A 16"), "10 0B 01 00 0C 16");
}

TEST(MeterLine, HasNothingToGiveBeforeItIsAsked) {
    MeterBench bench;
    bench.start();
    EXPECT_EQ(bench.ask(poll_1), MeterBench::no_data);
    EXPECT_EQ(bench.ask(poll_0), MeterBench::no_data);
    EXPECT_THAT(bench.violations(), IsEmpty());
}

TEST(MeterLine, TakesNothingWithoutALogin) {
    MeterBench bench;
    bench.start();
    EXPECT_EQ(bench.ask(request_values), MeterBench::nack);
}

TEST(MeterLine, EndsASessionThatWasIdleForTooLong) {
    MeterLineConfig config;
    config.meters.emplace_back().session_timeout = 60s;
    MeterBench bench(config);
    bench.log_in();
    bench.advance(60s);
    EXPECT_EQ(bench.ask(request_energies), MeterBench::ack);
    bench.ask(poll_0);
    bench.advance(61s);
    EXPECT_EQ(bench.ask(request_energies), MeterBench::nack);
}

TEST(MeterLine, RefusesAWrongPassword) {
    const std::string login = "68 0D 0D 68 73 01 00 B7 01 06 01 00 00 02 00 00 00 35 16";
    MeterBench negative;
    negative.start();
    EXPECT_EQ(negative.ask(login), MeterBench::ack);
    EXPECT_EQ(negative.ask(poll_0), "68 0D 0D 68 08 01 00 B7 01 47 01 00 00 02 00 00 00 0B 16");
    EXPECT_EQ(negative.ask(request_values), MeterBench::nack);
    EXPECT_EQ(negative.line().counters().refused_logins, 1u);

    MeterLineConfig config;
    config.meters.emplace_back().refusal = LoginRefusal::nack;
    MeterBench nack(config);
    nack.start();
    EXPECT_EQ(nack.ask(login), MeterBench::nack);

    config.meters[0].refusal = LoginRefusal::silent;
    MeterBench silent(config);
    silent.start();
    EXPECT_EQ(silent.ask(login), "");
}

TEST(MeterLine, ReturnsWhatIsForAnotherPointOrOfAnotherType) {
    MeterBench bench;
    bench.log_in();
    EXPECT_EQ(bench.ask("68 0A 0A 68 73 01 00 A2 01 05 02 00 00 C0 DE 16"), MeterBench::ack);
    EXPECT_THAT(bench.ask(poll_0), StartsWith("68 0A 0A 68 08 01 00 A2 01 10 02 00 00 C0 "));  // cause 16
    EXPECT_EQ(bench.ask("68 09 09 68 73 01 00 8D 00 05 01 00 00 07 16"), MeterBench::ack);
    EXPECT_THAT(bench.ask(poll_0), StartsWith("68 09 09 68 08 01 00 8D 00 0E 01 00 00 "));  // cause 14
}

TEST(MeterLine, OfAnOldMeterHasNoInstantaneousValues) {
    MeterLineConfig config;
    config.meters.emplace_back().instantaneous = false;
    MeterBench bench(config);
    bench.log_in();
    EXPECT_EQ(bench.ask(request_values), MeterBench::ack);
    EXPECT_EQ(bench.ask(poll_0), "68 0C 0C 68 08 01 00 A2 03 0E 01 00 00 C0 C1 C2 00 16");
}

TEST(MeterLine, RepeatsItsAnswerWithoutDoingAnythingTwice) {
    MeterBench bench;
    bench.log_in();
    EXPECT_EQ(bench.ask(request_energies), MeterBench::ack);
    EXPECT_EQ(bench.ask(request_energies), MeterBench::ack);
    const std::string values = bench.ask(poll_0);
    EXPECT_EQ(bench.ask(poll_0), values);
    EXPECT_EQ(bench.ask(poll_1), MeterBench::no_data);  // fetched once, gone
    EXPECT_EQ(bench.line().counters().repeats, 2u);
    EXPECT_EQ(bench.line().counters().requests, 2u);  // login, energies
    EXPECT_THAT(bench.violations(), IsEmpty());
}

TEST(MeterLine, SaysWhenTheMasterDoesNotCountItsFrames) {
    MeterBench bench;
    bench.log_in();
    EXPECT_EQ(bench.ask(request_energies), MeterBench::ack);
    EXPECT_EQ(bench.ask(poll_1), MeterBench::ack);  // FCB as in the frame before: for the meter a repeat
    EXPECT_THAT(bench.violations(), ElementsAre("FCB is not toggled in a new frame"));
    EXPECT_EQ(bench.line().counters().violations, 1u);
}

TEST(MeterLine, SaysWhenTheFirstFrameAfterAResetHasNoFcb) {
    MeterBench bench;
    bench.start();
    EXPECT_EQ(bench.ask(poll_0), MeterBench::no_data);
    EXPECT_THAT(bench.violations(), ElementsAre("FCB is 0 in the first frame after a reset"));
}

TEST(MeterLine, SaysWhenControlBitsDoNotSuitTheFunction) {
    MeterBench bench;
    bench.ask("10 69 01 00 6A 16");  // status with FCB
    bench.ask("10 59 01 00 5A 16");  // status with FCV
    bench.ask("10 4B 01 00 4C 16");  // class 2 without FCV
    bench.ask("10 44 01 00 45 16");  // function 4
    EXPECT_THAT(bench.violations(),
                ElementsAre("FCB is 1 without FCV", "FCV is 0 in a frame that is counted",
                            "FCV is 1 in a frame that is not counted", "function 4 is none of a master"));
}

TEST(MeterLine, SaysWhenACauseIsNotThatOfTheRequest) {
    MeterBench bench;
    bench.log_in();
    EXPECT_EQ(bench.ask("68 0A 0A 68 73 01 00 A2 01 06 01 00 00 C0 DE 16"), MeterBench::ack);
    EXPECT_THAT(bench.violations(), ElementsAre("type 162 with cause 6 instead of 5"));
}

TEST(MeterLine, TakesALoginWithoutAnyStartUp) {
    MeterBench bench;  // the Actaris of one log did
    EXPECT_EQ(bench.ask("68 0D 0D 68 73 01 00 B7 01 06 01 00 00 01 00 00 00 34 16"), MeterBench::ack);
    EXPECT_THAT(bench.violations(), IsEmpty());
}

TEST(MeterLine, KeepsItsStateWhenTheConnectionIsAnother) {
    MeterBench bench;
    bench.log_in();
    bench.reconnect();
    EXPECT_EQ(bench.ask(request_energies), MeterBench::ack);
}

TEST(MeterLine, ForgetsTheSessionWithAResetOfTheLink) {
    MeterBench bench;
    bench.log_in();
    bench.start();
    EXPECT_EQ(bench.ask(request_energies), MeterBench::nack);
}

TEST(MeterLine, HoldsSeveralMetersApart) {
    MeterLineConfig config;
    config.meters.resize(2);
    config.meters[1].link_address = 34572;
    config.meters[1].password = 7;
    MeterBench bench(config);
    bench.log_in();
    EXPECT_EQ(bench.ask("10 40 0C 87 D3 16"), "10 00 0C 87 93 16");
    EXPECT_EQ(bench.ask("68 0D 0D 68 73 0C 87 B7 01 06 01 00 00 07 00 00 00 CC 16"), "10 00 0C 87 93 16");
    EXPECT_EQ(bench.ask(request_energies), MeterBench::ack);  // the session of the first goes on
    EXPECT_EQ(bench.ask("10 49 03 00 4C 16"), "");            // for nobody here
    EXPECT_EQ(bench.line().foreign_frames(), 1u);
}

TEST(MeterLine, IsSilentToWhatIsNoRequest) {
    MeterBench bench;
    EXPECT_EQ(bench.ask("10 0B 01 00 0C 16"), "");  // PRM = 0: an answer
    EXPECT_EQ(bench.ask("10 49 01 00 4B 16"), "");  // checksum
    EXPECT_EQ(bench.ask("FF FF E5"), "");
    EXPECT_EQ(bench.ask("10 49 01 00 4A 16"), "10 0B 01 00 0C 16");
    EXPECT_EQ(bench.line().counters().frames, 1u);
}

TEST(MeterLine, AnswersAfterItsDelay) {
    MeterLineConfig config;
    config.delay = 100ms;
    MeterBench bench(config);
    EXPECT_EQ(bench.ask("10 49 01 00 4A 16"), "");
    bench.advance(99ms);
    EXPECT_EQ(bench.gathered(), "");
    bench.advance(1ms);
    EXPECT_EQ(bench.gathered(), "10 0B 01 00 0C 16");
}

TEST(MeterLine, SaysWhoItIsWhatTimeItIsAndItsRatios) {
    MeterBench bench;
    bench.log_in();
    EXPECT_EQ(bench.ask("68 09 09 68 73 01 00 64 00 05 01 00 00 DE 16"), MeterBench::ack);
    EXPECT_EQ(bench.ask(poll_0), "68 0F 0F 68 08 01 00 47 01 05 01 00 00 24 42 C6 12 E1 02 78 16");
    EXPECT_EQ(bench.ask("68 09 09 68 73 01 00 67 00 05 01 00 00 E1 16"), MeterBench::ack);
    // 2026-07-17 12:30:00.000 summer time, a Friday
    EXPECT_EQ(bench.ask(poll_0), "68 10 10 68 08 01 00 48 01 05 01 00 00 00 00 1E 8C B1 07 1A D4 16");
    EXPECT_EQ(bench.ask("68 0A 0A 68 73 01 00 9C 01 05 01 00 00 C6 DD 16"), MeterBench::ack);
    EXPECT_THAT(bench.ask(poll_0), StartsWith("68 1A 1A 68 08 01 00 9D 01 05 01 00 00 C6 A0 0F 00 00 A0 0F 00 00 "
                                              "D0 07 00 00 32 00 00 00 "));
}

TEST(MeterLine, TakesAnotherTime) {
    MeterBench bench;
    bench.log_in();
    // 2026-07-17 13:00:00 summer time: half an hour ahead
    EXPECT_EQ(bench.ask("68 10 10 68 73 01 00 B5 01 06 01 00 00 00 00 00 8D B1 07 1A 90 16"), MeterBench::ack);
    EXPECT_THAT(bench.ask(poll_0), StartsWith("68 10 10 68 08 01 00 B5 01 07 "));
    bench.advance(60s);
    EXPECT_EQ(bench.ask("68 09 09 68 73 01 00 67 00 05 01 00 00 E1 16"), MeterBench::ack);
    EXPECT_THAT(bench.ask(poll_0), StartsWith("68 10 10 68 08 01 00 48 01 05 01 00 00 00 00 01 8D B1 07 1A "));
}

TEST(MeterLine, DoesNotKnowConfigurationAndParametersOfThePoint) {
    MeterBench bench;
    bench.log_in();
    EXPECT_EQ(bench.ask("68 09 09 68 73 01 00 8D 00 05 01 00 00 07 16"), MeterBench::ack);  // 141
    EXPECT_EQ(bench.ask(poll_0), "68 09 09 68 08 01 00 8D 00 0E 01 00 00 A5 16");
    EXPECT_EQ(bench.ask("68 09 09 68 73 01 00 8D 01 05 01 00 00 08 16"), MeterBench::ack);  // 141, as others count it
    EXPECT_EQ(bench.ask(poll_0), "68 09 09 68 08 01 00 8D 01 0E 01 00 00 A6 16");
    EXPECT_EQ(bench.ask("68 09 09 68 73 01 00 B6 00 05 01 00 00 30 16"), MeterBench::ack);  // 182
    EXPECT_EQ(bench.ask(poll_0), "68 09 09 68 08 01 00 B6 00 0E 01 00 00 CE 16");
    EXPECT_EQ(bench.ask(request_energies), MeterBench::ack);  // and the session goes on
    EXPECT_THAT(bench.ask(poll_0), StartsWith("68 27 27 68 08 01 00 A3 01 05 01 00 00 C0 "));
    EXPECT_THAT(bench.violations(), IsEmpty());
}

TEST(MeterLine, RefusesARequestForNoObject) {
    MeterBench bench;
    bench.log_in();
    EXPECT_EQ(bench.ask("68 09 09 68 73 01 00 A2 00 05 01 00 00 1C 16"), MeterBench::ack);
    EXPECT_EQ(bench.ask(poll_0), "68 09 09 68 08 01 00 A2 00 11 01 00 00 BD 16");
}

TEST(MeterLine, ComplainsOfBitsThatNoRequestHas) {
    for (const char* request : {"68 0A 0A 68 73 01 00 A2 01 45 01 00 00 C0 1D 16",     // P/N
                                "68 0A 0A 68 73 01 00 A2 01 85 01 00 00 C0 5D 16",     // T
                                "68 0A 0A 68 73 01 00 A2 81 05 01 00 00 C0 5D 16"}) {  // SQ
        MeterBench bench;
        bench.log_in();
        bench.ask(request);
        EXPECT_THAT(bench.violations(), testing::Contains("P/N, T or SQ set in a request")) << request;
    }
}

TEST(MeterLine, TakesNothingAfterALogout) {
    MeterBench bench;
    bench.log_in();
    EXPECT_EQ(bench.ask("68 09 09 68 73 01 00 BB 00 06 01 00 00 36 16"), MeterBench::ack);
    EXPECT_EQ(bench.ask(poll_0), "68 09 09 68 08 01 00 BB 00 07 01 00 00 CC 16");
    EXPECT_EQ(bench.ask(request_values), MeterBench::nack);
}

TEST(MeterLine, RefusesATimeThatIsNone) {
    MeterBench bench;
    bench.log_in();
    EXPECT_EQ(bench.ask("68 10 10 68 73 01 00 B5 01 06 01 00 00 00 00 00 00 00 00 00 31 16"), MeterBench::ack);
    EXPECT_EQ(bench.ask(poll_0), "68 10 10 68 08 01 00 B5 01 47 01 00 00 00 00 00 00 00 00 00 07 16");
}

TEST(MeterLine, DropsARefusalThatWasNotFetched) {
    MeterBench bench("refuse@values:first-1");
    bench.log_in();
    EXPECT_EQ(bench.ask(request_energies), MeterBench::ack);
    EXPECT_EQ(bench.ask("68 09 09 68 53 01 00 67 00 05 01 00 00 C1 16"), MeterBench::ack);  // the time instead
    EXPECT_THAT(bench.ask(poll_1), StartsWith("68 10 10 68 08 01 00 48 01 05 "));
}

TEST(MeterLine, TakesTheTimeOfASerialLine) {
    MeterLineConfig config;
    config.octet_time = 1ms;
    config.delay = 20ms;
    MeterBench bench(config);
    EXPECT_EQ(bench.ask("10 49 01 00 4A 16"), "");
    bench.advance(31ms);  // 6 octets there, 20 of the meter, 6 octets back: 32
    EXPECT_EQ(bench.gathered(), "");
    bench.advance(1ms);
    EXPECT_EQ(bench.gathered(), "10 0B 01 00 0C 16");
}

TEST(MeterLine, TakesTheTimeOfOneAnswerAfterTheOther) {
    MeterLineConfig config;
    config.octet_time = 1ms;
    MeterBench bench(config);
    bench.ask("10 49 01 00 4A 16 10 49 01 00 4A 16");
    bench.advance(12ms);
    EXPECT_EQ(bench.gathered(), "10 0B 01 00 0C 16");
    bench.advance(5ms);
    EXPECT_EQ(bench.gathered(), "");
    bench.advance(1ms);
    EXPECT_EQ(bench.gathered(), "10 0B 01 00 0C 16");
}

TEST(MeterLine, KeepsABoundedNumberOfAnswersForAMasterThatDoesNotWait) {
    MeterLineConfig config;
    config.delay = 1s;
    MeterBench bench(config);
    for (int count = 0; count < 1024; ++count) bench.ask("10 49 01 00 4A 16");
    EXPECT_THAT(bench.violations(), IsEmpty());
    bench.ask("10 49 01 00 4A 16");
    EXPECT_THAT(bench.violations(), testing::ElementsAre("the master goes on without waiting for answers"));
    bench.advance(1s);
    EXPECT_EQ(bench.gathered().size(), 1024 * 18u - 1);
}

TEST(MeterLine, HandsOnALongAnswerInPieces) {
    MeterLineConfig config;
    config.octet_time = 1ms;
    MeterBench bench(config);
    for (const char* request : {"10 40 01 00 41 16", "68 0D 0D 68 73 01 00 B7 01 06 01 00 00 01 00 00 00 34 16"}) {
        bench.ask(request);
        bench.advance(100ms);
        EXPECT_EQ(bench.gathered(), MeterBench::ack);
    }
    bench.ask("10 5B 01 00 5C 16");  // answered by 19 octets
    bench.advance(6ms + 15ms);
    EXPECT_EQ(bench.gathered(), "");
    bench.advance(1ms);
    EXPECT_EQ(bench.gathered(), "68 0D 0D 68 08 01 00 B7 01 07 01 00 00 01 00 00");
    bench.advance(2ms);
    EXPECT_EQ(bench.gathered(), "");
    bench.advance(1ms);
    EXPECT_EQ(bench.gathered(), "00 CA 16");
}

}  // namespace
}  // namespace busbar::sim::test
