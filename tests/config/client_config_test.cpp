#include "config/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/document.hpp"

namespace busbar::config {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(ClientConfig, HasTheDefaultsOfTheDesign) {
    const ClientConfig config;
    EXPECT_EQ(config.network.host, "127.0.0.1");
    EXPECT_EQ(config.network.port, 2404);
    EXPECT_EQ(config.protocol.t0, 30s);
    EXPECT_EQ(config.protocol.t1, 15s);
    EXPECT_EQ(config.protocol.t2, 10s);
    EXPECT_EQ(config.protocol.t3, 20s);
    EXPECT_EQ(config.protocol.k, 12);
    EXPECT_EQ(config.protocol.w, 8);
    EXPECT_EQ(config.protocol.originator, 0);
    EXPECT_TRUE(config.interrogation.on_connect);
    EXPECT_EQ(config.interrogation.every, 0s);
    EXPECT_FALSE(config.clock_sync.on_connect);
    EXPECT_EQ(config.streams.updates, "process:updates");
    EXPECT_EQ(config.streams.results, "process:command-results");
    EXPECT_EQ(config.streams.max_length, 1000u);
    EXPECT_EQ(config.commands.max_age, 5s);
    EXPECT_EQ(config.reconnect, 2s);
    EXPECT_EQ(config.reconnect_max, 2s);
    EXPECT_EQ(config.not_topical_after, 0s);
    EXPECT_FALSE(config.debug);
    const auto reading = read_client_config("{}", config);
    EXPECT_THAT(reading.faults, IsEmpty());
    EXPECT_THAT(reading.warnings, IsEmpty());
    EXPECT_EQ(reading.value, config);
}

TEST(ClientConfig, TakesEveryMember) {
    const auto reading = read_client_config(R"({"revision":3,"log_level":"off",
        "network":{"host":"rtu-1","port":2500,"backup":["10.0.0.2","10.0.0.3:2405","[2001:db8::1]:2406"],"standby":"none",
        "tls":{"certificate":"c.pem","key":"k.pem","ca":["a.pem"]}},
        "protocol":{"t0":10,"t1":16,"t2":11,"t3":21,"k":30,"w":20,"originator":5},
        "stations":[{"casdu":101,"remote":1,"name":"North"},{"casdu":102}],
        "interrogation":{"on_connect":false,"every":3600,"groups":[1,16],"counters_every":900},
        "clock_sync":{"on_connect":true,"every":600},
        "streams":{"updates":"u","commands":"c","results":"r","error":"e","max_length":5},
        "commands":{"max_age":1},"reconnect":0.5,"reconnect_max":60,"not_topical_after":30,"debug":true,
        "service":{"enabled":false}})",
                                            {});
    EXPECT_THAT(reading.faults, IsEmpty());
    EXPECT_THAT(reading.warnings, IsEmpty());
    const ClientConfig& config = reading.value;
    EXPECT_EQ(config.revision, 3u);
    EXPECT_EQ(config.log_level, LogLevel::off);
    EXPECT_EQ(config.network.host, "rtu-1");
    EXPECT_EQ(config.network.port, 2500);
    EXPECT_THAT(config.network.backup,
                ElementsAre(Endpoint{"10.0.0.2", 2404}, Endpoint{"10.0.0.3", 2405}, Endpoint{"2001:db8::1", 2406}));
    EXPECT_EQ(config.network.standby, Standby::none);
    EXPECT_TRUE(config.network.tls);
    EXPECT_EQ(config.protocol.t0, 10s);
    EXPECT_EQ(config.protocol.t1, 16s);
    EXPECT_EQ(config.protocol.k, 30);
    EXPECT_EQ(config.protocol.originator, 5);
    EXPECT_THAT(config.stations, ElementsAre(Station{101, 1, "North"}, Station{102, std::nullopt, ""}));
    EXPECT_EQ(config.stations[0].remote_address(), 1);
    EXPECT_EQ(config.stations[1].remote_address(), 102);
    EXPECT_EQ(config.interrogation, (ClientInterrogation{false, 3600s, {1, 16}, 900s}));
    EXPECT_EQ(config.clock_sync, (ClockSync{true, 600s}));
    EXPECT_EQ(config.streams, (ClientStreams{"u", "c", "r", "e", 5}));
    EXPECT_EQ(config.commands.max_age, 1s);
    EXPECT_EQ(config.reconnect, 500ms);
    EXPECT_EQ(config.reconnect_max, 60s);
    EXPECT_EQ(config.not_topical_after, 30s);
    EXPECT_TRUE(config.debug);
    EXPECT_FALSE(config.service.enabled);
}

TEST(ClientConfig, ComesBackFromItsOwnJson) {
    ClientConfig config;
    config.network.backup = {{"2001:db8::1", 2405}};
    config.stations = {{101, 1, "North"}, {102, std::nullopt, ""}};
    config.interrogation.groups = {1, 2};
    config.reconnect = 1500ms;
    const auto reading = read_client_config(write_json(config), {});
    EXPECT_THAT(reading.faults, IsEmpty());
    EXPECT_EQ(reading.value, config);
}

TEST(ClientConfig, RefusesStationsThatCannotBeToldApart) {
    const auto reading = read_client_config(R"({"stations":[{"casdu":1},{"casdu":1,"remote":2},{"casdu":3,"remote":2},
        {"casdu":0},{"casdu":65535,"remote":65534},{"remote":9},{"casdu":4,"remote":65535}]})",
                                            {});
    EXPECT_THAT(reading.faults,
                ElementsAre("stations[5].casdu: is missing", "stations[6].remote: 65535 must be 1-65534",
                            "stations[1].casdu: 1 is listed twice", "stations[2].remote: 2 is listed twice",
                            "stations[3].remote: 0 must be 1-65534; it is casdu unless it is given"));
}

TEST(ClientConfig, SaysWhatIsWrongWithABackupAddress) {
    EXPECT_THAT(
        read_client_config(R"({"network":{"backup":["a:b","[::1","x:0",":1","a b",7]}})", {}).faults,
        ElementsAre("network.backup[0]: \"a:b\" must have a port 1-65535", "network.backup[1]: \"[::1\" lacks a ]",
                    "network.backup[2]: \"x:0\" must have a port 1-65535", "network.backup[3]: \":1\" has no host",
                    "network.backup[4]: \"a b\" must be host:port", "network.backup[5]: 7 must be text (host:port)"));
}

TEST(ClientConfig, RefusesOneStreamInTwoRoles) {
    EXPECT_THAT(read_client_config(R"({"streams":{"updates":"x","commands":"x","error":"x"}})", {}).faults,
                ElementsAre("streams.commands: \"x\" must not be the same as updates",
                            "streams.error: \"x\" must not be the same as updates",
                            "streams.error: \"x\" must not be the same as commands"));
}

TEST(ClientConfig, Case42_ChecksTheSameRelationsAsAServer) {
    EXPECT_THAT(
        read_client_config(R"({"protocol":{"t2":15,"w":13}})", {}).faults,
        ElementsAre("protocol.t2: 15 must be less than t1 (15)", "protocol.w: 13 must not be more than k (12)"));
}

}  // namespace
}  // namespace busbar::config
