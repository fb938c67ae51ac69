#include "connector/iec104_server/station_requests.hpp"

#include <gmock/gmock.h>

#include "iec104/controlled_bench.hpp"

namespace busbar::connector {
namespace {

using testing::HasSubstr;

/// A control room at 10.0.0.1 and a station with one counter; what the station does not answer goes to the requests.
struct RequestsBench {
    explicit RequestsBench(config::ServerConfig config = {}) : controlled(station_config()) {
        requests.configure(config, *TimeZone::find("UTC"));
        controlled.value({.ioa = 1, .type = 15, .element = "05 00 00 00 00"});
        controlled.value({.ioa = 2, .type = 37, .element = "06 00 00 00 00 00 00 00 08 15 0B 1A"});
    }
    static iec104::ControlledStationConfig station_config() {
        auto config = iec104::test::ControlledBench::usual_config();
        config.freezes_counters = true;
        return config;
    }
    std::string ask(const std::string& asdu) {
        const auto answered = room.request(asdu);
        const auto event = room.events();
        if (!event.starts_with("command ")) return answered;
        if (!requests.take(*room.session, iec104::test::octets_of(event.substr(8)), peer)) return "not taken";
        return room.acknowledge();
    }

    net::EventLoop loop;
    iec104::test::ControlledBench controlled;
    net::PeerAddress peer{*net::IpAddress::parse("10.0.0.1"), 40000};
    int resets = 0;
    StationRequests requests{
        loop, controlled.station, {.on_answered = [] {}, .reset_process = [this](const auto&) { ++resets; }}};
    iec104::test::ControlRoom room = connect();

private:
    iec104::test::ControlRoom connect() {
        auto made = controlled.connect_and_start();
        made.events();
        return made;
    }
};

const std::string reset = "69 01 06 00 01 00 00 00 00 ", reset_refused = "69 01 47 00 01 00 00 00 00 ";
const std::string freeze = "65 01 06 00 01 00 00 00 00 45", read = "65 01 06 00 01 00 00 00 00 05";

TEST(StationRequests, Case85_FreezesItsOwnCopy) {
    RequestsBench bench;
    EXPECT_EQ(bench.ask(freeze), "65 01 07 00 01 00 00 00 00 45");
    bench.controlled.value({.ioa = 1, .type = 15, .element = "09 00 00 00 00"});
    const auto readings = bench.ask(read);
    EXPECT_THAT(readings, HasSubstr("0F 01 25 00 01 00 01 00 00 05 00 00 00 01"));
    EXPECT_THAT(readings, HasSubstr("25 01 25 00 01 00 02 00 00 06 00 00 00 01"));
    const auto tag = iec104::test::octets_of(readings.substr(readings.find("06 00 00 00 01") + 15, 20));
    EXPECT_NE(tag[2] & 0x40, 0) << "GEN: it is the gateway's time of the freeze";
}

TEST(StationRequests, Case86_Case87_AResetIsTheRtus) {
    RequestsBench bench;
    EXPECT_EQ(bench.ask("65 01 06 00 01 00 00 00 00 85"), "65 01 47 00 01 00 00 00 00 85");
    EXPECT_EQ(bench.ask("65 01 06 00 01 00 00 00 00 C5"), "65 01 47 00 01 00 00 00 00 C5");
    EXPECT_EQ(bench.ask("65 01 86 00 01 00 00 00 00 45"), "65 01 C7 00 01 00 00 00 00 45") << "a test (T = 1)";
    EXPECT_THAT(bench.ask(read), HasSubstr("0F 01 25 00 01 00 01 00 00 05 00 00 00 00")) << "nor is it frozen";
}

TEST(StationRequests, Case97_TheProcessIsResetIfThatIsPermittedAndEventsNever) {
    RequestsBench refusing;
    EXPECT_EQ(refusing.ask(reset + "01"), reset_refused + "01");
    config::ServerConfig config;
    config.reset_process = true;
    RequestsBench bench(config);
    for (const std::string qualifier : {"00", "02", "03", "80"})
        EXPECT_EQ(bench.ask(reset + qualifier), reset_refused + qualifier);
    EXPECT_EQ(bench.ask("69 01 86 00 01 00 00 00 00 01"), "69 01 C7 00 01 00 00 00 00 01") << "a test";
    EXPECT_EQ(bench.resets + refusing.resets, 0);
    EXPECT_EQ(bench.ask(reset + "01"), "69 01 07 00 01 00 00 00 00 01");
    EXPECT_EQ(bench.resets, 1);
}

TEST(StationRequests, Case97_APeerThatMayNotCommandResetsNothing) {
    config::ServerConfig config;
    config.reset_process = true;
    config.network.command_clients = {"10.0.0.2"};
    RequestsBench bench(config);
    EXPECT_EQ(bench.ask(reset + "01"), reset_refused + "01");
    EXPECT_EQ(bench.resets, 0);
}

TEST(StationRequests, AreForPeersThatMayCommand) {
    config::ServerConfig config;
    config.network.command_clients = {"10.0.0.2"};
    RequestsBench bench(config);
    EXPECT_EQ(bench.ask(freeze), "65 01 47 00 01 00 00 00 00 45");
    EXPECT_THAT(bench.ask(read), HasSubstr("0F 01 25 00 01 00 01 00 00 05 00 00 00 00"));
}

TEST(StationRequests, LeaveCommandsToOthers) {
    RequestsBench bench;
    EXPECT_EQ(bench.ask("2D 01 06 00 01 00 01 00 00 01"), "not taken");
}

}  // namespace
}  // namespace busbar::connector
