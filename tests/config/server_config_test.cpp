#include "config/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/document.hpp"

namespace busbar::config {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(ServerConfig, OfTheDesignIsTheDefault) {
    const auto reading = read_server_config(R"({"revision":1,"log_level":"info",
        "network":{"host":"0.0.0.0","port":2404,"any_port":false,"max_connections":1,"allowed_clients":[],"command_clients":[],"tls":null},
        "protocol":{"t1":15,"t2":10,"t3":20,"k":12,"w":8,"cot_size":2,"ca_size":2,"ioa_size":3,"asdu_max":249,"time_zone":"UTC"},
        "streams":{"input":"process:updates","output":"process:commands","error":"process:errors"},
        "redundancy_groups":[],
        "cause":"standard","interrogation_time_tags":false,"interrogation_wait":30,"end_of_initialization":true,
        "commands":{"confirm":"end-to-end","max_age":5,"select_timeout":10,"time_tag":"either"},
        "files":null,"service":{"enabled":true,"start_delay":0,"restart":true,"restart_delay":1,"required":false}})",
                                            {});
    EXPECT_THAT(reading.faults, IsEmpty());
    EXPECT_THAT(reading.warnings, IsEmpty());
    ServerConfig wanted;
    wanted.revision = 1;
    EXPECT_EQ(reading.value, wanted);
}

TEST(ServerConfig, FilesNeedAFolderAndRoomForTheirAddresses) {
    const auto faults = [](std::string_view json) { return read_server_config(json, {}).faults; };
    EXPECT_THAT(faults(R"({"files":{"folder":"/a"}})"), IsEmpty());
    EXPECT_THAT(faults(R"({"files":{}})"), ElementsAre("files: must have folder or receive_folder"));
    EXPECT_THAT(faults(R"({"files":{"folder":"/a","receive_folder":"/a"}})"),
                ElementsAre("files.receive_folder: must not be the same as folder"));
    EXPECT_THAT(faults(R"({"protocol":{"ioa_size":2,"ca_size":1},"files":{"folder":"/a","ioa":65000,"casdu":300}})"),
                ElementsAre("files.ioa: 1000 files from 65000 on do not fit below 65536 (ioa_size)",
                            "files.casdu: 300 must be 1-254 (ca_size)"));
    EXPECT_THAT(faults(R"({"files":{"folder":"/a","max_size":16711681}})"), Contains(HasSubstr("files.max_size")));
}

TEST(ServerConfig, TakesEveryMember) {
    const auto reading = read_server_config(R"({"revision":7,"log_level":"debug",
        "network":{"host":"10.0.0.1","port":19998,"any_port":true,"max_connections":100,"allowed_clients":["10.1.0.0/16","::1"],
                   "command_clients":["10.1.0.7"],"tls":{"certificate":"c.pem","key":"k.pem","ca":["a.pem"],"crl":["r.pem"],
                   "allowed":["sha256:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"],"min_version":"1.3"}},
        "protocol":{"t1":16,"t2":11,"t3":21,"k":30,"w":20,"cot_size":1,"ca_size":1,"ioa_size":2,"asdu_max":100,"time_zone":"Europe/Berlin"},
        "streams":{"input":"a","output":"b","error":"c"},
        "redundancy_groups":[{"name":"scada","clients":["10.1.0.7"],"subjects":["CN=scada-a"],"required":false}],
        "cause":"verbatim","interrogation_time_tags":true,"interrogation_wait":31,"end_of_initialization":false,
        "commands":{"confirm":"local","max_age":0.5,"select_timeout":11,"time_tag":"required"},
        "files":{"folder":"/a","receive_folder":"/b","allow_delete":true,"casdu":3,"ioa":100,"name":2,"max_size":5000,
                 "max_files":20,"step_timeout":3},
        "service":{"enabled":false,"start_delay":1.5,"restart":false,"restart_delay":2,"required":true}})",
                                            {});
    EXPECT_THAT(reading.faults, IsEmpty());
    const ServerConfig& config = reading.value;
    EXPECT_EQ(config.revision, 7u);
    EXPECT_EQ(config.log_level, LogLevel::debug);
    EXPECT_EQ(config.network.host, "10.0.0.1");
    EXPECT_EQ(config.network.port, 19998);
    EXPECT_TRUE(config.network.any_port);
    EXPECT_EQ(config.network.max_connections, 100);
    EXPECT_THAT(config.network.allowed_clients, ElementsAre("10.1.0.0/16", "::1"));
    EXPECT_THAT(config.network.command_clients, ElementsAre("10.1.0.7"));
    ASSERT_TRUE(config.network.tls);
    EXPECT_EQ(config.network.tls->certificate, "c.pem");
    EXPECT_EQ(config.network.tls->key, "k.pem");
    EXPECT_EQ(config.files, (ServerFiles{"/a", "/b", true, 3, 100, 2, 5000, 20, 3s}));
    EXPECT_THAT(config.network.tls->ca, ElementsAre("a.pem"));
    EXPECT_THAT(config.network.tls->crl, ElementsAre("r.pem"));
    EXPECT_EQ(config.network.tls->allowed.size(), 1u);
    EXPECT_EQ(config.network.tls->min_version, TlsVersion::tls_1_3);
    EXPECT_EQ(config.protocol.t1, 16s);
    EXPECT_EQ(config.protocol.t2, 11s);
    EXPECT_EQ(config.protocol.t3, 21s);
    EXPECT_EQ(config.protocol.k, 30);
    EXPECT_EQ(config.protocol.w, 20);
    EXPECT_EQ(config.protocol.cot_size, 1);
    EXPECT_EQ(config.protocol.ca_size, 1);
    EXPECT_EQ(config.protocol.ioa_size, 2);
    EXPECT_EQ(config.protocol.asdu_max, 100);
    EXPECT_EQ(config.protocol.time_zone, "Europe/Berlin");
    EXPECT_EQ(config.streams, (ServerStreams{"a", "b", "c"}));
    ASSERT_EQ(config.redundancy_groups.size(), 1u);
    EXPECT_EQ(config.redundancy_groups[0], (RedundancyGroup{"scada", {"10.1.0.7"}, {"CN=scada-a"}, false}));
    EXPECT_EQ(config.cause, CauseForwarding::verbatim);
    EXPECT_TRUE(config.interrogation_time_tags);
    EXPECT_EQ(config.interrogation_wait, 31s);
    EXPECT_FALSE(config.end_of_initialization);
    EXPECT_EQ(config.commands, (ServerCommands{CommandConfirmation::local, 500ms, 11s, CommandTimeTag::required}));
    EXPECT_EQ(config.service, (Service{false, 1500ms, false, 2s, true}));
}

TEST(ServerConfig, ComesBackFromItsOwnJson) {
    ServerConfig config;
    config.network.tls = Tls{"c", "k", {"a"}, {}, {}, TlsVersion::tls_1_3};
    config.redundancy_groups = {{"scada", {"10.1.0.7"}, {}, false}};
    config.commands.max_age = 1234ms;
    const auto reading = read_server_config(write_json(config), {});
    EXPECT_THAT(reading.faults, IsEmpty());
    EXPECT_EQ(reading.value, config);
}

TEST(ServerConfig, KeepsWhatItWasBasedOnWhereAMemberIsMissing) {
    ServerConfig base;
    base.network.port = 2410;
    base.protocol.t1 = 30s;
    base.redundancy_groups = {{"scada", {"10.1.0.7"}, {}, true}};
    const auto reading = read_server_config(R"({"protocol":{"t3":40}})", base);
    EXPECT_THAT(reading.faults, IsEmpty());
    base.protocol.t3 = 40s;
    EXPECT_EQ(reading.value, base);
}

TEST(ServerConfig, Case42_NamesTheRelationThatDoesNotHold) {
    EXPECT_THAT(read_server_config(R"({"protocol":{"t2":15}})", {}).faults,
                ElementsAre("protocol.t2: 15 must be less than t1 (15)"));
    EXPECT_THAT(read_server_config(R"({"protocol":{"t2":14}})", {}).faults, IsEmpty());
    EXPECT_THAT(read_server_config(R"({"protocol":{"w":13}})", {}).faults,
                ElementsAre("protocol.w: 13 must not be more than k (12)"));
    EXPECT_THAT(read_server_config(R"({"protocol":{"w":12}})", {}).faults, IsEmpty());
    EXPECT_THAT(read_server_config(R"({"protocol":{"k":0}})", {}).faults,
                ElementsAre("protocol.k: 0 must be 1-32767 frames"));
}

TEST(ServerConfig, WarnsOfUnwiseTimersAndWindows) {
    EXPECT_THAT(read_server_config(R"({"protocol":{"t3":15}})", {}).warnings,
                ElementsAre("protocol.t3: 15 should be more than t1 (15)"));
    EXPECT_THAT(read_server_config(R"({"protocol":{"w":9}})", {}).warnings,
                ElementsAre("protocol.w: 9 should not be more than two thirds of k (12)"));
    EXPECT_THAT(read_server_config(R"({"protocol":{"t3":16,"w":8}})", {}).warnings, IsEmpty());
}

TEST(ServerConfig, ListsEveryFaultNotOnlyTheFirst) {
    const auto reading = read_server_config(
        R"({"log_level":"loud","network":{"port":"x","max_connections":0},"protocol":{"k":0,"t2":20}})", {});
    EXPECT_THAT(reading.faults,
                ElementsAre("log_level: \"loud\" must be one of trace, debug, info, warning, error, critical, off",
                            "network.port: \"x\" must be a whole number, 1-65535",
                            "network.max_connections: 0 must be 1-100 connections",
                            "protocol.k: 0 must be 1-32767 frames", "protocol.t2: 20 must be less than t1 (15)"));
}

TEST(ServerConfig, BoundsTheListOfFaults) {
    std::string groups;
    for (int index = 0; index < 1000; ++index) groups += std::string(index == 0 ? "" : ",") + "{}";
    const auto reading = read_server_config("{\"redundancy_groups\":[" + groups + "]}", {});
    EXPECT_EQ(reading.faults.size(), max_findings + 1);
    EXPECT_THAT(reading.faults.back(), testing::MatchesRegex("and [0-9]+ more"));
}

TEST(ServerConfig, WarnsOfUnknownMembersAndReadsOn) {
    const auto reading = read_server_config(R"({"network":{"prot":1,"port":2405},"colour":"red","later":null})", {});
    EXPECT_THAT(reading.faults, IsEmpty());
    EXPECT_THAT(reading.warnings,
                ElementsAre("network.prot: is unknown here and ignored", "colour: is unknown here and ignored"));
    EXPECT_EQ(reading.value.network.port, 2405);
}

TEST(ServerConfig, UsesUnusualPortsOnlyIfToldTo) {
    const auto faults = [](const std::string& network) {
        return read_server_config("{\"network\":" + network + "}", {}).faults;
    };
    EXPECT_THAT(faults(R"({"port":2404})"), IsEmpty());
    EXPECT_THAT(faults(R"({"port":2420})"), IsEmpty());
    EXPECT_THAT(faults(R"({"port":2403})"), ElementsAre("network.port: 2403 must be 2404-2420; others need any_port"));
    EXPECT_THAT(faults(R"({"port":2421})"), ElementsAre("network.port: 2421 must be 2404-2420; others need any_port"));
    EXPECT_THAT(faults(R"({"port":2421,"any_port":true})"), IsEmpty());
    EXPECT_THAT(faults(R"({"port":19998})"),
                ElementsAre("network.port: 19998 must be 2404-2420, or 19998 with tls; others need any_port"));
    EXPECT_THAT(faults(R"({"port":19998,"tls":{"certificate":"c","key":"k","ca":["a"]}})"), IsEmpty());
    EXPECT_THAT(faults(R"({"port":19999,"tls":{"certificate":"c","key":"k","ca":["a"]}})"), testing::SizeIs(1));
}

TEST(ServerConfig, WantsACertificateWithItsKeyAndAuthoritiesForTls) {
    const std::string no_authority = "network.tls.ca: is missing: a line trusts only authorities that are named";
    EXPECT_THAT(read_server_config(R"({"network":{"tls":{}}})", {}).faults,
                ElementsAre("network.tls.certificate: is missing", no_authority));
    EXPECT_THAT(read_server_config(R"({"network":{"tls":{"certificate":"c","ca":["a"]}}})", {}).faults,
                ElementsAre("network.tls.key: certificate and key must be given together"));
    EXPECT_THAT(read_server_config(R"({"network":{"tls":{"certificate":"c","key":"k"}}})", {}).faults,
                ElementsAre(no_authority));
}

TEST(ServerConfig, RefusesOneStreamInTwoRoles) {
    EXPECT_THAT(read_server_config(R"({"streams":{"output":"process:updates"}})", {}).faults,
                ElementsAre("streams.output: \"process:updates\" must not be the same as input"));
}

TEST(ServerConfig, RefusesGroupsThatCannotBeToldApart) {
    const auto reading = read_server_config(R"({"redundancy_groups":[
        {"name":"a","clients":["10.0.0.1"]},{"name":"a","clients":["10.0.0.2","10.0.0.1"]},{"name":"b"},
        {"clients":["10.0.0.300"]},{"name":"d","subjects":["CN=x"]}]})",
                                            {});
    EXPECT_THAT(
        reading.faults,
        ElementsAre(
            "redundancy_groups[3].name: is missing",
            "redundancy_groups[3].clients[0]: \"10.0.0.300\" must be an IP address or a network such as 10.1.0.0/16",
            "redundancy_groups[1].name: \"a\" is the name of another group",
            "redundancy_groups[1].clients: \"10.0.0.1\" is in two places",
            "redundancy_groups[2]: must have clients or subjects", "redundancy_groups[4].subjects: need network.tls"));
}

TEST(ServerConfig, SaysWhereJsonIsMalformed) {
    const auto reading = read_server_config("{\"network\":\n  {\"port\": 2404,}}", {});
    ASSERT_EQ(reading.faults.size(), 1u);
    EXPECT_THAT(reading.faults[0], testing::StartsWith("line 2, column 17: "));
    EXPECT_THAT(read_server_config("", {}).faults, testing::SizeIs(1));
    EXPECT_THAT(read_server_config("{} {}", {}).faults, Contains(HasSubstr("column 4")));
    EXPECT_THAT(read_server_config("[]", {}).faults, ElementsAre("a list must be a table of members (an object)"));
    EXPECT_THAT(read_server_config("null", {}).faults, ElementsAre("null must be a table of members (an object)"));
}

TEST(ServerConfig, SurvivesDeepNestingAndGreatLength) {
    EXPECT_THAT(read_server_config(std::string(100000, '['), {}).faults, testing::SizeIs(1));
    EXPECT_THAT(read_server_config(std::string(std::size_t{3} << 20, ' '), {}).faults,
                ElementsAre("longer than 1048576 octets"));
}

TEST(ServerConfig, ChecksTextsThatBecomeKeysAndFileNames) {
    const auto faults = [](const std::string& text) { return read_server_config(text, {}).faults; };
    EXPECT_THAT(faults(R"({"streams":{"input":"a b"}})"),
                ElementsAre("streams.input: \"a b\" must be printable characters without blanks"));
    EXPECT_THAT(faults(R"({"streams":{"input":"a\nb"}})"),
                ElementsAre("streams.input: \"a\\nb\" must be text without control characters"));
    EXPECT_THAT(faults(R"({"streams":{"input":""}})"),
                ElementsAre("streams.input: \"\" must be 1-256 characters long"));
    EXPECT_THAT(faults(R"({"protocol":{"time_zone":"../../etc/passwd"}})"), testing::SizeIs(1));
    EXPECT_THAT(faults(R"({"protocol":{"time_zone":"/etc/localtime"}})"), testing::SizeIs(1));
    EXPECT_THAT(faults(R"({"protocol":{"time_zone":"America/Argentina/Buenos_Aires"}})"), IsEmpty());
}

TEST(ServerConfig, AcceptsWholeNumbersInAnyNotation) {
    const auto reading = read_server_config(R"({"network":{"port":2.405e3}})", {});
    EXPECT_THAT(reading.faults, IsEmpty());
    EXPECT_EQ(reading.value.network.port, 2405);
    EXPECT_THAT(read_server_config(R"({"network":{"port":2404.5}})", {}).faults,
                ElementsAre("network.port: 2404.5 must be a whole number, 1-65535"));
    EXPECT_THAT(read_server_config(R"({"network":{"port":1e300}})", {}).faults, testing::SizeIs(1));
}

TEST(ServerConfig, ShowsLongValuesCut) {
    const auto reading = read_server_config("{\"log_level\":\"" + std::string(1000, 'x') + "\"}", {});
    ASSERT_EQ(reading.faults.size(), 1u);
    EXPECT_LT(reading.faults[0].size(), 200u);
}

TEST(ServerConfig, PrivateTypesAreNoneOfTheStandardAndListedOnce) {
    const auto reading = read_server_config(
        R"({"reset_process":true,"protocol":{"private_types":[{"type":137,"size":5},{"type":52,"size":16}]}})", {});
    ASSERT_TRUE(reading.good());
    EXPECT_TRUE(reading.value.reset_process);
    EXPECT_EQ(reading.value.protocol.private_types, (std::vector<PrivateType>{{137, 5}, {52, 16}}));
    EXPECT_TRUE(restart_needed({}, reading.value)) << "both sides must agree anew";
    EXPECT_THAT(read_server_config(R"({"protocol":{"private_types":[{"type":45,"size":1},{"type":137,"size":1},
                                       {"type":137,"size":2}]}})",
                                   {})
                    .faults,
                testing::ElementsAre("protocol.private_types[0].type: 45 is a type of the standard",
                                     "protocol.private_types[2].type: 137 is listed twice"));
    EXPECT_FALSE(read_server_config(R"({"protocol":{"private_types":[{"type":137,"size":17}]}})", {}).good());
    EXPECT_FALSE(read_server_config(R"({"protocol":{"private_types":[{"type":36,"size":1}]}})", {}).good());
}

}  // namespace
}  // namespace busbar::config
