#include "connector/iec104_client/point_maker.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace busbar::connector {
namespace {

using namespace std::chrono_literals;

/// A maker for one line, fed with ASDUs in hex; what it made as "casdu/ioa json", "-" before what goes to the stream
/// only.
class MakerBench {
public:
    explicit MakerBench(config::ClientConfig config = {}) : maker_(config, TimeZone::find("UTC").value(), "rtu-1") {}

    std::vector<std::string> make(std::string_view hex) {
        std::vector<std::string> made;
        const auto octets = from_hex(hex).value();
        maker_.make(iec60870::AsduView::parse(octets).value(), UtcTime{1763716200s},
                    [&](const auto& point, bool image) {
                        char text[point::max_json_size + 100];
                        made.push_back((image ? "" : "-") + std::string(text, point::write_json(text, point)));
                    });
        return made;
    }
    PointMaker& maker() { return maker_; }

private:
    PointMaker maker_;
};

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(PointMaker, SaysSourceReceiptAndAddress) {
    MakerBench bench;
    const auto made = bench.make("01 01 03 00 07 00 0a 00 00 01");
    ASSERT_EQ(made.size(), 1u);
    EXPECT_EQ(
        made[0],
        R"({"casdu":7,"ioa":10,"type":1,"value":true,"cot":3,"received":"2025-11-21T09:10:00.000Z","source":"rtu-1"})");
}

TEST(PointMaker, MarksAnInterrogatedValueEqualToTheOneBefore) {
    MakerBench bench;
    EXPECT_FALSE(contains(bench.make("01 01 14 00 07 00 0a 00 00 01")[0], "changed"));
    EXPECT_TRUE(contains(bench.make("01 01 14 00 07 00 0a 00 00 01")[0], R"("changed":false)"));
    EXPECT_FALSE(contains(bench.make("01 01 14 00 07 00 0a 00 00 00")[0], "changed"));
    EXPECT_FALSE(contains(bench.make("01 01 03 00 07 00 0a 00 00 00")[0], "changed")) << "an event is never unchanged";
    bench.maker().forget();
    EXPECT_FALSE(contains(bench.make("01 01 14 00 07 00 0a 00 00 00")[0], "changed"));
}

TEST(PointMaker, Case140_AnOlderInterrogatedValueDoesNotBecomeThePresentOne) {
    MakerBench bench;
    EXPECT_NE(bench.make("1e 01 03 00 07 00 0a 00 00 01  10 27 1e 0c 15 0b 19")[0][0], '-');
    EXPECT_EQ(bench.make("1e 01 14 00 07 00 0a 00 00 00  00 00 1e 0c 15 0b 19")[0][0], '-');
    EXPECT_EQ(bench.maker().counters().late_interrogated, 1u);
}

TEST(PointMaker, TakesOnlyListedStationsUnderTheSystemsAddress) {
    config::ClientConfig config;
    config.stations = {{101, 1, "north"}, {102, std::nullopt, "south"}};
    MakerBench bench(config);
    EXPECT_TRUE(contains(bench.make("01 01 03 00 01 00 0a 00 00 01")[0], R"("casdu":101,)"));
    EXPECT_TRUE(contains(bench.make("01 01 03 00 66 00 0a 00 00 01")[0], R"("casdu":102,)"));
    EXPECT_TRUE(bench.make("01 01 03 00 09 00 0a 00 00 01").empty());
    EXPECT_EQ(bench.maker().counters().unlisted_stations, 1u);
    EXPECT_EQ(bench.maker().remote_of(101), 1);
    EXPECT_EQ(bench.maker().remote_of(9), std::nullopt);
}

TEST(PointMaker, Case139_InterrogatedValuesWithTimeTagsKeepValueTimeAndCause) {
    MakerBench bench;
    const std::pair<const char*, const char*> table[] = {
        {"1e 01 14 00 07 00 01 00 00 01", R"("type":30,"value":true)"},
        {"1f 01 14 00 07 00 02 00 00 02", R"("type":31,"value":2)"},
        {"20 01 14 00 07 00 03 00 00 05 00", R"("type":32,"value":5)"},
        {"21 01 14 00 07 00 04 00 00 ef be ad de 00", R"("type":33,"value":3735928559)"},
        {"22 01 14 00 07 00 05 00 00 00 40 00", R"("type":34,"value":0.5)"},
        {"23 01 14 00 07 00 06 00 00 fe ff 00", R"("type":35,"value":-2)"},
        {"24 01 14 00 07 00 07 00 00 00 00 80 3f 00", R"("type":36,"value":1)"},
    };
    for (const auto& [asdu, members] : table) {
        const std::string tagged = std::string(asdu) + " 10 27 1e 08 15 0b 19";
        const auto made = bench.make(tagged);
        ASSERT_EQ(made.size(), 1u) << asdu;
        EXPECT_TRUE(contains(made[0], members)) << made[0];
        EXPECT_TRUE(contains(made[0], R"("cot":20,"time":"2025-11-21T08:30:10.000Z")")) << made[0];
        EXPECT_FALSE(contains(made[0], "changed")) << "new to the store: the control rooms have to hear of it";
        EXPECT_TRUE(contains(bench.make(tagged)[0], R"("changed":false)")) << "not an event: " << asdu;
    }
}

TEST(PointMaker, Case152_CountersAreStoredWhateverTheirCauseWithTheirMarks) {
    MakerBench bench;
    for (const char* const cause : {"03", "25", "26", "27", "28", "29"}) {
        const auto made = bench.make("0f 01 " + std::string(cause) + " 00 07 00 0a 00 00  05 00 00 00 e1");
        ASSERT_EQ(made.size(), 1u);
        EXPECT_TRUE(contains(made[0], R"("type":15,"value":5,"quality":["IV","CY","CA"])")) << made[0];
    }
}

TEST(PointMaker, Case152_ReportsAGapInACountersSequenceNumbers) {
    MakerBench bench;
    bench.make("0f 01 25 00 07 00 0a 00 00  01 00 00 00 1f");
    bench.make("0f 01 25 00 07 00 0a 00 00  02 00 00 00 00");
    EXPECT_EQ(bench.maker().counters().counter_gaps, 0u) << "31 wraps to 0";
    bench.make("0f 01 25 00 07 00 0a 00 00  03 00 00 00 02");
    EXPECT_EQ(bench.maker().counters().counter_gaps, 1u);
}

}  // namespace
}  // namespace busbar::connector
