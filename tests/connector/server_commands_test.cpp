#include "connector/iec104_server/commands.hpp"

#include <memory>

#include "connector/command_bench.hpp"
#include "iec104/controlled_bench.hpp"

namespace busbar::connector {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

config::MappedPoint command_point(std::uint32_t ioa, std::uint8_t type) {
    config::MappedPoint made;
    made.casdu = 1;
    made.ioa = ioa;
    made.type = type;
    made.command = true;
    return made;
}

/// A control room, a controlled station, and the store's side of it. The test is whoever owns the station.
struct ServerBench : test::CommandBench {
    ServerBench() {
        config.commands.max_age = 400ms;
        mapping.points = {command_point(1, 45), command_point(2, 45)};
        mapping.points[1].select = config::SelectMode::select;
        const iec60870::CommonAddress stations[] = {1};
        controlled.station.set_stations(stations);
        room = std::make_unique<iec104::test::ControlRoom>(controlled.connect_and_start());
        start();
    }
    void start() {
        commands = std::make_unique<ServerCommands>(
            proxied, "srv", "host", config, *TimeZone::find("UTC"), mapping,
            ServerCommands::Owner{[this] { return epoch; }, [this] { return ++number; }, [] {},
                                  [this] { return position; }});
        following();
    }
    /// Results are followed once a command is not refused for want of them.
    void following() { pass(150ms); }

    /// What the room sends, and what it is answered at once.
    std::string command(const std::string& asdu, const std::string& address = "10.0.0.1") {
        const auto answered = room->request(asdu);
        const auto event = room->events();
        if (!event.starts_with("command ")) return answered;
        commands->receive(*room->session, iec104::test::octets_of(event.substr(8)),
                          {*net::IpAddress::parse(address), 40000});
        return room->acknowledge();
    }
    bool wait_given(const std::string& id) {
        return wait([&] { return given().find(id) != std::string::npos; });
    }
    std::string given() const { return ask({"XRANGE", "process:commands", "-", "+"}); }
    void result(const std::string& id, const std::string& data) {
        ask({"XADD", "process:command-results", "*", "casdu", "1", "ioa", "1", "source", "c", "id", id, "data", data});
    }
    /// What the room hears until something comes.
    std::string hear(Duration limit = 5s) {
        std::string heard;
        wait([&] { return !(heard = room->acknowledge()).empty(); }, limit);
        return heard;
    }
    std::string hear_nothing(Duration time) {
        std::string heard;
        const auto end = loop.now() + time;
        while (loop.now() < end && heard.empty()) {
            pass(20ms);
            heard = room->acknowledge();
        }
        return heard;
    }

    iec104::test::ControlledBench controlled;
    std::unique_ptr<iec104::test::ControlRoom> room;
    config::ServerConfig config;
    config::Mapping mapping;
    std::uint64_t epoch = 7, number = 0;
    store::StreamId position;
    std::unique_ptr<ServerCommands> commands;
};

const std::string on = "2D 01 06 00 01 00 01 00 00 01", confirmed = "2D 01 07 00 01 00 01 00 00 01",
                  refused = "2D 01 47 00 01 00 01 00 00 01", terminated = "2D 01 0A 00 01 00 01 00 00 01";
const std::string select_on = "2D 01 06 00 01 00 01 00 00 81", selected = "2D 01 07 00 01 00 01 00 00 81";

TEST(ServerCommands, Case98_WritesTheCommandAndPassesOnWhatBecameOfIt) {
    ServerBench bench;
    EXPECT_EQ(bench.command(on), "");
    ASSERT_TRUE(bench.wait_given("srv:7:1"));
    EXPECT_THAT(bench.given(),
                HasSubstr(R"("type":45,"value":true,"cot":6,"source":"srv","peer":"10.0.0.1:40000","session":"7:1")"));
    bench.result("srv:7:1", R"({"stage":"confirmed","cause":7})");
    EXPECT_EQ(bench.hear(), confirmed);
    bench.result("srv:7:1", R"({"stage":"terminated","cause":10})");
    EXPECT_EQ(bench.hear(), terminated);
}

TEST(ServerCommands, RefusesAConnectionThatGivesTooManyCommands) {
    ServerBench bench;
    bench.config.commands.rate = 0.2;  // two at once, then one in five seconds
    bench.commands->configure(bench.config, *TimeZone::find("UTC"));
    const std::string cancel = "2D 01 08 00 01 00 01 00 00 81";
    EXPECT_EQ(bench.command(on), "");
    EXPECT_EQ(bench.command(on), refused);  // the object is busy
    EXPECT_EQ(bench.command("2D 01 06 00 01 00 02 00 00 81"), "2D 01 47 00 01 00 02 00 00 81");
    EXPECT_EQ(bench.command(cancel), "") << "ending something is always permitted";
    bench.loop.advance_clock(5s);
    EXPECT_EQ(bench.command("2D 01 06 00 01 00 02 00 00 81"), "");
}

TEST(ServerCommands, Case112_PassesOnARefusal) {
    ServerBench bench;
    bench.command(on);
    bench.result("srv:7:1", R"({"stage":"refused","cause":7,"negative":true})");
    EXPECT_EQ(bench.hear(), refused);
    bench.result("srv:7:1", R"({"stage":"confirmed","cause":7})");
    EXPECT_EQ(bench.hear_nothing(100ms), "");
}

TEST(ServerCommands, Case114_SaysWhatTheStationDoesNotKnow) {
    ServerBench bench;
    bench.command(on);
    bench.result("srv:7:1", R"({"stage":"refused","cause":47,"negative":true})");
    EXPECT_EQ(bench.hear(), "2D 01 6F 00 01 00 01 00 00 01");
    EXPECT_EQ(bench.command("2D 01 06 00 01 00 09 00 00 01"), "2D 01 6F 00 01 00 09 00 00 01");  // not mapped
    EXPECT_EQ(bench.command("2D 01 06 00 02 00 01 00 00 01"), "2D 01 6E 00 02 00 01 00 00 01");  // no such station
    EXPECT_EQ(bench.command("2D 01 03 00 01 00 01 00 00 01"), "2D 01 6D 00 01 00 01 00 00 01");
    EXPECT_EQ(bench.command("2D 01 0A 00 01 00 01 00 00 01"), "2D 01 6D 00 01 00 01 00 00 01");
}

TEST(ServerCommands, Case113_NobodyTookIt) {
    ServerBench bench;
    bench.command(on);
    EXPECT_EQ(bench.hear(), refused);
    EXPECT_EQ(bench.claim_of("srv:7:1"), "srv/host 7");
    EXPECT_TRUE(bench.wait_result("srv:7:1", "refused"));
    EXPECT_EQ(bench.command(on), "");  // the object is free again
}

TEST(ServerCommands, Case113_SomebodyTookItAndIsSilent) {
    ServerBench bench;
    bench.command(on);
    bench.ask({"SET", "process:commands:claim:srv:7:1", "c"});
    EXPECT_EQ(bench.hear_nothing(600ms), "");
    EXPECT_TRUE(bench.wait_result("srv:7:1", "unknown"));
    bench.result("srv:7:1", R"({"stage":"confirmed","cause":7})");
    EXPECT_EQ(bench.hear_nothing(100ms), "");  // too late: for the stream only
    EXPECT_EQ(bench.command(on), "");
}

/// With the store its claims may be gone, so a claim that we win proves nothing.
TEST(ServerCommands, RefusesNothingAfterTheStoreWasLost) {
    ServerBench bench;
    bench.command(on);
    ASSERT_TRUE(bench.wait_given("srv:7:1"));
    bench.proxy.tell("reset");
    EXPECT_EQ(bench.hear_nothing(600ms), "");
    EXPECT_TRUE(bench.wait_result("srv:7:1", "unknown"));
    EXPECT_EQ(bench.claim_of("srv:7:1"), "(nil)");
}

TEST(ServerCommands, RefusesAtOnceWhileTheStoreIsAway) {
    ServerBench bench;
    bench.proxy.tell("refuse");
    bench.proxy.tell("reset");
    ASSERT_TRUE(bench.wait([&] { return !bench.proxied.is_connected(); }));
    EXPECT_EQ(bench.command(on), refused);
    bench.proxy.tell("normal");
    bench.proxy.tell("accept");
    ASSERT_TRUE(bench.wait([&] { return bench.proxied.is_connected(); }));
    EXPECT_EQ(bench.given(), "");
}

TEST(ServerCommands, RefusesWhatTheStoreRefusesToTake) {
    ServerBench bench;
    bench.proxy.tell("replace XADD 1 -OOM command not allowed");
    EXPECT_EQ(bench.command(on), "");
    EXPECT_EQ(bench.hear(), refused);
}

TEST(ServerCommands, RefusesWithoutItsLease) {
    ServerBench bench;
    bench.epoch = 0;
    EXPECT_EQ(bench.command(on), refused);
}

TEST(ServerCommands, OnlyCertainPeersMayCommand) {
    ServerBench bench;
    bench.config.network.command_clients = {"10.0.0.0/24"};
    bench.commands->configure(bench.config, *TimeZone::find("UTC"));
    EXPECT_EQ(bench.command(on, "10.0.1.1"), refused);
    EXPECT_EQ(bench.command(on, "10.0.0.9"), "");
}

TEST(ServerCommands, Case109_ASelectionIsCancelledWhenItsConnectionGoes) {
    ServerBench bench;
    bench.command(select_on);
    bench.result("srv:7:1", R"({"stage":"selected","cause":7})");
    EXPECT_EQ(bench.hear(), selected);
    bench.commands->session_gone(*bench.room->session);
    ASSERT_TRUE(bench.wait_given("srv:7:2"));
    EXPECT_THAT(bench.given(), HasSubstr(R"("select":true,"cancel":true)"));
}

TEST(ServerCommands, ASelectionThatIsConfirmedTooLateIsCancelledToo) {
    ServerBench bench;
    bench.command(select_on);
    ASSERT_TRUE(bench.wait_given("srv:7:1"));
    bench.commands->session_gone(*bench.room->session);
    bench.result("srv:7:1", R"({"stage":"selected","cause":7})");
    ASSERT_TRUE(bench.wait_given("srv:7:2"));
    EXPECT_THAT(bench.given(), HasSubstr(R"("cancel":true)"));
    EXPECT_EQ(bench.hear_nothing(50ms), "");
}

TEST(ServerCommands, Case103_SelectsAndExecutes) {
    ServerBench bench;
    const std::string select = "2D 01 06 00 01 00 02 00 00 81", execute = "2D 01 06 00 01 00 02 00 00 01";
    EXPECT_EQ(bench.command(execute), "2D 01 47 00 01 00 02 00 00 01");
    bench.command(select);
    bench.result("srv:7:1", R"({"stage":"selected","cause":7})");
    EXPECT_EQ(bench.hear(), "2D 01 07 00 01 00 02 00 00 81");
    EXPECT_EQ(bench.command(execute), "");
    bench.result("srv:7:2", R"({"stage":"confirmed","cause":7})");
    EXPECT_EQ(bench.hear(), "2D 01 07 00 01 00 02 00 00 01");
}

/// The event waits for the confirmation, though it was read first.
TEST(ServerCommands, ReturnInformationDoesNotOvertakeTheConfirmation) {
    ServerBench bench;
    bench.command(on);
    ASSERT_TRUE(bench.wait_given("srv:7:1"));
    bench.proxy.tell("delay-replies 0.2");
    bench.result("srv:7:1", R"({"stage":"confirmed","cause":7})");
    bench.commands->update_seen({1, 9}, R"({"type":1,"value":true,"cot":11})");
    bench.controlled.event({.ioa = 9, .cause = iec60870::Cause::return_remote});
    EXPECT_EQ(bench.room->acknowledge(), "");
    std::string heard = bench.hear();
    if (heard == confirmed) heard += " | " + bench.hear();  // released, and sent a moment later
    EXPECT_THAT(heard, StartsWith(confirmed + " | 01 01 0B"));
}

TEST(ServerCommands, EventsAreNotHeldForEver) {
    ServerBench bench;
    bench.command(on);
    bench.proxy.tell("delay-replies 2");
    bench.commands->update_seen({1, 9}, R"({"type":1,"value":true,"cot":11})");
    bench.controlled.event({.ioa = 9, .cause = iec60870::Cause::return_remote});
    EXPECT_EQ(bench.room->acknowledge(), "");
    const auto began = bench.loop.now();
    EXPECT_THAT(bench.hear(1s), StartsWith("01 01 0B"));
    EXPECT_LT(bench.loop.now() - began, 1s);
}

TEST(ServerCommands, TheTerminationWaitsForTheUpdatesBeforeIt) {
    ServerBench bench;
    bench.command(on);
    bench.result("srv:7:1", R"({"stage":"confirmed","cause":7})");
    EXPECT_EQ(bench.hear(), confirmed);
    bench.ask({"XADD", "process:updates", "5-1", "casdu", "1", "ioa", "9", "source", "c", "data", "{}"});
    bench.result("srv:7:1", R"({"stage":"terminated","cause":10})");
    EXPECT_EQ(bench.hear_nothing(200ms), "");
    bench.position = {5, 1};
    bench.commands->position_moved();
    EXPECT_EQ(bench.hear(), terminated);
}

TEST(ServerCommands, LocalConfirmationNeedsNobody) {
    ServerBench bench;
    bench.config.commands.confirm = config::CommandConfirmation::local;
    bench.commands->configure(bench.config, *TimeZone::find("UTC"));
    EXPECT_EQ(bench.command(select_on), selected);
    EXPECT_EQ(bench.given(), "");  // a selection is the connector's own
    EXPECT_EQ(bench.command(on), "");
    EXPECT_EQ(bench.hear(), confirmed);
    EXPECT_EQ(bench.hear(), terminated);
    EXPECT_THAT(bench.given(), HasSubstr("srv:7:1"));
    EXPECT_EQ(bench.hear_nothing(500ms), "");  // and it is never claimed
    EXPECT_EQ(bench.claim_of("srv:7:1"), "(nil)");
}

TEST(ServerCommands, ResultsThatCannotBeReadAreAsIfTheyHadNotCome) {
    ServerBench bench;
    bench.command(on);
    ASSERT_TRUE(bench.wait_given("srv:7:1"));
    bench.ask({"XADD", "process:command-results", "*", "a", "b"});
    bench.result("srv:7:1", "{");
    bench.result("srv:7:1", R"({"stage":"done"})");
    bench.result("srv:7:1", "[]");
    bench.result("another", R"({"stage":"confirmed"})");
    bench.result("srv:7:1", R"({"stage":"confirmed","cause":7})");
    EXPECT_EQ(bench.hear(), confirmed);
}

// --- parameters

/// Station 1 has a parameter at IOA 1, beside the command, its activation, and that of all parameters.
struct ParameterBench : ServerBench {
    ParameterBench() {
        mapping.points.push_back(command_point(1, 112));
        mapping.points.back().scale = 10;
        mapping.points.push_back(command_point(1, 113));
        mapping.points.push_back(command_point(0, 113));
        start();
    }
};
const std::string load = "70 01 06 00 01 00 01 00 00 00 00 48 42 01",
                  loaded = "70 01 07 00 01 00 01 00 00 00 00 48 42 01";
const std::string start_cyclic = "71 01 06 00 01 00 01 00 00 03", stop_cyclic = "71 01 08 00 01 00 01 00 00 03";

TEST(ServerCommands, Case119_AParameterGoesTheWayOfACommandAndEndsWithItsConfirmation) {
    ParameterBench bench;
    EXPECT_EQ(bench.command(load), "");
    ASSERT_TRUE(bench.wait_given("srv:7:1"));
    EXPECT_THAT(bench.given(), HasSubstr(R"("type":112,"value":5,"cot":6,)")) << "50 / 10";
    EXPECT_THAT(bench.given(), HasSubstr(R"("qualifier":1)"));
    EXPECT_EQ(bench.command(load), "70 01 47 00 01 00 01 00 00 00 00 48 42 01") << "one at a time";
    bench.result("srv:7:1", R"({"stage":"confirmed","cause":7})");
    EXPECT_EQ(bench.hear(), loaded);
    bench.result("srv:7:1", R"({"stage":"terminated","cause":10})");
    EXPECT_EQ(bench.hear_nothing(100ms), "");
    EXPECT_EQ(bench.command(load), "");
    bench.result("srv:7:2", R"({"stage":"refused","cause":7,"negative":true})");
    EXPECT_EQ(bench.hear(), "70 01 47 00 01 00 01 00 00 00 00 48 42 01");
}

TEST(ServerCommands, Case120_ActivationAndDeactivation) {
    ParameterBench bench;
    bench.command(start_cyclic);
    ASSERT_TRUE(bench.wait_given("srv:7:1"));
    EXPECT_THAT(bench.given(), HasSubstr(R"("type":113,"value":3,"cot":6,)"));
    bench.result("srv:7:1", R"({"stage":"confirmed","cause":7})");
    EXPECT_EQ(bench.hear(), "71 01 07 00 01 00 01 00 00 03");
    bench.command(stop_cyclic);
    ASSERT_TRUE(bench.wait_given("srv:7:2"));
    EXPECT_THAT(bench.given(), HasSubstr(R"("cancel":true)"));
    bench.result("srv:7:2", R"({"stage":"cancelled","cause":9})");
    EXPECT_EQ(bench.hear(), "71 01 09 00 01 00 01 00 00 03");
    bench.command("71 01 06 00 01 00 00 00 00 01");
    ASSERT_TRUE(bench.wait_given("srv:7:3")) << "all parameters of the station";
}

TEST(ServerCommands, Case119_AParameterThatNobodyTookIsRefusedAndOneThatSomebodyTookIsNot) {
    ParameterBench bench;
    bench.command(load);
    ASSERT_TRUE(bench.wait_given("srv:7:1"));
    EXPECT_EQ(bench.hear(), "70 01 47 00 01 00 01 00 00 00 00 48 42 01");
    EXPECT_THAT(bench.claim_of("srv:7:1"), StartsWith("srv/host 7"));
    bench.command(load);
    ASSERT_TRUE(bench.wait_given("srv:7:2"));
    bench.ask({"SET", "process:commands:claim:srv:7:2", "c/host 1"});
    EXPECT_EQ(bench.hear_nothing(1s), "");
    EXPECT_TRUE(bench.wait_result("srv:7:2", "unknown"));
}

TEST(ServerCommands, Case119_ParametersNeedAnEntryAndAPeerThatMayCommand) {
    ParameterBench bench;
    EXPECT_EQ(bench.command("6E 01 06 00 01 00 02 00 00 00 40 01"), "6E 01 6F 00 01 00 02 00 00 00 40 01");
    bench.config.network.command_clients = {"10.0.0.9"};
    bench.start();
    EXPECT_EQ(bench.command(load), "70 01 47 00 01 00 01 00 00 00 00 48 42 01");
    EXPECT_EQ(bench.command(stop_cyclic), "71 01 49 00 01 00 01 00 00 03");
    EXPECT_EQ(bench.given(), "");
}

TEST(ServerCommands, ParametersConfirmedLocally) {
    ParameterBench bench;
    bench.config.commands.confirm = config::CommandConfirmation::local;
    bench.start();
    bench.command(load);
    EXPECT_EQ(bench.hear(), loaded);
    bench.command(stop_cyclic);
    EXPECT_EQ(bench.hear(), "71 01 09 00 01 00 01 00 00 03");
    EXPECT_EQ(bench.hear_nothing(100ms), "");
}

TEST(ServerCommands, FilesAreNoTypeOfIts) {
    ServerBench bench;
    EXPECT_EQ(bench.command("7A 01 0D 00 01 00 01 00 00 01 00 00 01"), "7A 01 6C 00 01 00 01 00 00 01 00 00 01");
}

}  // namespace
}  // namespace busbar::connector
