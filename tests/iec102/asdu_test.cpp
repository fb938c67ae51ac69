#include "iec102/meter/asdu.hpp"

#include <gtest/gtest.h>

#include "iec102/meter/conceal.hpp"
#include "iec102/meter/json.hpp"
#include "iec102/meter/visit.hpp"

namespace busbar::iec102 {
namespace {

std::string json_of(std::string_view asdu_hex) {
    const OctetBuffer octets = from_hex(asdu_hex).value();
    return asdu_to_json(octets);
}

TEST(MeterAsdu, HeaderHasEveryFlag) {
    const OctetBuffer octets = from_hex("B7 81 C7 34 12 0B").value();
    const AsduView asdu = parse_asdu(octets).value();
    EXPECT_EQ(asdu.header, (AsduHeader{TypeId::start_session, 1, true, Cause::activation_con, true, true, 0x1234, 11}));
    OctetBuffer again;
    append_header(asdu.header, again);
    EXPECT_EQ(to_hex(again), to_hex(octets));
}

TEST(MeterAsdu, LoginIsThePasswordAsANumber) {
    const AsduHeader header{.type = TypeId::start_session, .count = 1, .cause = Cause::activation, .point_address = 1};
    EXPECT_EQ(to_hex(make_asdu(header, Login{Password{12345678}}), ' '), "b7 01 06 01 00 00 4e 61 bc 00");
}

TEST(MeterAsdu, ThePasswordIsNeverShown) {
    EXPECT_EQ(json_of("B7 01 06 01 00 00 4E 61 BC 00"),
              R"({"type":183,"name":"C_AC_NA_2","cot":6,"point":1,"record":0,"objects":[{"password":"hidden"}]})");
    const std::string parameters =
        json_of("81 01 05 01 00 00 01 00 01 01 00 4E 61 BC 00 0F 00 10 00 00");  // reserved octets follow
    EXPECT_NE(parameters.find(R"("password":"hidden")"), std::string::npos);
    EXPECT_EQ(parameters.find("12345678"), std::string::npos);
    EXPECT_EQ(parameters.find("error"), std::string::npos);
}

TEST(MeterAsdu, ThePasswordOfAFrameIsConcealedForTraces) {
    OctetBuffer login = from_hex("68 0D 0D 68 73 58 1B B7 01 06 01 00 00 4E 61 BC 00 10 16").value();
    conceal_password(login);
    EXPECT_EQ(to_hex(login, ' '), "68 0d 0d 68 73 58 1b b7 01 06 01 00 00 00 00 00 00 10 16");
    OctetBuffer other = from_hex("68 09 09 68 73 01 00 BB 00 06 01 00 00 36 16").value();
    const OctetBuffer before = other;
    conceal_password(other);
    EXPECT_EQ(other, before);
    OctetBuffer cut = from_hex("68 0D 0D 68 73 58 1B B7 01 06 01 00 00 4E 61").value();
    conceal_password(cut);
    EXPECT_EQ(to_hex(cut, ' '), "68 0d 0d 68 73 58 1b b7 01 06 01 00 00 00 00");
}

TEST(MeterAsdu, OfUnknownTypeShowsItsOctets) {
    EXPECT_EQ(json_of("46 01 04 01 00 00 0A"),
              R"({"type":70,"cot":4,"point":1,"record":0,"body":"0a","error":"type 70 is unknown","at":0})");
}

TEST(MeterAsdu, AnEventIsAddressStateAndTime) {
    EXPECT_EQ(json_of("01 01 05 01 00 34 01 07 00 90 25 8B 7C 08 13"),
              R"({"type":1,"name":"M_SP_TA_2","cot":5,"point":1,"record":52,"objects":[{"spa":1,"spi":true,"spq":3,)"
              R"("time":{"local":"2019-08-28T11:37:36","SU":true}}]})");
}

TEST(MeterAsdu, ABlockSaysItsObjects) {
    EXPECT_EQ(json_of("8C 01 05 01 00 0B 0B 6C 00 00 00 00 01 00 00 00 80 02 00 00 00 00 00 81 5C 03 11"),
              R"({"type":140,"name":"M_IB_TK_2","cot":5,"point":1,"record":11,"objects":[{"object":11,)"
              R"("object1":{"value":108,"qualifier":{}},"object3":{"value":1,"qualifier":{"IV":true}},)"
              R"("object6":{"value":2,"qualifier":{}},"time":{"local":"2017-03-28T01:00:00","SU":true}}]})");
}

TEST(MeterAsdu, AnUnknownObjectEndsTheReadingButNotWhatWasRead) {
    InstantaneousValues two;
    two.powers.emplace().total.active = 7;
    OctetBuffer octets = make_instantaneous_values({.cause = Cause::request, .point_address = 1}, two);
    octets[1] = 2;
    octets.insert(octets.end(), {195, 1, 2, 3});
    const ReceivedValues received = instantaneous_values(parse_asdu(octets).value());
    EXPECT_EQ(received.values.powers->total.active, 7u);
    ASSERT_TRUE(received.fault);
    EXPECT_EQ(received.fault->what, "object address 195 is unknown");
    EXPECT_EQ(received.fault->at, 44u);
}

TEST(MeterAsdu, ObjectsMayComeInAnyOrder) {
    InstantaneousValues values;
    values.voltages.emplace().phase1.voltage = 2300;
    OctetBuffer octets = make_instantaneous_values({.cause = Cause::request}, values);
    EnergyTotals energies;
    energies.reactive_q4.value = 4;
    append_object(energy_object, energies, octets);
    octets[1] = 2;
    const ReceivedValues received = instantaneous_values(parse_asdu(octets).value());
    EXPECT_FALSE(received.fault);
    EXPECT_EQ(received.values.energies, energies);
    EXPECT_EQ(received.values.voltages, values.voltages);
}

TEST(MeterAsdu, ReadsTheOneElementOfAType) {
    const OctetBuffer octets = from_hex("47 01 05 01 00 00 24 42 C6 12 E1 02").value();
    const auto identification = read_one<Identification>(parse_asdu(octets).value());
    ASSERT_TRUE(identification);
    EXPECT_EQ(*identification, (Identification{{4, 2}, 66, 48304838}));
    EXPECT_FALSE(read_one<TimeLabelB>(parse_asdu(octets).value()));
}

TEST(MeterAsdu, ConfigurationHas62OctetsBeforeTheReservedOnes) { EXPECT_EQ(size_of<Configuration>, 62u); }

TEST(MeterAsdu, TextsAreWithoutWhatFillsThemUp) {
    Configuration configuration;
    configuration.model.characters = {'A', '"'};
    configuration.start_text.characters = {'A', 'T', ' ', 'Z', '\x01', ' ', ' '};
    const OctetBuffer octets =
        make_asdu({.type = TypeId::configuration, .count = 1, .cause = Cause::request}, configuration);
    const std::string json = asdu_to_json(octets);
    EXPECT_NE(json.find(R"("model":"A\"")"), std::string::npos) << json;
    EXPECT_NE(json.find(R"("start_text":"AT Z\u0001")"), std::string::npos) << json;
    EXPECT_EQ(read_one<Configuration>(parse_asdu(octets).value()).value(), configuration);
}

TEST(MeterAsdu, RefusalsAreCauses13To18) {
    EXPECT_TRUE(is_refusal(Cause::record_not_available));
    EXPECT_TRUE(is_refusal(Cause::period_not_available));
    EXPECT_FALSE(is_refusal(Cause::activation_term));
    EXPECT_EQ(cause_text(Cause::type_not_available), "requested ASDU type not available");
    EXPECT_EQ(cause_text(static_cast<Cause>(44)), "cause 44");
}

}  // namespace
}  // namespace busbar::iec102
