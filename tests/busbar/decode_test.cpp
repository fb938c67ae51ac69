#include <gtest/gtest.h>

#include "busbar/decode_json.hpp"
#include "busbar/decode_stream.hpp"
#include "busbar/decode_text.hpp"

namespace busbar::program {
namespace {

constexpr const char* startdt = "68 04 07 00 00 00";
constexpr const char* single_point = "68 0e 02 00 04 00  01 01 03 00 29 00  0a 00 00 41";

/// One direction of one connection; every piece is a packet.
class Wire {
public:
    explicit Wire(const iec60870::AsduFormat& format = {}) : output_(text_, format), stream_(output_) {}

    void feed(std::string_view hex) {
        ++place_.frame;
        stream_.feed(from_hex(hex).value(), place_);
    }
    void lose_track() { stream_.lose_track(place_); }
    void restart() { stream_.restart(place_); }
    void finish() { stream_.finish({}); }

    /// The lines since the last call.
    std::string lines() { return std::exchange(text_, {}); }

private:
    std::string text_;
    JsonOutput output_;
    ApduPlace place_;
    ApduStream stream_;
};

std::string json_of(std::string_view hex, const iec60870::AsduFormat& format = {}) {
    Wire wire(format);
    wire.feed(hex);
    return wire.lines();
}

std::string tree_of(std::string_view hex) {
    std::string text;
    TextOutput output(text, {});
    output.apdu({}, from_hex(hex).value());
    return text;
}

TEST(DecodeJson, OneLineForEachInformationObject) {
    EXPECT_EQ(json_of("68 0f 02 00 04 00  01 82 14 07 29 00  0a 00 00 41 00"),
              R"({"frame":1,"apdu":0,"format":"I","ns":1,"nr":2,"type":1,"sq":true,"cot":20,"negative":false,)"
              R"("test":false,"oa":7,"casdu":41,"ioa":10,"value":1,"quality":["NT"],"raw":"41"})"
              "\n"
              R"({"frame":1,"apdu":0,"format":"I","ns":1,"nr":2,"type":1,"sq":true,"cot":20,"negative":false,)"
              R"("test":false,"oa":7,"casdu":41,"ioa":11,"value":0,"raw":"00"})"
              "\n");
}

TEST(DecodeJson, OneLineForEachOtherFrame) {
    EXPECT_EQ(json_of("68 04 01 00 0a 00 68 04 43 00 00 00"),
              R"({"frame":1,"apdu":0,"format":"S","nr":5})"
              "\n"
              R"({"frame":1,"apdu":1,"format":"U","function":"TESTFRact"})"
              "\n");
}

/// What stands behind the address.
std::string element_of(std::string_view type_and_vsq, std::string_view element) {
    const std::string asdu = std::string{type_and_vsq} + " 03 00 29 00 01 00 00" + std::string{element};
    const auto octets = from_hex(asdu).value();
    OctetBuffer apdu{0x68, static_cast<Octet>(octets.size() + 4), 0, 0, 0, 0};
    apdu.insert(apdu.end(), octets.begin(), octets.end());
    const std::string json = json_of(to_hex(apdu));
    const auto start = json.find("\"ioa\":1,") + 8;
    return json.substr(start, json.find(",\"raw\"") - start);
}

TEST(DecodeJson, QualityHasEverythingBesideValueAndTime) {
    EXPECT_EQ(element_of("05 01", "bf 91"), R"("value":63,"quality":["T","OV","BL","IV"])");
    EXPECT_EQ(element_of("07 01", "ef be ad de 00"), R"("value":"deadbeef")");
    EXPECT_EQ(element_of("0d 01", "cd cc cc 3d 00"), R"("value":0.1)");
    EXPECT_EQ(element_of("0d 01", "00 00 c0 7f 80"), R"("value":"NaN","quality":["IV"])");
    EXPECT_EQ(element_of("09 01", "00 40 00"), R"("value":0.5)");
    EXPECT_EQ(element_of("25 01", "ff ff ff 7f df ac 87 2d 09 15 0b 1a"),
              R"("value":2147483647,"quality":["SEQ=31","CA","IV"],"time_tag":"26-11-21T09:45:34.732/0")");
    EXPECT_EQ(element_of("14 01", "5a a5 01 80 00"), R"("value":"a55a","quality":["CD=8001"])");
    EXPECT_EQ(element_of("11 01", "0a d2 04 e8 51 29"),
              R"("value":2,"quality":["EI","EL=1234"],"time_tag":"41:20.968")");
    EXPECT_EQ(element_of("12 01", "15 00 60 ea e8 51 a9"),
              R"("value":21,"quality":["EL=60000"],"time_tag":"41:20.968,IV")");
    EXPECT_EQ(element_of("2d 01", "81"), R"("value":1,"quality":["QU=0","SE"])");
    EXPECT_EQ(element_of("6e 01", "64 00 41"), R"("value":0.0030517578125,"quality":["KPA=1","LPC"])");
    EXPECT_EQ(element_of("65 01", "45"), R"("value":5,"quality":["FRZ=1"])");
    EXPECT_EQ(element_of("46 01", "82"), R"("value":2,"quality":["LPCHG"])");
    EXPECT_EQ(element_of("7a 01", "01 00 02 06"), R"("value":1,"quality":["NOS=2","SCQ=6","error=0"])");
    EXPECT_EQ(element_of("24 01", "00 00 00 00 00 ac 87 6d 89 d5 0b 6d"),
              R"("value":0,"time_tag":"109-11-21T09:45:34.732/6,SU,GEN")");
}

TEST(DecodeJson, UnknownTypesKeepAddressAndOctets) {
    EXPECT_NE(json_of("68 0e 00 00 00 00 96 01 06 00 29 00 89 13 00 de").find(R"("casdu":41,"ioa":5001,"raw":"de"})"),
              std::string::npos);
    EXPECT_NE(json_of("68 0a 00 00 00 00 96 01 06 00 29 00").find(R"("casdu":41,"raw":""})"), std::string::npos);
}

TEST(DecodeJson, DamagedContentsAreALineWithTheReason) {
    EXPECT_NE(json_of("68 0e 00 00 00 00  01 02 03 00 29 00  0a 00 00 41")
                  .find(R"("casdu":41,"raw":"0a000041","error":"type and VSQ need 8 octets, body has 4"})"),
              std::string::npos);
    EXPECT_EQ(json_of("68 04 0f 00 00 00"),
              R"({"frame":1,"apdu":0,"format":"U","function":"0x0f","error":"not one of the six U functions"})"
              "\n");
    EXPECT_EQ(json_of("68 08 00 00 00 00 01 01 03 00"),
              R"({"frame":1,"apdu":0,"error":"I-frame of length 8, too short for an ASDU header"})"
              "\n");
}

TEST(DecodeJson, FieldsMayBeShorter) {
    EXPECT_NE(json_of("68 09 00 00 00 00  01 01 03 29 0a",  // one octet is missing
                      {.cause_size = 1, .common_address_size = 1, .ioa_size = 1})
                  .find("error"),
              std::string::npos);
    EXPECT_NE(
        json_of("68 0a 00 00 00 00  01 01 03 29 0a 41", {.cause_size = 1, .common_address_size = 1, .ioa_size = 1})
            .find(R"("cot":3,"negative":false,"test":false,"oa":0,"casdu":41,"ioa":10,"value":1)"),
        std::string::npos);
}

TEST(DecodeStream, PutsPiecesTogether) {
    Wire wire;
    wire.feed("68 0e 02 00 04 00 01 01");
    EXPECT_EQ(wire.lines(), "");
    wire.feed("03 00 29 00 0a 00 00 41 68 04 01 00 0a");
    EXPECT_NE(wire.lines().find(R"({"frame":2,"apdu":0,"format":"I")"), std::string::npos);
    wire.feed("00 68 04 01 00 0a 00");
    EXPECT_EQ(wire.lines(), R"({"frame":3,"apdu":0,"format":"S","nr":5})"
                            "\n"
                            R"({"frame":3,"apdu":1,"format":"S","nr":5})"
                            "\n");
}

TEST(DecodeStream, NeverHuntsForTheNextStart) {
    Wire wire;
    wire.feed("67 04 07 00 00 00");
    wire.feed(startdt);
    wire.finish();
    EXPECT_EQ(wire.lines(), R"({"frame":1,"apdu":0,"error":"start octet is 67, not 68"})"
                            "\n");
}

TEST(DecodeStream, ShowsWhatIsTooLongAndGoesOn) {
    Wire wire;
    std::string longest = "68 fe 00 00 00 00 96 01 03 00 29 00";
    for (int i = 0; i < 244; ++i) longest += " 00";
    wire.feed(longest + startdt);
    const std::string lines = wire.lines();
    EXPECT_EQ(lines.substr(0, lines.find('\n')),
              R"({"frame":1,"apdu":0,"error":"length of APDU is 254, not 4 to 253"})");
    EXPECT_NE(lines.find(R"("apdu":0,"format":"I","ns":0,"nr":0,"type":150)"), std::string::npos);
    EXPECT_NE(lines.find(R"("apdu":1,"format":"U","function":"STARTDTact")"), std::string::npos);
}

TEST(DecodeStream, StartsInTheMiddleOfAConnection) {
    Wire wire;
    wire.lose_track();
    wire.feed("29 00 0a 00 00 41");
    wire.feed(single_point);
    const std::string lines = wire.lines();
    EXPECT_EQ(lines.substr(0, lines.find('\n')),
              R"({"frame":1,"apdu":0,"error":"6 octets from the middle of something"})");
    EXPECT_NE(lines.find(R"({"frame":2,"apdu":0,"format":"I")"), std::string::npos);
}

TEST(DecodeStream, FindsItsWayAfterAGap) {
    Wire wire;
    wire.feed("68 0e 02 00 04");
    wire.lose_track();
    wire.feed("0a 00 00 41");
    wire.feed(startdt);
    EXPECT_EQ(wire.lines(), R"({"frame":1,"apdu":0,"error":"5 octets of an APDU whose rest is missing"})"
                            "\n"
                            R"({"frame":2,"apdu":0,"error":"4 octets from the middle of something"})"
                            "\n"
                            R"({"frame":3,"apdu":0,"format":"U","function":"STARTDTact"})"
                            "\n");
}

TEST(DecodeStream, GoesOnAfterAFaultOnlyWhenToldTo) {
    Wire wire;
    wire.feed("68 03 01 00 00");
    EXPECT_EQ(wire.lines(), R"({"frame":1,"apdu":0,"error":"length of APDU is 3, not 4 to 253"})"
                            "\n");
    wire.feed(startdt);
    EXPECT_EQ(wire.lines(), "") << "a station would have closed";
    wire.restart();
    wire.feed(startdt);
    EXPECT_EQ(wire.lines(), R"({"frame":3,"apdu":0,"format":"U","function":"STARTDTact"})"
                            "\n");
}

TEST(DecodeStream, ReportsWhatIsLeftOver) {
    Wire wire;
    wire.feed("68 0e 00 00 00 00 64 01 06 00");
    wire.finish();
    EXPECT_EQ(wire.lines(), "{\"error\":\"10 octets left over\"}\n");
}

TEST(DecodeText, IsATreeWithTheDissectorsNames) {
    EXPECT_EQ(tree_of("68 15 16 00 18 00  3c 01 06 03 29 00  95 13 00 82 ed 90 29 09 15 0b 1a"),
              R"(-
  apdulen: 21
  type: I
  tx: 11
  rx: 12
  typeid: C_RC_TA_1 (60)  Regulating step command with time tag CP56Time2a
  sq: 0
  numix: 1
  causetx: activation (6)
  nega: 0
  test: 0
  oa: 3
  addr: 41
    ioa: 5013
      rco: 0x82
        rco.up: 2  Command
        rco.qu: 0  Qualifier
        rco.se: 1  Select
      cp56time: 26-11-21T09:41:37.101/0
        cp56time.ms: 37101  Milliseconds
        cp56time.min: 41  Minute
        cp56time.gen: 0  Substituted time
        cp56time.iv: 0  Time invalid
        cp56time.hour: 9  Hour
        cp56time.su: 0  Summer time
        cp56time.day: 21  Day of month
        cp56time.dow: 0  Day of week
        cp56time.month: 11  Month
        cp56time.year: 26  Year
)");
}

TEST(DecodeText, ShowsContentsThatAreNotPermittedWithTheReason) {
    const std::string tree = tree_of("68 12 00 00 00 00  2d 02 06 00 29 00  01 00 00 01  02 00 00 00");
    EXPECT_NE(tree.find("  error: octet 1 of the ASDU: type 45 carries one object, VSQ counts 2\n"), std::string::npos);
    EXPECT_NE(tree.find("    ioa: 2\n      sco: 0x00\n"), std::string::npos);
}

}  // namespace
}  // namespace busbar::program
