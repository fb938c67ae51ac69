#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "connector/common/translate.hpp"
#include "iec104/apci/apci.hpp"
#include "iec60870/asdu/asdu.hpp"
#include "support/source_dir.hpp"

namespace busbar {
namespace {

using connector::TimeZone;
using iec60870::AsduView;
using iec60870::AsduWriter;
using iec60870::InformationObject;

struct Golden {
    std::string place;  // "monitor.txt:4"
    OctetBuffer apdu;
    std::string json;

    Octets asdu() const { return Octets{apdu}.subspan(iec104::apci_size); }
};

std::vector<Golden> read_frames() {
    std::vector<Golden> frames;
    for (const auto& file : std::filesystem::directory_iterator(tests::source_dir + "/tests/frames")) {
        if (file.path().extension() != ".txt") continue;
        std::ifstream text(file.path());
        unsigned number = 0;
        for (std::string line; std::getline(text, line);) {
            ++number;
            const auto json = line.find_first_of("[{");
            if (line.empty() || line[0] == '#') continue;
            const std::string place = file.path().filename().string() + ":" + std::to_string(number);
            frames.push_back({place, from_hex(std::string_view{line}.substr(0, json)).value(), line.substr(json)});
        }
    }
    return frames;
}

const std::vector<Golden>& frames() {
    static const std::vector<Golden> all = read_frames();
    return all;
}

bool is_damaged(const Golden& frame) { return frame.json[0] == '{'; }

const UtcTime received = parse_iso8601("2026-11-21T09:45:35Z").value();

point::Point point_of(const AsduView& asdu, const InformationObject& object) {
    point::Point point;
    to_point(*asdu.description(), object, received, TimeZone{}, point);
    point.received.reset();  // the same for all of them
    point.casdu = asdu.header().common_address;
    point.cot = static_cast<std::uint8_t>(asdu.header().cause);
    point.oa = asdu.header().originator;
    point.test = asdu.header().test;
    point.negative = asdu.header().negative;
    return point;
}

std::string points_of(const AsduView& asdu) {
    std::string list = "[";
    for (const InformationObject object : asdu) {
        char text[point::max_json_size];
        if (list.size() > 1) list += ',';
        list.append(text, write_json(text, point_of(asdu, object)));
    }
    return list + "]";
}

/// The texts of the points in a list, each as it stands there.
std::vector<std::string> points_in(const std::string& json) {
    constexpr std::string_view start = "{\"casdu\"";
    std::vector<std::string> points;
    for (auto at = json.find(start); at != std::string::npos;) {
        const auto next = json.find(start, at + 1);
        points.push_back(json.substr(at, next == std::string::npos ? json.size() - 1 - at : next - 1 - at));
        at = next;
    }
    return points;
}

/// An ASDU made of nothing but the JSON of its points, and how they were packed.
OctetBuffer asdu_of(const std::string& json, bool sequence, Octets segment_data) {
    AsduWriter writer;
    for (const std::string& text : points_in(json)) {
        const point::Point point = point::read_json(text).value();
        const auto& type = *iec60870::find_type(point.type);
        if (writer.empty()) {
            writer.start({.type = point.type,
                          .sequence = sequence,
                          .cause = static_cast<iec60870::Cause>(point.cot),
                          .negative = point.negative,
                          .test = point.test,
                          .originator = point.oa,
                          .common_address = point.casdu});
        }
        const auto element = from_point(type, point, received, TimeZone{});
        EXPECT_TRUE(element) << element.error().what;
        OctetBuffer octets(element->view().begin(), element->view().end());
        octets.insert(octets.end(), segment_data.begin(), segment_data.end());
        EXPECT_TRUE(writer.add(point.ioa, octets));
    }
    return {writer.octets().begin(), writer.octets().end()};
}

TEST(GoldenFrames, ThereIsOneOfEveryType) {
    std::set<unsigned> missing;
    for (const auto& type : iec60870::all_types()) missing.insert(type.id);
    for (const Golden& frame : frames()) {
        if (!is_damaged(frame)) missing.erase(frame.asdu()[0]);
    }
    EXPECT_TRUE(missing.empty()) << *missing.begin();
}

TEST(GoldenFrames, AreWholeApdus) {
    for (const Golden& frame : frames()) {
        SCOPED_TRACE(frame.place);
        for (std::size_t size = 0; size <= frame.apdu.size(); ++size)
            EXPECT_EQ(iec104::apdu_size(Octets{frame.apdu}.first(size)), size < 2 ? 0 : frame.apdu.size());
        const auto apdu = iec104::parse_apdu(frame.apdu);
        ASSERT_TRUE(apdu) << apdu.error().what;
        EXPECT_EQ(to_hex(std::get<iec104::IFrame>(*apdu).asdu), to_hex(frame.asdu()));
    }
}

TEST(GoldenFrames, MeanWhatStandsBehindThem) {
    for (const Golden& frame : frames()) {
        if (is_damaged(frame)) continue;
        SCOPED_TRACE(frame.place);
        const auto asdu = AsduView::parse(frame.asdu());
        ASSERT_TRUE(asdu) << asdu.error().what;
        EXPECT_EQ(points_of(*asdu), frame.json);
    }
}

TEST(GoldenFrames, AreMadeAgainOfTheirPoints) {
    for (const Golden& frame : frames()) {
        if (is_damaged(frame)) continue;
        SCOPED_TRACE(frame.place);
        const AsduView asdu = AsduView::parse(frame.asdu()).value();
        const Octets segment_data = asdu[0].element.subspan(asdu.description()->size);  // is no part of a point
        EXPECT_EQ(to_hex(asdu_of(frame.json, asdu.header().sequence, segment_data)), to_hex(frame.asdu()));
    }
}

TEST(GoldenFrames, CutAnywhereOrWithATailAreRefused) {
    for (const Golden& frame : frames()) {
        if (is_damaged(frame)) continue;
        SCOPED_TRACE(frame.place);
        const Octets asdu = frame.asdu();
        for (std::size_t size = 0; size < asdu.size(); ++size) {
            const OctetBuffer cut(asdu.begin(), asdu.begin() + static_cast<std::ptrdiff_t>(size));
            const auto parsed = AsduView::parse(cut);
            ASSERT_FALSE(parsed) << size;
            EXPECT_EQ(parsed.error().at, size);
        }
        OctetBuffer longer(asdu.begin(), asdu.end());
        longer.push_back(0);
        const auto parsed = AsduView::parse(longer);
        ASSERT_FALSE(parsed);
        EXPECT_EQ(parsed.error().at, asdu.size());
    }
}

TEST(GoldenFrames, DamagedOnesAreRefusedWithTheReason) {
    unsigned damaged = 0;
    for (const Golden& frame : frames()) {
        if (!is_damaged(frame)) continue;
        SCOPED_TRACE(frame.place);
        const auto expected = boost::json::parse(frame.json);
        const auto parsed = AsduView::parse(frame.asdu());
        ASSERT_FALSE(parsed);
        EXPECT_EQ(parsed.error().what, expected.at("error").as_string());
        EXPECT_EQ(parsed.error().at, static_cast<std::size_t>(expected.at("at").as_int64()));
        ++damaged;
    }
    EXPECT_GE(damaged, 10u);
}

}  // namespace
}  // namespace busbar
