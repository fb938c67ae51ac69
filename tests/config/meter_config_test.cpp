#include "config/meter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "config/document.hpp"
#include "config/findings.hpp"
#include "config/settings.hpp"

namespace busbar::config {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

Reading<MeterConfig> read(const std::string& text) { return read_meter_config(text, {}); }

std::string channels(const std::string& list) { return R"({"channels":[)" + list + "]}"; }

/// A channel that is good but for what is said beside it.
std::string channel(const std::string& members) {
    return channels(R"({"name":"a","connection":{"host":"h"},)" + members + "}");
}

TEST(MeterConfig, HasTheDefaultsOfTheRequirements) {
    const auto reading = read(R"({"channels":[{"name":"COM1","connection":{"type":"tcp","host":"10.1.0.9"},
        "gateways":[{}],"devices":[{"name":"m"}]},{"name":"COM2","connection":{"type":"serial","port":"/dev/ttyS0"}}],
        "tags":[{"name":"t","casdu":1,"ioa":1}]})");
    EXPECT_THAT(reading.faults, IsEmpty());
    EXPECT_THAT(reading.warnings, IsEmpty());
    const MeterChannel& line = reading.value.channels[0];
    EXPECT_TRUE(line.enabled);
    EXPECT_EQ(line.request_timeout, 3000ms);
    EXPECT_EQ(line.retries, 3);
    EXPECT_EQ(line.inter_request_delay, 0ms);
    EXPECT_EQ(line.gateway_lock_limit, 0ms);
    EXPECT_EQ(std::get<MeterTcp>(line.connection), (MeterTcp{"10.1.0.9", 4001, WholeMilliseconds{60000}}));
    EXPECT_EQ(line.gateways[0], (MeterGateway{5001, "0.0.0.0", 1, 1, WholeMilliseconds{60000}}));
    const MeterDevice& device = line.devices[0];
    EXPECT_TRUE(device.enabled);
    EXPECT_EQ(device.link_address, 0);
    EXPECT_EQ(device.point_address, 0);
    EXPECT_EQ(device.password_number(), 0u);
    EXPECT_EQ(device.auto_demotion, (AutoDemotion{true, 3, WholeMilliseconds{60000}}));
    EXPECT_EQ(device.utc_offset, 60min);
    EXPECT_EQ(std::get<MeterSerial>(reading.value.channels[1].connection),
              (MeterSerial{"/dev/ttyS0", 9600, 8, 1, MeterParity::none, false, false, 4096, WholeMilliseconds{60000}}));
    const MeterTag& tag = reading.value.tags[0];
    EXPECT_FALSE(tag.enabled);
    EXPECT_EQ(tag.group, MeterGroup::instantaneous);
    EXPECT_EQ(tag.type, 36);
    EXPECT_EQ(tag.time, TagTime::receipt);
    EXPECT_FALSE(reading.value.debug);
}

TEST(MeterConfig, TakesEveryMember) {
    const std::string text = R"({"revision":3,"log_level":"debug","debug":true,
        "service":{"enabled":false,"start_delay":1.5,"restart":false,"restart_delay":2,"required":true},
        "streams":{"updates":"u","error":"e","max_length":7},
        "channels":[{"name":"COM 1","enabled":false,"preset":null,"request_timeout_ms":100,"retries":0,
            "inter_request_delay_ms":600000,"gateway_lock_limit_ms":5,
            "connection":{"type":"serial","port":"/dev/ttyS1","baud":1200,"data_bits":7,"stop_bits":2,"parity":"space","rts":true,
                          "dtr":true,"buffer_size":1000,"reconnect_delay_ms":1000},
            "gateways":[{"port":0,"interface":"localhost","priority":10,"max_connections":1,"inactivity_timeout_ms":0}],
            "devices":[{"name":"Zähler-1","enabled":false,"link_address":65535,"point_address":65535,"password":"4294967295",
                        "auto_demotion":{"enabled":false,"failures":1,"delay_ms":1000},"utc_offset_minutes":-60,
                        "ratios":"configured","current_ratio":40,"voltage_ratio":0.5}]}],
        "tags":[{"name":"E","enabled":true,"device":"COM 1/Zähler-1","group":"instantaneous","variable":"energy.reactive.q4",
                 "scan_rate_ms":100,"casdu":65535,"ioa":16777215,"type":15,"scale":0.001,"offset":-1,"deadband":2.5,"time":"meter"}]})";
    const auto reading = read(text);
    EXPECT_THAT(reading.faults, IsEmpty());
    EXPECT_THAT(reading.warnings, IsEmpty());
    EXPECT_EQ(reading.value.revision, 3u);
    EXPECT_EQ(reading.value.service.start_delay, 1500ms);
    EXPECT_EQ(reading.value.streams, (MeterStreams{"u", "e", 7}));
    ASSERT_EQ(reading.value.channels.size(), 1u);
    const MeterChannel& line = reading.value.channels[0];
    EXPECT_EQ(std::get<MeterSerial>(line.connection),
              (MeterSerial{"/dev/ttyS1", 1200, 7, 2, MeterParity::space, true, true, 1000, WholeMilliseconds{1000}}));
    EXPECT_EQ(line.devices[0].password_number(), 4294967295u);
    EXPECT_EQ(line.devices[0].utc_offset, -60min);
    MeterTag tag;
    tag.name = "E";
    tag.enabled = true;
    tag.device = "COM 1/Zähler-1";
    tag.variable = MeterVariable::energy_reactive_q4;
    tag.scan_rate = WholeMilliseconds{100};
    tag.casdu = 65535;
    tag.ioa = 16777215;
    tag.type = 15;
    tag.scale = 0.001;
    tag.offset = -1;
    tag.deadband = 2.5;
    tag.time = TagTime::meter;
    EXPECT_THAT(reading.value.tags, ElementsAre(tag));
}

TEST(MeterConfig, KnowsThe24VariablesByTheirNames) {
    std::vector<std::string> words{"energy.active.imported", "energy.active.exported"};
    for (const char* quadrant : {"1", "2", "3", "4"}) words.push_back(std::string("energy.reactive.q") + quadrant);
    for (const char* of : {"total", "phase1", "phase2", "phase3"})
        for (const char* part : {"active", "reactive", "factor"})
            words.push_back(std::string("power.") + part + "." + of);
    for (const char* of : {"phase1", "phase2", "phase3"})
        for (const char* part : {"current", "voltage"}) words.push_back(std::string(part) + "." + of);
    ASSERT_EQ(words.size(), 24u);
    for (std::size_t index = 0; index < words.size(); ++index) {
        const auto reading = read(R"({"tags":[{"name":"t","casdu":1,"ioa":1,"variable":")" + words[index] + "\"}]}");
        EXPECT_THAT(reading.faults, IsEmpty()) << words[index];
        EXPECT_EQ(reading.value.tags[0].variable, static_cast<MeterVariable>(index)) << words[index];
    }
    EXPECT_TRUE(is_energy(MeterVariable::energy_reactive_q4));
    EXPECT_FALSE(is_energy(MeterVariable::power_active_total));
}

/// A member at its ends and one beyond each; `text` has % where the value goes.
struct Bounds {
    std::string text, path;
    std::string least, most, below, above;
    std::string complaint;
};

class MeterBounds : public testing::TestWithParam<Bounds> {};

std::string with(std::string text, const std::string& value) { return text.replace(text.find('%'), 1, value); }

TEST_P(MeterBounds, AreKeptAndTheComplaintNamesMemberAndRange) {
    const Bounds& row = GetParam();
    for (const std::string& good : {row.least, row.most})
        EXPECT_THAT(read(with(row.text, good)).faults, Not(Contains(StartsWith(row.path)))) << good;
    for (const std::string& bad : {row.below, row.above})
        EXPECT_THAT(read(with(row.text, bad)).faults, Contains(row.path + ": " + bad + " must be " + row.complaint));
}

std::string tcp(const std::string& member) {
    return channels(R"({"name":"a","connection":{"type":"tcp","host":"h",")" + member + "\":%}}");
}
std::string serial(const std::string& member) {
    return channels(R"({"name":"a","connection":{"type":"serial","port":"/dev/x",")" + member + "\":%}}");
}
std::string in_channel(const std::string& member) { return channel("\"" + member + "\":%"); }
std::string gateway(const std::string& member) { return channel(R"("gateways":[{")" + member + "\":%}]"); }
std::string device(const std::string& member) { return channel(R"("devices":[{"name":"m",")" + member + "\":%}]"); }
std::string demotion(const std::string& member) {
    return channel(R"("devices":[{"name":"m","auto_demotion":{")" + member + "\":%}}]");
}
std::string tag(const std::string& member) {
    return R"({"tags":[{"name":"t","casdu":1,"ioa":1,")" + member + "\":%}]}";
}
const std::string of_tag = R"({"tags":[{"name":"t",)";
const std::string c = "channels[0].", g = c + "gateways[0].", d = c + "devices[0].", connection = c + "connection.";

INSTANTIATE_TEST_SUITE_P(
    Requirements, MeterBounds,
    testing::Values(
        Bounds{in_channel("request_timeout_ms"), c + "request_timeout_ms", "100", "600000", "99", "600001",
               "100-600000 ms"},
        Bounds{in_channel("retries"), c + "retries", "0", "100", "-1", "101", "0-100"},
        Bounds{in_channel("inter_request_delay_ms"), c + "inter_request_delay_ms", "0", "600000", "-1", "600001",
               "0-600000 ms"},
        Bounds{in_channel("gateway_lock_limit_ms"), c + "gateway_lock_limit_ms", "0", "604800000", "-1", "604800001",
               "0-604800000 ms"},
        Bounds{tcp("port"), connection + "port", "1", "65535", "0", "65536", "1-65535"},
        Bounds{tcp("reconnect_delay_ms"), connection + "reconnect_delay_ms", "1000", "86400000", "999", "86400001",
               "1000-86400000 ms"},
        Bounds{serial("baud"), connection + "baud", "50", "4000000", "49", "4000001", "50-4000000 baud"},
        Bounds{serial("data_bits"), connection + "data_bits", "5", "8", "4", "9", "5-8 bits"},
        Bounds{serial("stop_bits"), connection + "stop_bits", "1", "2", "0", "3", "1-2 bits"},
        Bounds{serial("buffer_size"), connection + "buffer_size", "261", "1048576", "260", "1048577",
               "261-1048576 octets"},
        Bounds{serial("reconnect_delay_ms"), connection + "reconnect_delay_ms", "1000", "86400000", "999", "86400001",
               "1000-86400000 ms"},
        Bounds{serial("parity"), connection + "parity", "\"none\"", "\"space\"", "\"both\"", "\"\"",
               "one of none, even, mark, odd, space"},
        Bounds{gateway("port"), g + "port", "0", "65535", "-1", "65536", "0-65535"},
        Bounds{gateway("priority"), g + "priority", "1", "10", "0", "11", "1-10"},
        Bounds{gateway("max_connections"), g + "max_connections", "1", "1", "0", "2", "1-1 connections"},
        Bounds{gateway("inactivity_timeout_ms"), g + "inactivity_timeout_ms", "0", "86400000", "-1", "86400001",
               "0-86400000 ms"},
        Bounds{gateway("interface"), g + "interface", "\"localhost\"", "\"10.1.0.9\"", "\"eth0\"", "\"10.0.0.0/8\"",
               "an IP address or localhost"},
        Bounds{device("link_address"), d + "link_address", "0", "65535", "-1", "65536", "0-65535"},
        Bounds{device("point_address"), d + "point_address", "0", "65535", "-1", "65536", "0-65535"},
        Bounds{device("utc_offset_minutes"), d + "utc_offset_minutes", "-720", "840", "-721", "841", "-720-840 min"},
        Bounds{device("current_ratio"), d + "current_ratio", "0.001", "1000000", "0", "1000001", "0.001-1000000"},
        Bounds{device("voltage_ratio"), d + "voltage_ratio", "0.001", "1000000", "-1", "1000001", "0.001-1000000"},
        Bounds{device("ratios"), d + "ratios", "\"configured\"", "\"meter\"", "\"both\"", "\"\"",
               "one of configured, meter"},
        Bounds{demotion("failures"), d + "auto_demotion.failures", "1", "1000000", "0", "1000001", "1-1000000 rounds"},
        Bounds{demotion("delay_ms"), d + "auto_demotion.delay_ms", "1000", "86400000", "999", "86400001",
               "1000-86400000 ms"},
        Bounds{tag("scan_rate_ms"), "tags[0].scan_rate_ms", "100", "86400000", "99", "86400001", "100-86400000 ms"},
        Bounds{of_tag + R"("casdu":%,"ioa":1}]})", "tags[0].casdu", "0", "65535", "-1", "65536", "0-65535"},
        Bounds{of_tag + R"("casdu":1,"ioa":%}]})", "tags[0].ioa", "0", "16777215", "-1", "16777216", "0-16777215"},
        Bounds{tag("type"), "tags[0].type", "13", "37", "0", "128", "1-127"},
        Bounds{tag("group"), "tags[0].group", "\"instantaneous\"", "\"instantaneous\"", "\"load profile\"", "\"\"",
               "one of instantaneous"},
        Bounds{tag("time"), "tags[0].time", "\"meter\"", "\"receipt\"", "\"now\"", "\"\"", "one of receipt, meter"}));

TEST(MeterConfig, RefusesSpeedsThatNoPortHas) {
    for (const std::uint32_t good : baud_rates())
        EXPECT_THAT(read(with(serial("baud"), std::to_string(good))).faults, IsEmpty()) << good;
    EXPECT_THAT(read(with(serial("baud"), "9601")).faults,
                ElementsAre(StartsWith("channels[0].connection.baud: 9601 must be one of 50, 75, 110, ")));
}

TEST(MeterConfig, RefusesNamesThatCannotStandInAPath) {
    const auto faults = [](const std::string& name) {
        return read(channels(R"({"name":")" + name + R"(","connection":{"host":"h"},"devices":[{"name":")" + name +
                             "\"}]}"))
            .faults;
    };
    for (const char* good : {"COM1", "meter-1", "feeder 7_b", "Zähler", "1"})
        EXPECT_THAT(faults(good), IsEmpty()) << good;
    for (const char* bad : {"a/b", "a.b", "", " a", "a ", "a:b", "a[1]", "a\\\\b", "~"}) {
        SCOPED_TRACE(bad);
        EXPECT_THAT(faults(bad), Contains(StartsWith("channels[0].name: ")));
        EXPECT_THAT(faults(bad), Contains(StartsWith("channels[0].devices[0].name: ")));
    }
    EXPECT_THAT(faults(std::string(64, 'x')), IsEmpty());
    EXPECT_THAT(faults(std::string(65, 'x')), Not(IsEmpty()));
}

TEST(MeterConfig, RefusesPasswordsThatAreNoNumberWithoutRepeatingThem) {
    const auto faults = [](const std::string& password) { return read(with(device("password"), password)).faults; };
    for (const char* good : {"\"\"", "\"7\"", "\"12345678\"", "\"4294967295\"", "\"0000000001\""})
        EXPECT_THAT(faults(good), IsEmpty()) << good;
    for (const char* bad : {"\"4294967296\"", "\"secret\"", "\"-1\"", "\"1 \"", "\"0x7\""})
        EXPECT_THAT(faults(bad),
                    ElementsAre("channels[0].devices[0].password: must be digits, a number up to 4294967295"));
    EXPECT_THAT(faults("7"), ElementsAre("channels[0].devices[0].password: must be text"));
}

TEST(MeterConfig, RefusesRatiosThatAreConfiguredAndReadFromTheMeter) {
    const auto faults = [](const std::string& members) {
        return read(channel(R"("devices":[{"name":"m","ratios":"meter")" + members + "}]")).faults;
    };
    EXPECT_THAT(faults(""), IsEmpty());
    EXPECT_THAT(faults(R"(,"current_ratio":1,"voltage_ratio":1)"), IsEmpty());
    EXPECT_THAT(
        faults(R"(,"current_ratio":40)"),
        ElementsAre("channels[0].devices[0].current_ratio: must not be given where the ratios are the meter's"));
    EXPECT_THAT(
        faults(R"(,"voltage_ratio":2)"),
        ElementsAre("channels[0].devices[0].voltage_ratio: must not be given where the ratios are the meter's"));
}

TEST(MeterConfig, TakesPasswordsFromFiles) {
    const std::string name = testing::TempDir() + "busbar_meter_password_" + std::to_string(::getpid());
    auto reading = read(with(device("password_file"), "\"" + name + "\""));
    ASSERT_THAT(reading.faults, IsEmpty());
    const auto faults = [&] {
        Findings findings;
        load_passwords(reading.value, findings);
        return findings.faults(path_itself);
    };
    EXPECT_THAT(faults(), ElementsAre("channels[0].devices[0].password_file: " + name +
                                      " cannot be read: No such file or directory"));
    std::ofstream(name) << "12345678\nmore\n";
    EXPECT_THAT(faults(), IsEmpty());
    EXPECT_EQ(reading.value.channels[0].devices[0].password_number(), 12345678u);
    std::ofstream(name) << "\n7\n";
    EXPECT_THAT(faults(), ElementsAre("channels[0].devices[0].password_file: the first line of " + name +
                                      " must be digits, a number up to 4294967295"));
    std::ofstream(name) << "secret\n";
    EXPECT_THAT(faults(), ElementsAre("channels[0].devices[0].password_file: the first line of " + name +
                                      " must be digits, a number up to 4294967295"));
    std::remove(name.c_str());
    EXPECT_THAT(read(channel(R"("devices":[{"name":"m","password":"1","password_file":"x"}])")).faults,
                ElementsAre("channels[0].devices[0].password_file: and password must not be given together"));
}

TEST(MeterConfig, RefusesWhatMustBeUniqueInAChannel) {
    EXPECT_THAT(
        read(
            channel(
                R"("devices":[{"name":"a","link_address":1},{"name":"b","link_address":1},{"name":"a","link_address":2}],
                               "gateways":[{"port":1},{"port":2}])"))
            .faults,
        ElementsAre("channels[0].gateways[1].priority: 1 is also that of channels[0].gateways[0]",
                    "channels[0].devices[1].link_address: 1 is also that of channels[0].devices[0]",
                    "channels[0].devices[2].name: \"a\" is also that of channels[0].devices[0]"));
}

TEST(MeterConfig, RefusesWhatMustBeUniqueOverAllChannels) {
    EXPECT_THAT(
        read(channels(R"({"name":"a","connection":{"type":"serial","port":"/dev/ttyS0"},"gateways":[{"port":5001}]},
                                {"name":"a","connection":{"type":"serial","port":"/dev/ttyS1"},
                                 "gateways":[{"port":5001},{"port":0,"priority":2},{"port":0,"priority":3}]},
                                {"name":"c","connection":{"type":"serial","port":"/dev/ttyS0"}})"))
            .faults,
        ElementsAre("channels[1].name: \"a\" is also that of channels[0]",
                    "channels[1].gateways[0].port: 5001 is also that of channels[0].gateways[0]",
                    "channels[2].connection.port: \"/dev/ttyS0\" is also that of channels[0].connection"));
}

TEST(MeterConfig, LetsMetersOfTwoChannelsHaveTheSameNameAndAddress) {
    EXPECT_THAT(read(channels(R"({"name":"a","connection":{"host":"h"},"devices":[{"name":"m"}]},
                                {"name":"b","connection":{"host":"i"},"devices":[{"name":"m"}]})"))
                    .faults,
                IsEmpty());
}

TEST(MeterConfig, WarnsOfTwoConnectionsToOneConverter) {
    EXPECT_THAT(
        read(channels(R"({"name":"a","connection":{"host":"h"}},{"name":"b","connection":{"host":"h"}})")).warnings,
        ElementsAre(StartsWith("channels[1].connection.port: 4001 of h is also that of channels[0].connection")));
}

TEST(MeterConfig, SaysWhatAConnectionLacksOrHasTooMuch) {
    EXPECT_THAT(read(channels(R"({"name":"a"})")).faults, IsEmpty());
    EXPECT_THAT(read(channels(R"({"name":"a","connection":{}})")).faults,
                ElementsAre("channels[0].connection.host: is missing"));
    EXPECT_THAT(read(channels(R"({"name":"a","connection":{"type":"serial"}})")).faults,
                ElementsAre("channels[0].connection.port: is missing"));
    EXPECT_THAT(read(channels(R"({"name":"a","connection":{"type":"radio"}})")).faults,
                ElementsAre("channels[0].connection.type: \"radio\" must be one of tcp, serial"));
    EXPECT_THAT(read(channels(R"({"name":"a","connection":{"type":"serial","port":4001}})")).faults,
                ElementsAre("channels[0].connection.port: 4001 must be text"));
    EXPECT_THAT(read(channels(R"({"name":"a","connection":{"type":"tcp","host":"h","baud":9600}})")).warnings,
                ElementsAre("channels[0].connection.baud: is unknown here and ignored"));
}

std::string tags(const std::string& list) {
    return R"({"channels":[{"name":"COM1","connection":{"host":"h"},"devices":[{"name":"m"}]}],"tags":[)" + list + "]}";
}

TEST(MeterConfig, RefusesTagsWithoutAGoodSource) {
    EXPECT_THAT(read(tags(R"({"name":"1","enabled":true,"casdu":1,"ioa":1},
                            {"name":"2","enabled":true,"casdu":1,"ioa":2,"device":"m","variable":"voltage.phase1"},
                            {"name":"3","enabled":true,"casdu":1,"ioa":3,"device":"COM1/m","variable":"voltage.phase1"},
                            {"name":"4","casdu":1,"ioa":4,"device":"COM1/gone"})"))
                    .faults,
                ElementsAre("tags[0].variable: is missing: an enabled tag needs one",
                            "tags[0].device: is missing: an enabled tag needs one",
                            "tags[1].device: \"m\" must be the channel/device of a device"));
    EXPECT_THAT(
        read(tags(R"({"name":"1","casdu":1,"ioa":1,"variable":"voltage.phase4"})")).faults,
        ElementsAre(StartsWith("tags[0].variable: \"voltage.phase4\" must be one of energy.active.imported, ")));
}

TEST(MeterConfig, RefusesTwoEnabledTagsOfOnePoint) {
    const std::string source = R"("device":"COM1/m","variable":"voltage.phase1")";
    EXPECT_THAT(read(tags(R"({"name":"1","enabled":true,"casdu":1,"ioa":1,)" + source + R"(},
                            {"name":"2","casdu":1,"ioa":1,)" +
                          source + R"(},
                            {"name":"3","enabled":true,"casdu":1,"ioa":1,)" +
                          source + R"(},
                            {"name":"1","enabled":true,"casdu":2,"ioa":1,)" +
                          source + "}"))
                    .faults,
                ElementsAre("tags[2].ioa: casdu 1, ioa 1 is also that of tags[0]",
                            "tags[3].name: \"1\" is also that of tags[0]"));
}

TEST(MeterConfig, RefusesTypesThatDoNotSuitTheVariable) {
    const auto faults = [](const std::string& variable, const std::string& type) {
        return read(tags(R"({"name":"1","casdu":1,"ioa":1,"variable":")" + variable + R"(","type":)" + type + "}"))
            .faults;
    };
    for (const char* type : {"36", "13", "37", "15"}) EXPECT_THAT(faults("energy.reactive.q4", type), IsEmpty());
    for (const char* type : {"36", "13"}) EXPECT_THAT(faults("power.active.total", type), IsEmpty());
    EXPECT_THAT(faults("power.active.total", "37"),
                ElementsAre("tags[0].type: 37 is for energies; this must be 36 or 13"));
    EXPECT_THAT(faults("voltage.phase3", "15"), ElementsAre("tags[0].type: 15 is for energies; this must be 36 or 13"));
    EXPECT_THAT(faults("energy.active.imported", "35"),
                ElementsAre("tags[0].type: 35 must be 36 or 13, for energies also 37 or 15"));
}

TEST(MeterConfig, RefusesAScaleOfNothingAndOneStreamForTwo) {
    EXPECT_THAT(
        read(R"({"streams":{"updates":"x","error":"x"},"tags":[{"name":"1","casdu":1,"ioa":1,"scale":0}]})").faults,
        ElementsAre("tags[0].scale: 0 must be another number", "streams.error: \"x\" must not be the same as updates"));
}

struct Utility {
    std::string name;
    MeterParity parity;
    std::uint16_t link_address;
    std::string password;
};

class MeterPreset : public testing::TestWithParam<Utility> {};

TEST_P(MeterPreset, FillsInWhatIsNotGiven) {
    const auto reading =
        read(channels(R"({"name":"a","preset":")" + GetParam().name +
                      R"(","connection":{"type":"serial","port":"/dev/x"},"devices":[{"name":"m"}]})"));
    EXPECT_THAT(reading.faults, IsEmpty());
    EXPECT_THAT(reading.warnings, IsEmpty());
    const auto& line = std::get<MeterSerial>(reading.value.channels[0].connection);
    EXPECT_EQ(line.baud, 9600u);
    EXPECT_EQ(line.data_bits, 8);
    EXPECT_EQ(line.stop_bits, 1);
    EXPECT_EQ(line.parity, GetParam().parity);
    const MeterDevice& device = reading.value.channels[0].devices[0];
    EXPECT_EQ(device.point_address, 1);
    EXPECT_EQ(device.link_address, GetParam().link_address);
    EXPECT_EQ(device.password, GetParam().password);
}

TEST_P(MeterPreset, LeavesWhatIsGivenInForce) {
    const auto reading = read(channels(R"({"name":"a","preset":")" + GetParam().name +
                                       R"(","connection":{"type":"serial","port":"/dev/x","baud":1200,
            "data_bits":7,"stop_bits":2,"parity":"odd"},"devices":[{"name":"m","link_address":9,"point_address":2,"password":"5"},
            {"name":"n","link_address":10,"password_file":"f"}]})"));
    EXPECT_THAT(reading.faults, IsEmpty());
    const auto& line = std::get<MeterSerial>(reading.value.channels[0].connection);
    EXPECT_EQ(line, (MeterSerial{"/dev/x", 1200, 7, 2, MeterParity::odd}));
    const std::vector<MeterDevice>& devices = reading.value.channels[0].devices;
    EXPECT_EQ(devices[0].link_address, 9);
    EXPECT_EQ(devices[0].point_address, 2);
    EXPECT_EQ(devices[0].password, "5");
    EXPECT_EQ(devices[1].password, "");
}

INSTANTIATE_TEST_SUITE_P(Utilities, MeterPreset,
                         testing::Values(Utility{"iberdrola", MeterParity::none, 0, "7"},
                                         Utility{"endesa", MeterParity::even, 0, "1"},
                                         Utility{"naturgy", MeterParity::none, 1, "1"},
                                         Utility{"viesgo", MeterParity::none, 1, "1"}));

TEST(MeterConfig, ComplainsOfAnUnknownPreset) {
    EXPECT_THAT(read(channel(R"("preset":"acme")")).faults,
                ElementsAre("channels[0].preset: \"acme\" must be one of iberdrola, endesa, naturgy, viesgo"));
    EXPECT_THAT(read(R"({"channels":[1]})").faults, ElementsAre(StartsWith("channels[0]: 1 must be a table")));
    EXPECT_THAT(read(channel(R"("preset":"endesa","devices":3)")).faults,
                ElementsAre("channels[0].devices: 3 must be a list"));
}

TEST(MeterSettings, TakePresetsAndNameTheLineOfAFault) {
    const std::string name = testing::TempDir() + "busbar_meter_toml_" + std::to_string(::getpid());
    std::ofstream(name)
        << "id = \"m\"\n[[channels]]\nname = \"a\"\npreset = \"endesa\"\n[channels.connection]\ntype = \"serial\"\n"
           "port = \"/dev/ttyS0\"\n[[channels.devices]]\nname = \"m\"\npassword = \"4\"\nlink_address = 70000\n";
    StartInput input;
    input.config_file = name;
    input.environment = [](const std::string&) -> const char* { return nullptr; };
    const auto reading = read_meter_settings(input);
    std::remove(name.c_str());
    EXPECT_THAT(reading.faults, ElementsAre(name + ":11: channels[0].devices[0].link_address: 70000 must be 0-65535"));
    EXPECT_EQ(std::get<MeterSerial>(reading.value.config.channels[0].connection).parity, MeterParity::even);
    EXPECT_EQ(reading.value.config.channels[0].devices[0].point_address, 1);
    EXPECT_EQ(reading.value.config.channels[0].devices[0].password, "4");
}

}  // namespace
}  // namespace busbar::config
