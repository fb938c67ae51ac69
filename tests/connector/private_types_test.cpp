#include <gmock/gmock.h>

#include "connector/iec104_client/point_maker.hpp"
#include "connector/iec104_server/update_maker.hpp"
#include "iec104/controlled_bench.hpp"
#include "iec104/controlling_bench.hpp"

/// Objects of private types, from a line to the store and on to another line: octet by octet.
namespace busbar::connector {
namespace {

using iec104::test::octets_of;
using testing::ElementsAre;
using testing::HasSubstr;

iec60870::AsduFormat with_137() {
    iec60870::AsduFormat format;
    format.private_types[0] = {137, 5};
    return format;
}

std::vector<std::string> stored(const std::string& asdu, PointMaker& maker) {
    std::vector<std::string> points;
    const auto octets = octets_of(asdu);
    const auto view = iec60870::AsduView::parse(octets, with_137());
    EXPECT_TRUE(view);
    maker.make(*view, UtcTime{}, [&](const point::Point& point, bool) {
        std::array<char, 2048> text{};
        points.emplace_back(text.data(), point::write_json(text.data(), point));
    });
    return points;
}

TEST(PrivateTypes, AreTakenWithTheirOctetsAndWithoutAValue) {
    PointMaker maker({}, *TimeZone::find("UTC"), "rtu");
    const auto points = stored("89 02 03 00 07 00 0A 00 00 DE AD BE EF 01 0B 00 00 00 01 02 03 04", maker);
    ASSERT_EQ(points.size(), 2u);
    EXPECT_THAT(points[0], HasSubstr(R"("casdu":7,"ioa":10,"type":137,"value":null)"));
    EXPECT_THAT(points[0], HasSubstr(R"("raw":"deadbeef01")"));
    EXPECT_THAT(points[1], HasSubstr(R"("ioa":11,)"));
    EXPECT_THAT(stored("89 82 03 00 07 00 0A 00 00 DE AD BE EF 01 00 01 02 03 04", maker)[1],
                HasSubstr(R"("ioa":11,)"));
}

TEST(PrivateTypes, InterrogatedWithoutAChangeTheyAreNoEvents) {
    PointMaker maker({}, *TimeZone::find("UTC"), "rtu");
    const std::string object = " 00 07 00 0A 00 00 DE AD BE EF 01";
    EXPECT_THAT(stored("89 01 14" + object, maker)[0], Not(HasSubstr("changed")));
    EXPECT_THAT(stored("89 01 14" + object, maker)[0], HasSubstr(R"("changed":false)"));
}

TEST(PrivateTypes, WhoseBodyDoesNotFitTheirSizeAreDamaged) {
    EXPECT_FALSE(iec60870::AsduView::parse(octets_of("89 01 03 00 07 00 0A 00 00 DE AD BE EF"), with_137()));
    EXPECT_FALSE(iec60870::AsduView::parse(octets_of("89 00 03 00 07 00"), with_137()));
    const auto unknown = octets_of("8A 01 03 00 07 00 0A 00 00 DE");
    const auto view = iec60870::AsduView::parse(unknown, with_137());
    ASSERT_TRUE(view);
    EXPECT_EQ(view->size(), 0u) << "no agreement about 138";
}

struct MakerBench {
    MakerBench() {
        config.protocol.private_types = {{137, 5}};
        maker.emplace(config, *TimeZone::find("UTC"), config::Mapping{});
    }
    /// "type 137 cause 3 DE AD …, image 0 event 1"
    std::string make(const std::string& json, UpdateMaker::Purpose purpose = UpdateMaker::Purpose::live) {
        std::string said;
        const auto made = maker->make(7, 10, json, {1, 0}, UtcTime{}, purpose, [&](const iec104::ObjectUpdate& update) {
            said = "type " + std::to_string(update.type) + " cause " + std::to_string(static_cast<int>(update.cause)) +
                   " " + to_hex(update.element) + " image " + std::to_string(update.image) + " event " +
                   std::to_string(update.event);
        });
        return made ? said : made.error().what;
    }
    config::ServerConfig config;
    std::optional<UpdateMaker> maker;
};

TEST(PrivateTypes, GoOnAsEventsAndNothingElse) {
    MakerBench bench;
    const std::string point = R"({"type":137,"value":null,"raw":"deadbeef01")";
    EXPECT_EQ(bench.make(point + "}"), "type 137 cause 3 deadbeef01 image 0 event 1");
    EXPECT_EQ(bench.make(point + R"(,"cot":11})"), "type 137 cause 11 deadbeef01 image 0 event 1");
    EXPECT_EQ(bench.make(point + R"(,"cot":20,"changed":false})"), "type 137 cause 3 deadbeef01 image 0 event 0");
    EXPECT_EQ(bench.make(point + "}", UpdateMaker::Purpose::backlog), "type 137 cause 3 deadbeef01 image 0 event 1");
    EXPECT_EQ(bench.make(point + "}", UpdateMaker::Purpose::image), "type 137 cause 3 deadbeef01 image 0 event 0");
    EXPECT_EQ(bench.make(R"({"type":137,"value":null,"raw":"dead"})"), "raw: must be 5 octets for private type 137");
    EXPECT_EQ(bench.make(R"({"type":138,"value":null,"raw":"dead"})"), "type 138 is not process information");
}

TEST(PrivateTypes, LeaveTheControlledStationOctetByOctet) {
    auto config = iec104::test::ControlledBench::usual_config();
    config.format = with_137();
    iec104::test::ControlledBench bench(config);
    bench.value({.ioa = 1});
    auto room = bench.connect_and_start();
    EXPECT_FALSE(bench.update({.ioa = 10, .type = 137, .element = "DE AD BE EF 01"})) << "no present value";
    EXPECT_FALSE(bench.update({.ioa = 10, .type = 137, .element = "DE AD", .image = false}));
    bench.event({.ioa = 10, .type = 137, .element = "DE AD BE EF 01", .image = false});
    EXPECT_EQ(room.sent(), "89 01 03 00 01 00 0A 00 00 DE AD BE EF 01");
    EXPECT_EQ(room.request("64 01 06 00 01 00 00 00 00 14"),
              "64 01 07 00 01 00 00 00 00 14 | 01 01 14 00 01 00 01 00 00 01 | 64 01 0A 00 01 00 00 00 00 14");
}

TEST(PrivateTypes, AreValuesForTheControllingStation) {
    iec104::ControllingConfig config;
    config.format = with_137();
    iec104::test::ControllingBench bench(config);
    bench.start();
    bench.receive("89 01 03 00 01 00 0A 00 00 DE AD BE EF 01");
    EXPECT_THAT(bench.events(), HasSubstr("received 1"));
    bench.receive("8A 01 03 00 01 00 0A 00 00 DE");
    EXPECT_THAT(bench.sent(), HasSubstr("8A 01 6C 00 01 00 0A 00 00 DE")) << "another one is refused";
}

}  // namespace
}  // namespace busbar::connector
