#include "iec102/ft12/frame_reader.hpp"

#include <gtest/gtest.h>

#include <string>

#include "iec102/ft12/control.hpp"

namespace busbar::iec102 {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view status_of_link = "10 0b 01 00 0c 16", ack = "10 00 01 00 01 16";
constexpr std::string_view end_session = "68 09 09 68 53 01 00 bb 00 06 01 00 00 16 16";

class Bench {
public:
    /// The frames that come out, " | " between them.
    std::string receive(std::string_view hex, Duration later = 0ms) {
        now += later;
        const OctetBuffer octets = from_hex(hex).value();
        reader.receive(octets, now);
        return take();
    }
    std::string advance(Duration duration) {
        now += duration;
        return take();
    }
    std::string take() {
        std::string text;
        while (const auto received = reader.take_frame(now))
            text += (text.empty() ? "" : " | ") + to_hex(received->octets, ' ');
        return text;
    }

    TimePoint now{};
    FrameReader reader{500ms};
};

std::string both(std::string_view first, std::string_view second) {
    return std::string(first) + " | " + std::string(second);
}

TEST(FrameReader, TakesFramesOfBothLengths) {
    Bench bench;
    EXPECT_EQ(bench.receive(std::string(ack) + std::string(end_session)), both(ack, end_session));
    EXPECT_EQ(bench.reader.counters().framed, 21u);
    EXPECT_EQ(bench.reader.counters().skipped, 0u);
}

TEST(FrameReader, ReadsControlAddressAndAsdu) {
    FrameReader reader{500ms};
    const OctetBuffer octets = from_hex("68 09 09 68 53 58 1B BB 00 06 01 00 00 88 16").value();
    reader.receive(octets, {});
    const auto received = reader.take_frame({});
    ASSERT_TRUE(received);
    EXPECT_EQ(received->frame.control, 0x53);
    EXPECT_EQ(received->frame.link_address, 7000);
    EXPECT_EQ(to_hex(received->frame.asdu), "bb0006010000");
}

TEST(FrameReader, SkipsWhatMetersPutBeforeAnAnswer) {
    Bench bench;
    EXPECT_EQ(bench.receive("FF FF E5 00 16" + std::string(ack)), ack);
    EXPECT_EQ(bench.reader.counters().skipped, 5u);
}

TEST(FrameReader, FalseStartsAreLeftAsSoonAsTheyShow) {
    Bench bench;
    EXPECT_EQ(bench.receive("68 08 08 68" + std::string(ack)), ack);      // L below 9
    EXPECT_EQ(bench.receive("68 0C 0D 68" + std::string(ack)), ack);      // the two L differ
    EXPECT_EQ(bench.receive("68 0C 0C 69" + std::string(ack)), ack);      // no second start
    EXPECT_EQ(bench.receive("68 68 68" + std::string(end_session)), "");  // 68 68 68 68: could be a frame of 110 octets
    EXPECT_EQ(bench.advance(500ms), end_session);
}

TEST(FrameReader, LooksAgainOneOctetFurtherAfterABadChecksumOrEnd) {
    Bench bench;
    EXPECT_EQ(bench.receive("10 0B 01 00 0D 16" + std::string(ack)), ack);
    EXPECT_EQ(bench.reader.counters().bad_checksums, 1u);
    EXPECT_EQ(bench.receive("10 0B 01 00 0C 15" + std::string(ack)), ack);
    EXPECT_EQ(bench.reader.counters().bad_ends, 1u);
    EXPECT_EQ(bench.receive("10" + std::string(ack)), ack);  // the start octet doubled
    EXPECT_EQ(bench.reader.counters().framed, 18u);
}

TEST(FrameReader, AFrameInsideADamagedOneIsFound) {
    Bench bench;
    // Octets were lost in the first frame; the second was swallowed as its end.
    EXPECT_EQ(bench.receive("68 09 09 68 53 01 00 BB 00" + std::string(ack)), ack);
}

TEST(FrameReader, GivesUpAFrameWhoseRestDoesNotCome) {
    Bench bench;
    EXPECT_EQ(bench.receive("68 20 20 68" + std::string(ack)), "");
    EXPECT_EQ(bench.reader.next_deadline(), TimePoint{} + 500ms);
    EXPECT_EQ(bench.advance(499ms), "");
    EXPECT_EQ(bench.advance(1ms), ack);
    EXPECT_FALSE(bench.reader.is_inside_frame());
    EXPECT_EQ(bench.reader.counters().expired, 1u);
}

TEST(FrameReader, WhatCameTooLateDoesNotContinueAFrame) {
    Bench bench;
    EXPECT_EQ(bench.receive("10 0B 01"), "");
    EXPECT_EQ(bench.receive("00 0C 16", 600ms), "");  // nobody looked in between
    EXPECT_EQ(bench.reader.counters().skipped, 6u);
    EXPECT_EQ(bench.receive(ack), ack);
}

TEST(FrameReader, APauseBelowTheLimitIsWaitedFor) {
    Bench bench;
    EXPECT_EQ(bench.receive("10 0B 01"), "");
    EXPECT_EQ(bench.receive("00 0C", 499ms), "");
    EXPECT_EQ(bench.receive("16", 499ms), status_of_link);
}

TEST(FrameReader, DribblingOctetsEndSometime) {
    Bench bench;
    EXPECT_EQ(bench.receive("68 FF FF 68"), "");
    int octets = 0;
    for (; bench.reader.is_inside_frame() && octets < 256; ++octets) EXPECT_EQ(bench.receive("00", 400ms), "");
    EXPECT_LT(octets, 30);  // a frame at 300 baud, and the gap limit
}

TEST(FrameReader, ClearForgetsTheBeginningOfAFrame) {
    Bench bench;
    EXPECT_EQ(bench.receive("68 20 20"), "");
    bench.reader.clear();
    EXPECT_FALSE(bench.reader.next_deadline());
    EXPECT_EQ(bench.receive(ack), ack);
    EXPECT_EQ(bench.reader.counters().cleared, 3u);
}

TEST(FrameReader, PositionTellsOneFrameFromTheNext) {
    Bench bench;
    bench.receive("FF 10 0B");
    EXPECT_EQ(bench.reader.position(), 1u);
    bench.receive("01 00 0C");
    EXPECT_EQ(bench.reader.position(), 1u);
    bench.receive("16 10");
    EXPECT_EQ(bench.reader.position(), 7u);
}

TEST(ParseFrame, SaysWhatIsWrongAndWhere) {
    const auto error = [](std::string_view hex) {
        const OctetBuffer octets = from_hex(hex).value();
        const auto frame = parse_frame(octets);
        return frame ? "good" : frame.error().what + " at " + std::to_string(frame.error().at);
    };
    EXPECT_EQ(error("E5"), "start octet is e5, not 10 or 68 at 0");
    EXPECT_EQ(error("68 05 05 68 00 00 00 00 00 00 16"), "L is 5, less than 9 at 1");
    EXPECT_EQ(error("68 09 0A 68"), "the second L is 10, the first 9 at 2");
    EXPECT_EQ(error("68 09 09 10"), "second start octet is 10, not 68 at 3");
    EXPECT_EQ(error("10 0B 01 00 0D 16"), "checksum is 0d, the octets add up to 0c at 4");
    EXPECT_EQ(error("10 0B 01 00 0C 17"), "end octet is 17, not 16 at 5");
    EXPECT_EQ(error("10 0B 01"), "frame has 3 octets, not 6 at 3");
    EXPECT_EQ(error("10 0B 01 00 0C 16 10"), "frame of 6 octets is followed by more at 6");
}

TEST(EncodeFrame, TakesTheLongestAsdu) {
    const OctetBuffer asdu(max_asdu_size, 0x10);
    const OctetBuffer octets = encode_frame({0x08, 0xFFFF, asdu});
    EXPECT_EQ(octets.size(), max_frame_size);
    EXPECT_EQ(to_hex(parse_frame(octets)->asdu), to_hex(asdu));
}

TEST(ControlOctet, SaysDirectionFunctionAndFlags) {
    EXPECT_EQ(to_octet(PrimaryControl{PrimaryFunction::request_status}), 0x49);
    EXPECT_EQ(to_octet(PrimaryControl{PrimaryFunction::reset_remote_link}), 0x40);
    EXPECT_EQ(to_octet(PrimaryControl{PrimaryFunction::user_data, true, true}), 0x73);
    EXPECT_EQ(to_octet(PrimaryControl{PrimaryFunction::user_data, true, false}), 0x53);
    EXPECT_EQ(to_octet(PrimaryControl{PrimaryFunction::request_class_2, true, true}), 0x7B);
    EXPECT_EQ(to_octet(PrimaryControl{PrimaryFunction::request_class_1, true, false}), 0x5A);
    EXPECT_EQ(primary_control(0x73), (PrimaryControl{PrimaryFunction::user_data, true, true}));
    EXPECT_EQ(secondary_control(0x11), (SecondaryControl{SecondaryFunction::nack, true, false}));
    EXPECT_EQ(secondary_control(0x20), (SecondaryControl{SecondaryFunction::ack, false, true}));
    EXPECT_EQ(to_octet(SecondaryControl{SecondaryFunction::nack, true, false}), 0x11);
    EXPECT_TRUE(is_primary(0x73));
    EXPECT_FALSE(is_primary(0x08));
}

}  // namespace
}  // namespace busbar::iec102
