// The golden frames of IEC 60870-5-102: what they mean, both ways, and that nothing else is taken for one.
#include "golden.hpp"

#include <gtest/gtest.h>

#include "iec102/ft12/frame_reader.hpp"
#include "iec102/meter/json.hpp"

namespace busbar::iec102::test {
namespace {

using namespace std::chrono_literals;

TEST(GoldenMeterFrames, AreThereAllOfThem) { EXPECT_EQ(golden().size(), 72u); }

TEST(GoldenMeterFrames, MeanWhatStandsBehindThem) {
    for (const Golden& line : golden()) {
        SCOPED_TRACE(line.place);
        const auto frame = parse_frame(line.octets);
        ASSERT_TRUE(frame) << frame.error().what;
        EXPECT_EQ(to_json(*frame), line.json);
    }
}

TEST(GoldenMeterFrames, AreMadeAgainOfControlAddressAndAsdu) {
    for (const Golden& line : golden()) {
        SCOPED_TRACE(line.place);
        EXPECT_EQ(to_hex(encode_frame(parse_frame(line.octets).value())), to_hex(line.octets));
    }
}

/// Puts an ASDU together of what was decoded, element by element.
struct MakeAgain {
    OctetBuffer asdu;

    template <Described Element>
    void operator()(const Place& place, const Element& element) {
        if (place.address) asdu.push_back(*place.address);
        append_element(element, asdu);
    }
};

TEST(GoldenMeterFrames, AreMadeAgainOfTheirElements) {
    for (const Golden& line : golden()) {
        SCOPED_TRACE(line.place);
        const Octets octets = parse_frame(line.octets)->asdu;
        if (octets.empty()) continue;
        const AsduView asdu = parse_asdu(octets).value();
        MakeAgain again;
        append_header(asdu.header, again.asdu);
        EXPECT_FALSE(visit_body(asdu, again));
        EXPECT_EQ(to_hex(again.asdu), to_hex(octets));
    }
}

TEST(GoldenMeterFrames, CutAnywhereOrWithATailAreRefused) {
    for (const Golden& line : golden()) {
        SCOPED_TRACE(line.place);
        for (std::size_t size = 0; size < line.octets.size(); ++size) {
            const auto frame = parse_frame(Octets{line.octets}.first(size));
            ASSERT_FALSE(frame) << size;
            EXPECT_EQ(frame.error().at, size);
        }
        OctetBuffer longer = line.octets;
        longer.push_back(0x16);
        ASSERT_FALSE(parse_frame(longer));
        EXPECT_EQ(parse_frame(longer).error().at, line.octets.size());
    }
}

TEST(GoldenMeterFrames, AsdusCutAnywhereOrWithATailAreRefused) {
    for (const Golden& line : golden()) {
        SCOPED_TRACE(line.place);
        const Octets octets = parse_frame(line.octets)->asdu;
        const auto ignore = [](const Place&, const auto&) {};
        for (std::size_t size = 0; size < octets.size(); ++size) {
            const OctetBuffer cut(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(size));
            const auto asdu = parse_asdu(cut);
            if (!asdu) {
                EXPECT_EQ(asdu.error().at, size);
                continue;
            }
            const auto fault = visit_body(*asdu, ignore);
            ASSERT_TRUE(fault) << size;
            EXPECT_EQ(fault->at, size);
        }
        if (octets.empty()) continue;
        OctetBuffer longer(octets.begin(), octets.end());
        longer.push_back(0);
        const auto fault = visit_body(parse_asdu(longer).value(), ignore);
        ASSERT_TRUE(fault);
        EXPECT_EQ(fault->at, octets.size());
    }
}

/// Feeds the octets in pieces of `piece` and says what was found, a frame a line.
std::string found_in(Octets octets, std::size_t piece) {
    FrameReader reader{500ms};
    std::string found;
    for (; !octets.empty(); octets = octets.subspan(std::min(piece, octets.size()))) {
        reader.receive(octets.first(std::min(piece, octets.size())), TimePoint{});
        while (const auto received = reader.take_frame(TimePoint{})) found += to_hex(received->octets) + "\n";
    }
    return found;
}

TEST(GoldenMeterFrames, AreFoundInAStreamHoweverItIsCut) {
    OctetBuffer stream;
    std::string expected;
    for (const Golden& line : golden()) {
        stream.insert(stream.end(), {0xFF, 0xFF, 0x00, 0xE5});
        stream.insert(stream.end(), line.octets.begin(), line.octets.end());
        expected += to_hex(line.octets) + "\n";
    }
    for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{64}, stream.size()})
        EXPECT_EQ(found_in(stream, piece), expected) << piece;
}

TEST(GoldenMeterFrames, OneWrongBitIsNoticed) {
    for (const Golden& line : golden()) {
        SCOPED_TRACE(line.place);
        for (std::size_t bit = 0; bit < line.octets.size() * 8; ++bit) {
            OctetBuffer damaged = line.octets;
            damaged[bit / 8] ^= static_cast<Octet>(1u << (bit % 8));
            EXPECT_FALSE(parse_frame(damaged)) << bit;
        }
    }
}

}  // namespace
}  // namespace busbar::iec102::test
