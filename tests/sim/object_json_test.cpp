#include "sim/wire/object_json.hpp"

#include "bench.hpp"

namespace busbar::sim::test {
namespace {

const UtcTime received = UtcTime(1795251600000ms) + 61s;  // 2026-11-21 09:01:01

struct Row {
    unsigned type;
    std::string_view element;
    std::string_view members;
};

class ObjectJson : public testing::TestWithParam<Row> {};

TEST_P(ObjectJson, SaysWhatTheElementSays) {
    const OctetBuffer element = octets_of(GetParam().element);
    std::string text;
    JsonLine line(text);
    add_element(line, static_cast<iec60870::TypeId>(GetParam().type), element, received);
    line.end();
    EXPECT_EQ(text, "{" + std::string(GetParam().members) + ",\"raw\":\"" + to_hex(element) + "\"}\n");
}

INSTANTIATE_TEST_SUITE_P(
    Types, ObjectJson,
    testing::Values(
        Row{1, "01", R"("value":true,"quality":[])"}, Row{1, "C0", R"("value":false,"quality":["NT","IV"])"},
        Row{3, "12", R"("value":2,"quality":["BL"])"}, Row{5, "C0 01", R"("value":-64,"quality":["transient","OV"])"},
        Row{7, "EF BE AD DE 20", R"("value":3735928559,"quality":["SB"])"},
        Row{9, "00 80 00", R"("value":-1,"quality":[])"}, Row{11, "FF FF 00", R"("value":-1,"quality":[])"},
        Row{13, "CD CC 5D 42 00", R"("value":55.45,"quality":[])"},
        Row{13, "00 00 C0 7F 80", R"("value":"NaN","quality":["IV"])"},
        Row{13, "00 00 80 FF 00", R"("value":"-Infinity","quality":[])"},
        Row{15, "FF FF FF 7F A3", R"("value":2147483647,"quality":["CY","IV"],"sequence":3)"},
        Row{21, "00 40", R"("value":0.5)"},
        Row{30, "01 7B 00 00 09 15 0B 1A", R"("value":true,"quality":[],"time":"2026-11-21T09:00:00.123Z")"},
        Row{30, "01 7B 00 40 89 15 0B 1A",
            R"("value":true,"quality":[],"time":"2026-11-21T09:00:00.123Z","time_flags":["SU","GEN"])"},
        Row{30, "01 00 00 00 09 1F 02 1A", R"("value":true,"quality":[],"time_flags":["IV"])"},  // 31 February
        Row{2, "00 E8 03 01", R"("value":false,"quality":[],"time":"2026-11-21T09:01:01.000Z")"},
        Row{2, "00 60 EA 3B", R"("value":false,"quality":[],"time":"2026-11-21T08:59:59.999Z")"},  // the hour before
        Row{38, "02 FA 00 7B 00 00 09 15 0B 1A",
            R"("value":{"ES":2,"duration":250},"quality":[],"time":"2026-11-21T09:00:00.123Z")"},
        Row{45, "85", R"("value":true,"qualifier":1,"select":true)"},
        Row{101, "45", R"("value":{"value":5,"FRZ":1})"}));

TEST(ObjectJson, LeavesUnknownTypesAsOctets) {
    std::string text;
    JsonLine line(text);
    add_element(line, 150, octets_of("01 02"), received);
    line.end();
    EXPECT_EQ(text, "{\"raw\":\"0102\"}\n");
}

TEST(ObjectJson, NamesTheHeaderInTheWordsOfTheStoreContract) {
    std::string text;
    iec60870::AsduHeader header;
    header.type = 45;
    header.cause = iec60870::Cause::activation_con;
    header.common_address = 12;
    header.originator = 7;
    header.negative = header.test = true;
    JsonLine line(text);
    add_header(line, header, 100);
    line.end();
    EXPECT_EQ(text, "{\"casdu\":12,\"ioa\":100,\"type\":45,\"cot\":7,\"oa\":7,\"negative\":true,\"test\":true}\n");
}

}  // namespace
}  // namespace busbar::sim::test
