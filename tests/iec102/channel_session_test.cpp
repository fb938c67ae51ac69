// The dialogue with one meter, octet for octet: sections 4, 5, 11 and 12 of the protocol reference.
#include "channel_bench.hpp"

namespace busbar::iec102::test {
namespace {

constexpr std::string_view status = "10 49 01 00 4A 16", status_of_link = "10 0B 01 00 0C 16";
constexpr std::string_view reset = "10 40 01 00 41 16", ack = "10 00 01 00 01 16";
constexpr std::string_view login = "68 0D 0D 68 73 01 00 B7 01 06 01 00 00 01 00 00 00 34 16";
constexpr std::string_view login_done = "68 0D 0D 68 08 01 00 B7 01 07 01 00 00 01 00 00 00 CA 16";
constexpr std::string_view poll_0 = "10 5B 01 00 5C 16", poll_1 = "10 7B 01 00 7C 16";
constexpr std::string_view read_1 = "68 0C 0C 68 73 01 00 A2 03 05 01 00 00 C0 C1 C2 62 16";
constexpr std::string_view read_0 = "68 0C 0C 68 53 01 00 A2 03 05 01 00 00 C0 C1 C2 42 16";
constexpr std::string_view all_values =
    "68 68 68 68 08 01 00 A3 03 05 01 00 00"
    "C0 62 E7 03 00 D2 0F 01 00 99 B1 00 00 5E 25 00 00 9D 01 00 00 06 0B 00 00 37 92 6E 04 15"
    "C1 08 00 00 03 00 00 9A 03 02 00 00 00 00 00 DC 01 03 00 00 01 00 00 05 02 02 00 00 01 00 00 AA 01 37 92 6E 04 15"
    "C2 0C 00 00 55 09 00 00 0D 00 00 55 09 00 00 0C 00 00 47 09 00 00 37 92 6E 04 15 03 16";
constexpr std::string_view end = "68 09 09 68 73 01 00 BB 00 06 01 00 00 36 16";
constexpr std::string_view ended = "68 09 09 68 08 01 00 BB 00 07 01 00 00 CC 16";
constexpr std::string_view no_data = "10 09 01 00 0A 16", nack = "10 01 01 00 02 16", nack_busy = "10 11 01 00 12 16";

/// One meter, link 1, point 1, password 1.
class Bench : public ChannelBench {
public:
    explicit Bench(ChannelConfig config = {}) : ChannelBench(config) {
        connect();
        advance(200ms);  // settling
        channel.set_devices({meter_config("m", 1)}, now);
        pump();
        events();
    }
    /// Hears what was sent and what is answered.
    void expect(std::string_view expected, std::string_view answer) {
        EXPECT_EQ(sent(), expected);
        receive(answer);
    }
    void open() {
        expect(status, status_of_link);
        expect(reset, ack);
        expect(login, ack);
        expect(poll_0, login_done);
    }
    void open_and_read() {
        open();
        expect(read_1, ack);
        expect(poll_0, all_values);
        EXPECT_EQ(events(), "m good; m values 192 193 194");
    }
    /// Lets attempts pass unanswered; returns what was sent.
    std::string silence(Duration duration) {
        advance(duration);
        return sent();
    }
};

std::string times(unsigned count, std::string_view frame) {
    std::string text;
    for (unsigned index = 0; index < count; ++index) text += (index == 0 ? "" : " | ") + std::string{frame};
    return text;
}

TEST(MeterSession, TheWorkedSessionOctetForOctet) {
    Bench bench;
    bench.open_and_read();
    const InstantaneousValues& read_values = bench.values["m"];
    EXPECT_EQ(read(Variable::energy_active_imported, read_values)->value, 255842);
    EXPECT_EQ(read(Variable::voltage_phase3, read_values)->value, 237.5);
    bench.channel.pause(bench.now);
    bench.pump();
    bench.expect(end, ack);
    bench.expect(poll_0, ended);
    EXPECT_EQ(bench.events(), "line free");
    EXPECT_EQ(bench.sent(), "");
}

TEST(MeterSession, ReadsAgainAtTheScanRateWithoutANewSession) {
    Bench bench;
    bench.open_and_read();
    bench.advance(999ms);
    EXPECT_EQ(bench.sent(), "");
    bench.advance(1ms);
    bench.expect(read_1, ack);
    bench.expect(poll_0, all_values);
    EXPECT_EQ(bench.events(), "m values 192 193 194");
}

TEST(MeterSession, APollMoreChangesTheSidesOfTheFrameCountBit) {
    Bench bench;
    bench.open_and_read();
    bench.advance(1000ms);
    bench.expect(read_1, ack);
    bench.expect(poll_0, no_data);
    EXPECT_EQ(bench.sent(), "");
    bench.advance(200ms);
    bench.expect(poll_1, all_values);
    bench.advance(1000ms);
    bench.expect(read_0, ack);
    bench.expect(poll_1, all_values);
}

TEST(MeterSession, ARepetitionKeepsTheFrameCountBit) {
    Bench bench;
    bench.open_and_read();
    bench.advance(1000ms);
    EXPECT_EQ(bench.sent(), read_1);
    bench.advance(2999ms);
    EXPECT_EQ(bench.sent(), "");
    bench.advance(1ms);
    bench.expect(read_1, ack);  // the same octets
    EXPECT_EQ(bench.silence(3000ms), std::string(poll_0) + " | " + std::string(poll_0));
    bench.receive(all_values);
    EXPECT_EQ(bench.events(), "m values 192 193 194");
}

TEST(MeterSession, AfterAllRepetitionsTheSessionIsOpenedAnewWithFrameCountOne) {
    Bench bench;
    bench.open_and_read();
    bench.advance(1000ms);
    EXPECT_EQ(bench.silence(12s), times(4, read_1) + " | " + std::string(status));
    EXPECT_EQ(bench.events(), "m failing: no answer to 4 attempts");
    bench.receive(status_of_link);
    bench.expect(reset, ack);
    bench.expect(login, ack);  // 73: FCB = 1
    bench.expect(poll_0, login_done);
    bench.expect(read_1, ack);
    bench.expect(poll_0, all_values);
    EXPECT_EQ(bench.events(), "m good; m values 192 193 194");
}

TEST(MeterSession, WithRetriesZeroThereIsOneAttempt) {
    ChannelConfig config;
    config.retries = 0;
    Bench bench{config};
    EXPECT_EQ(bench.sent(), status);
    bench.advance(3s);
    EXPECT_EQ(bench.events(), "m failing: no answer to 1 attempts");
}

TEST(MeterSession, WaitsTheInterRequestDelayAfterAnAnswer) {
    ChannelConfig config;
    config.line.inter_request_delay = 50ms;
    Bench bench{config};
    bench.expect(status, status_of_link);
    bench.advance(49ms);
    EXPECT_EQ(bench.sent(), "");
    bench.advance(1ms);
    EXPECT_EQ(bench.sent(), reset);
}

TEST(MeterSession, FirstBadOctetsAreOvercomeByTheRepetition) {
    Bench bench;
    bench.expect(status, "10 0B 01 00 0D 16");
    bench.advance(3s);
    bench.expect(status, status_of_link);
    EXPECT_EQ(bench.sent(), reset);
}

TEST(MeterSession, EchoesAndForeignAddressesAreNotAnswers) {
    Bench bench;
    bench.expect(status, std::string(status));  // our own frame
    bench.receive("FF FF");                     //
    bench.receive("10 0B 02 00 0D 16");         // link address 2
    EXPECT_EQ(bench.sent(), "");
    bench.receive(status_of_link);
    EXPECT_EQ(bench.sent(), reset);
    EXPECT_EQ(bench.channel.counters().echoes, 1u);
    EXPECT_EQ(bench.channel.counters().foreign, 1u);
}

TEST(MeterSession, AnAnswerToSomethingElseIsWaitedOver) {
    Bench bench;
    bench.open();
    bench.expect(read_1, ack);
    bench.expect(poll_0, ack);  // the ACK again, late
    EXPECT_EQ(bench.sent(), "");
    bench.receive(all_values);
    EXPECT_EQ(bench.events(), "m good; m values 192 193 194");
    EXPECT_EQ(bench.channel.counters().unfitting, 1u);
}

TEST(MeterSession, OldDataIsNoAcknowledgement) {
    Bench bench;
    bench.open_and_read();
    bench.advance(1000ms);
    bench.expect(read_1, all_values);  // the answer to an earlier poll, late
    bench.receive(no_data);
    EXPECT_EQ(bench.sent(), "");
    bench.receive(ack);
    EXPECT_EQ(bench.sent(), poll_0);
    EXPECT_EQ(bench.channel.counters().unfitting, 2u);
}

TEST(MeterSession, WhatCameBeforeTheRequestIsNotItsAnswer) {
    Bench bench;
    bench.open_and_read();
    bench.receive(all_values);  // unasked
    EXPECT_EQ(bench.events(), "");
    bench.advance(1000ms);
    bench.expect(read_1, "10 00 01");  // the beginning of an ACK that goes on too late
    bench.advance(3s);
    bench.expect(read_1, "00 01 16");
    EXPECT_EQ(bench.sent(), "");
    EXPECT_EQ(bench.channel.counters().unasked_octets, 110u);
}

TEST(MeterSession, AFrameThatBeganInTimeIsReceivedToItsEnd) {
    Bench bench;
    bench.open();
    bench.expect(read_1, ack);
    EXPECT_EQ(bench.sent(), poll_0);
    const OctetBuffer octets = from_hex(all_values).value();
    bench.advance(2990ms);
    for (std::size_t at = 0; at < octets.size(); at += 10) {  // 110 octets, 20 ms for ten
        bench.receive(OctetBuffer(octets.begin() + static_cast<std::ptrdiff_t>(at),
                                  octets.begin() + static_cast<std::ptrdiff_t>(at + 10)));
        bench.advance(20ms);
    }
    EXPECT_EQ(bench.events(), "m good; m values 192 193 194");
    EXPECT_EQ(bench.channel.counters().silences, 0u);
}

TEST(MeterSession, NoiseDoesNotProlongTheTimeOut) {
    Bench bench;
    EXPECT_EQ(bench.sent(), status);
    for (int step = 0; step < 100; ++step) {
        bench.receive("10");  // may begin a frame, each time
        bench.advance(100ms);
    }
    EXPECT_GE(bench.channel.counters().silences, 2u);
}

TEST(MeterSession, NackIsAnsweredByOneNewFrameThenByANewSession) {
    Bench bench;
    bench.open_and_read();
    bench.advance(1000ms);
    bench.expect(read_1, nack);
    bench.advance(499ms);
    EXPECT_EQ(bench.sent(), "");
    bench.advance(1ms);
    bench.expect(read_0, nack);  // new: the bit has toggled
    bench.expect(status, status_of_link);
    bench.expect(reset, ack);
    bench.expect(login, ack);
    bench.expect(poll_0, login_done);
    bench.expect(read_1, ack);
    bench.expect(poll_0, all_values);
    EXPECT_EQ(bench.events(), "m values 192 193 194");  // silently
}

TEST(MeterSession, NacksForEverAreNoCommunicationFailureAndAreNotHammered) {
    Bench bench;
    for (int attempt = 0; attempt < 2; ++attempt) {
        bench.open();
        bench.expect(read_1, nack);
        bench.advance(500ms);
        bench.expect(read_0, nack);
    }
    EXPECT_EQ(bench.events(),
              "m refused 192: not accepted (NACK); m refused 193: not accepted (NACK); m refused 194: not accepted "
              "(NACK); m refusing: no instantaneous values: not accepted (NACK)");
    bench.advance(59s);
    EXPECT_EQ(bench.sent(), "");
    bench.advance(1s);
    EXPECT_EQ(bench.sent(), status);
}

TEST(MeterSession, NoDataIsPolledForUntilThePatienceIsUsedUp) {
    Bench bench;
    bench.open();
    bench.expect(read_1, ack);
    unsigned polls = 0;
    for (; bench.sent() == (polls % 2 == 0 ? poll_0 : poll_1); ++polls) {
        bench.receive(no_data);
        bench.advance(200ms);
    }
    EXPECT_EQ(polls, 61u);  // 12 s: request timeout times attempts
    EXPECT_EQ(bench.events(), "m failing: no data for too long");
}

TEST(MeterSession, ABusyStationIsAskedForItsStatusOnceASecond) {
    Bench bench;
    bench.open();
    bench.expect(read_1, nack_busy);
    bench.advance(1499ms);
    EXPECT_EQ(bench.sent(), "");
    bench.advance(1ms);
    bench.expect(status, "10 1B 01 00 1C 16");  // status of link, DFC
    bench.advance(999ms);
    EXPECT_EQ(bench.sent(), "");
    bench.advance(1ms);
    bench.expect(status, status_of_link);
    bench.expect(read_0, ack);  // again, as a new frame
    bench.expect(poll_1, all_values);
    EXPECT_EQ(bench.events(), "m good; m values 192 193 194");
}

TEST(MeterSession, AStationThatStaysBusyFailsTheRound) {
    Bench bench;
    bench.expect(status, "10 1B 01 00 1C 16");
    for (int second = 0; second < 12; ++second) {
        bench.advance(1s);
        bench.expect(status, "10 1B 01 00 1C 16");
    }
    EXPECT_EQ(bench.events(), "m failing: busy (DFC) for too long");
}

TEST(MeterSession, AnAcknowledgementWithDfcStillLetsTheAnswerBePolled) {
    Bench bench;
    bench.open();
    bench.expect(read_1, "10 10 01 00 11 16");
    bench.expect(poll_0, all_values);
    EXPECT_EQ(bench.events(), "m good; m values 192 193 194");
}

TEST(MeterSession, AccessDemandIsIgnored) {
    Bench bench;
    bench.open();
    bench.expect(read_1, "10 20 01 00 21 16");
    EXPECT_EQ(bench.sent(), poll_0);
}

TEST(MeterSession, ARefusedLoginIsLeftAloneAsADemotedDeviceIs) {
    Bench bench;
    bench.expect(status, status_of_link);
    bench.expect(reset, ack);
    bench.expect(login, ack);
    bench.expect(poll_0, "68 0D 0D 68 08 01 00 B7 01 47 01 00 00 01 00 00 00 0A 16");
    EXPECT_EQ(bench.events(), "m login refused: login refused: refused (P/N)");
    bench.advance(59'999ms);
    EXPECT_EQ(bench.sent(), "");
    EXPECT_EQ(bench.channel.devices()[0]->status().failures, 0u);
    bench.advance(1ms);
    EXPECT_EQ(bench.sent(), status);
}

TEST(MeterSession, ALoginThatIsNotAcceptedTwiceIsRefused) {
    Bench bench;
    bench.expect(status, status_of_link);
    bench.expect(reset, ack);
    bench.expect(login, nack);
    bench.advance(500ms);
    EXPECT_NE(bench.sent(), "");
    bench.receive(nack);
    EXPECT_EQ(bench.events(), "m login refused: login refused: not accepted (NACK)");
    bench.advance(59s);
    EXPECT_EQ(bench.sent(), "");
}

TEST(MeterSession, TheEndIsSaidOnceAndItsAnswerIsNotInsistedOn) {
    Bench bench;
    bench.open_and_read();
    bench.channel.pause(bench.now);
    bench.pump();
    EXPECT_EQ(bench.sent(), end);
    bench.advance(2999ms);
    EXPECT_EQ(bench.events(), "");
    bench.advance(1ms);
    EXPECT_EQ(bench.events(), "line free");
    EXPECT_EQ(bench.sent(), "");
}

TEST(MeterSession, ALoginThatIsLostBeforeTheFirstQuestionIsRepeated) {
    Bench bench;
    bench.open();
    bench.expect(read_1, ack);
    bench.expect(poll_0, "68 0C 0C 68 08 01 00 A2 03 47 01 00 00 C0 C1 C2 39 16");  // P/N, no reason
    bench.open_and_read();
}

TEST(MeterSession, TheFirstRefusalInAnOldSessionOpensItAnewSilently) {
    Bench bench;
    bench.open_and_read();
    bench.advance(1000ms);
    bench.expect(read_1, ack);
    bench.expect(poll_0, "68 0C 0C 68 08 01 00 A2 03 0E 01 00 00 C0 C1 C2 00 16");
    bench.open();
    bench.expect(read_1, ack);
    bench.expect(poll_0, all_values);
    EXPECT_EQ(bench.events(), "m values 192 193 194");
}

}  // namespace
}  // namespace busbar::iec102::test
