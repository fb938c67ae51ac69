#include "connector/iec104_client/commands.hpp"

#include <memory>

#include "connector/command_bench.hpp"

namespace busbar::connector {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Station 101 of the system is station 1 of the RTU. What leaves is kept, and answered as the test likes.
struct ClientBench : test::CommandBench {
    ClientBench() : errors(store, "c") {
        config.stations = {{101, 1, ""}};
        start();
    }
    void start() {
        commands =
            std::make_unique<ClientCommands>(proxied, errors, "c", config, *TimeZone::find("UTC"),
                                             ClientCommands::Owner{.owns = [this](auto) { return owns(); },
                                                                   .claimant = [] { return "c/host 7"; },
                                                                   .send = [this](Octets asdu) { return take(asdu); },
                                                                   .trouble = [this] { return trouble; }});
        // It follows once an entry of no station of ours has been read; nothing else says so.
        const auto bad = commands->counters().bad;
        ASSERT_TRUE(wait([&] {
            ask({"XADD", "process:commands", "*", "probe", ""});
            pass(10ms);
            return commands->counters().bad > bad;
        }));
    }
    bool owns() {
        ++asked;
        return asked < lost_at;
    }
    bool take(Octets asdu) {
        if (!line_takes) return false;
        sent.push_back(to_hex(asdu, ' '));
        return true;
    }
    void give(const std::string& id, const std::string& data, const std::string& entry = "*",
              const std::string& casdu = "101") {
        ask({"XADD", "process:commands", entry, "casdu", casdu, "ioa", "6001", "source", "srv", "id", id, "data",
             data});
    }
    void answer(const std::string& hex, std::uint64_t number = 1) {
        const auto octets = *from_hex(hex);
        commands->answered(*iec60870::AsduView::parse(octets), number, 1);
    }
    /// Nothing left, though there was time.
    void expect_not_sent() {
        pass(100ms);
        EXPECT_THAT(sent, IsEmpty());
    }

    config::ClientConfig config;
    store::ErrorStream errors;
    std::string trouble;
    bool line_takes = true;
    int asked = 0, lost_at = 1'000'000;
    std::vector<std::string> sent;
    std::unique_ptr<ClientCommands> commands;
};

const std::string on = R"({"type":45,"value":true})";
const std::string on_frame = "2d 01 06 00 01 00 71 17 00 01", on_confirmed = "2d 01 07 00 01 00 71 17 00 01",
                  on_refused = "2d 01 47 00 01 00 71 17 00 01", on_terminated = "2d 01 0a 00 01 00 71 17 00 01";

TEST(ClientCommands, ClaimsThenSendsAndReportsTheAnswer) {
    ClientBench bench;
    bench.give("a", on);
    ASSERT_TRUE(bench.wait([&] { return !bench.sent.empty(); }));
    EXPECT_THAT(bench.sent, ElementsAre(on_frame));
    EXPECT_EQ(bench.claim_of("a"), "c/host 7");
    EXPECT_GT(std::stol(bench.ask({"PTTL", "process:commands:claim:a"})), 45'000);
    bench.answer(on_confirmed);
    EXPECT_TRUE(bench.wait_result("a", "confirmed"));
}

TEST(ClientCommands, ReportsARefusalWithItsCause) {
    ClientBench bench;
    bench.give("a", on);
    ASSERT_TRUE(bench.wait([&] { return !bench.sent.empty(); }));
    bench.answer("2d 01 6f 00 01 00 71 17 00 01");
    ASSERT_TRUE(bench.wait_result("a", "refused"));
    EXPECT_THAT(bench.results(), HasSubstr(R"("cause":47,"negative":true)"));
}

/// The same id again: an entry that was read twice, or a store that was restored.
TEST(ClientCommands, SendsNoIdTwice) {
    ClientBench bench;
    bench.give("a", on);
    ASSERT_TRUE(bench.wait([&] { return !bench.sent.empty(); }));
    bench.answer(on_confirmed);
    bench.give("a", on);
    bench.start();  // another process
    bench.give("a", on);
    bench.pass(200ms);
    EXPECT_EQ(bench.sent.size(), 1u);
}

TEST(ClientCommands, SendsNoIdTwiceEvenWhenItsClaimHasExpired) {
    ClientBench bench;
    bench.give("a", on);
    ASSERT_TRUE(bench.wait([&] { return !bench.sent.empty(); }));
    bench.answer(on_confirmed);
    bench.ask({"DEL", "process:commands:claim:a"});
    bench.give("a", on);
    ASSERT_TRUE(bench.wait([&] { return bench.commands->counters().repeated == 1; }));
    bench.start();  // another process, which knows it from the stream
    bench.give("a", on);
    ASSERT_TRUE(bench.wait([&] { return bench.commands->counters().repeated == 1; }));
    bench.pass(50ms);
    EXPECT_EQ(bench.sent.size(), 1u);
    EXPECT_EQ(bench.claim_of("a"), "(nil)");
}

TEST(ClientCommands, TakesNoBacklog) {
    ClientBench bench;
    bench.commands.reset();
    bench.give("old", on);
    bench.start();
    bench.expect_not_sent();
    EXPECT_EQ(bench.claim_of("old"), "(nil)");
}

TEST(ClientCommands, DoesNotSendWhatAnotherHasClaimed) {
    ClientBench bench;
    bench.ask({"SET", "process:commands:claim:a", "srv"});
    bench.give("a", on);
    bench.expect_not_sent();
    EXPECT_FALSE(bench.has_result("a", "refused"));
}

TEST(ClientCommands, AClaimWhoseReplyIsLostIsNotSent) {
    ClientBench bench;
    bench.proxy.tell("reset-before-reply SET 1");
    bench.give("a", on);
    ASSERT_TRUE(bench.wait([&] { return bench.claim_of("a") != "(nil)"; }));  // the store has it
    ASSERT_TRUE(bench.wait([&] { return bench.proxied.is_connected(); }));
    bench.expect_not_sent();
}

TEST(ClientCommands, AClaimThatTheStoreRefusesIsNotSent) {
    ClientBench bench;
    bench.proxy.tell("replace SET 1 -OOM command not allowed");
    bench.give("a", on);
    bench.expect_not_sent();
    EXPECT_EQ(bench.results().find("id a"), std::string::npos);  // nobody has decided: whoever asked may claim it
}

TEST(ClientCommands, RefusesWhatIsTooOldOrFromTheFuture) {
    ClientBench bench;
    bench.commands.reset();
    bench.ask({"DEL", "process:commands"});
    bench.ask({"XADD", "process:commands", "1-1", "probe", ""});
    bench.config.streams.commands = "process:commands";
    bench.commands = std::make_unique<ClientCommands>(
        bench.proxied, bench.errors, "c", bench.config, *TimeZone::find("UTC"),
        ClientCommands::Owner{[](auto) { return true; }, [] { return "c"; },
                              [&](Octets asdu) { return bench.take(asdu); }, [] { return ""; }});
    bench.pass(300ms);
    bench.give("old", on, "2-1");
    ASSERT_TRUE(bench.wait_result("old", "refused"));
    bench.give("future", on, "99999999999999-1");
    ASSERT_TRUE(bench.wait_result("future", "refused"));
    EXPECT_THAT(bench.results(), HasSubstr("it is too old"));
    EXPECT_THAT(bench.results(), HasSubstr("it lies in the future"));
    EXPECT_THAT(bench.sent, IsEmpty());
}

/// The store takes its time: what was fresh when it was claimed is too old when the claim is answered.
TEST(ClientCommands, TheStoresDelayCounts) {
    ClientBench bench;
    bench.config.commands.max_age = 300ms;
    bench.commands->configure(bench.config, *TimeZone::find("UTC"));
    bench.proxy.tell("delay-replies 0.5");
    bench.give("a", on);
    ASSERT_TRUE(bench.wait_result("a", "refused"));
    EXPECT_THAT(bench.results(), HasSubstr("it is too old"));
    EXPECT_THAT(bench.sent, IsEmpty());
}

TEST(ClientCommands, TheAskersTimeCountsTooIfItIsShorter) {
    ClientBench bench;
    bench.proxy.tell("delay-replies 0.3");
    bench.give("a",
               R"({"type":45,"value":true,"issued":"2026-11-21T09:00:00.000Z","expires":"2026-11-21T09:00:00.100Z"})");
    ASSERT_TRUE(bench.wait_result("a", "refused"));
    EXPECT_THAT(bench.sent, IsEmpty());
}

/// The claim outlives an asker who waits longer than this connector would.
TEST(ClientCommands, AClaimLivesAsLongAsTheAskerWaits) {
    ClientBench bench;
    bench.give("a", R"({"type":45,"value":true,"issued":"2026-11-21T09:00:00Z","expires":"2026-11-21T09:10:00Z"})");
    ASSERT_TRUE(bench.wait([&] { return !bench.sent.empty(); }));
    EXPECT_GT(std::stol(bench.ask({"PTTL", "process:commands:claim:a"})), 5'900'000);
}

TEST(ClientCommands, DoesNotSendWithoutTheLease) {
    ClientBench bench;
    bench.lost_at = bench.asked + 2;  // held when the entry came, lost when the claim was answered
    bench.give("a", on);
    ASSERT_TRUE(bench.wait_result("a", "refused"));
    EXPECT_THAT(bench.sent, IsEmpty());
}

TEST(ClientCommands, LeavesOtherStationsAlone) {
    ClientBench bench;
    bench.give("a", on, "*", "102");
    bench.lost_at = 0;
    bench.give("b", on);
    bench.expect_not_sent();
    EXPECT_EQ(bench.claim_of("a"), "(nil)");
    EXPECT_EQ(bench.claim_of("b"), "(nil)");
}

TEST(ClientCommands, RefusesWhatCannotBeSent) {
    ClientBench bench;
    const auto refused = [&](const std::string& id, const std::string& data) {
        bench.give(id, data);
        EXPECT_TRUE(bench.wait_result(id, "refused")) << id;
    };
    bench.trouble = "no line";
    refused("trouble", on);
    bench.trouble.clear();
    bench.line_takes = false;
    refused("window", on);
    bench.line_takes = true;
    refused("json", "{");
    refused("type", R"({"type":36,"value":1})");
    refused("range", R"({"type":46,"value":4})");
    refused("kind", R"({"type":45,"value":{"a":1}})");
    refused("time", R"({"type":58,"value":true})");
    refused("test", R"({"type":45,"value":true,"test":true})");
    refused("select", R"({"type":51,"value":1,"select":true})");
    EXPECT_THAT(bench.sent, IsEmpty());
}

TEST(ClientCommands, OneCommandOfAnObjectAtATime) {
    ClientBench bench;
    bench.give("a", on);
    ASSERT_TRUE(bench.wait([&] { return bench.sent.size() == 1; }));
    bench.give("b", on);
    ASSERT_TRUE(bench.wait_result("b", "refused"));
    bench.answer(on_confirmed);
    bench.give("c", on);
    ASSERT_TRUE(bench.wait([&] { return bench.sent.size() == 2; }));
}

TEST(ClientCommands, Case151_WhatWasNotConfirmedWhenTheLineGoesIsUnknown) {
    ClientBench bench;
    bench.give("a", on);
    ASSERT_TRUE(bench.wait([&] { return bench.sent.size() == 1; }));
    bench.commands->line_lost();
    ASSERT_TRUE(bench.wait_result("a", "unknown"));
    bench.answer(on_confirmed);
    bench.pass(50ms);
    EXPECT_FALSE(bench.has_result("a", "confirmed"));
    EXPECT_EQ(bench.sent.size(), 1u);
}

TEST(ClientCommands, ATerminationWaitsForWhatCameBeforeIt) {
    ClientBench bench;
    bench.give("a", on);
    ASSERT_TRUE(bench.wait([&] { return bench.sent.size() == 1; }));
    bench.answer(on_confirmed, 1);
    bench.answer(on_terminated, 3);  // 2 was the return information
    bench.commands->kept(2, 1);
    ASSERT_TRUE(bench.wait_result("a", "confirmed"));
    bench.pass(50ms);
    EXPECT_FALSE(bench.has_result("a", "terminated"));
    bench.commands->kept(3, 1);
    EXPECT_TRUE(bench.wait_result("a", "terminated"));
}

std::string of_session(const std::string& session, const std::string& more) {
    return R"({"type":45,"value":true,"session":")" + session + "\"" + more + "}";
}

TEST(ClientCommands, BindsASelectionToItsSession) {
    ClientBench bench;
    bench.give("select", of_session("1", R"(,"select":true)"));
    ASSERT_TRUE(bench.wait([&] { return bench.sent.size() == 1; }));
    bench.answer("2d 01 07 00 01 00 71 17 00 81");
    ASSERT_TRUE(bench.wait_result("select", "selected"));
    bench.give("other", of_session("2", ""));
    bench.give("other-select", of_session("2", R"(,"select":true)"));
    bench.give("other-cancel", of_session("2", R"(,"select":true,"cancel":true)"));
    for (const auto* id : {"other", "other-select", "other-cancel"})
        EXPECT_TRUE(bench.wait_result(id, "refused")) << id;
    bench.give("execute", of_session("1", ""));
    ASSERT_TRUE(bench.wait([&] { return bench.sent.size() == 2; }));
    EXPECT_EQ(bench.sent[1], on_frame);
}

TEST(ClientCommands, ASelectionEndsWithTheLine) {
    ClientBench bench;
    bench.give("select", of_session("1", R"(,"select":true)"));
    ASSERT_TRUE(bench.wait([&] { return bench.sent.size() == 1; }));
    bench.answer("2d 01 07 00 01 00 71 17 00 81");
    bench.commands->line_lost();
    bench.give("other", of_session("2", R"(,"select":true)"));
    EXPECT_TRUE(bench.wait([&] { return bench.sent.size() == 2; }));
}

TEST(ClientCommands, AnExecuteThatIsNotWhatWasSelectedIsNotSent) {
    for (const auto* more : {R"(,"qualifier":1)", R"(,"oa":5)"}) {
        ClientBench bench;
        bench.give("select", of_session("1", R"(,"select":true)"));
        ASSERT_TRUE(bench.wait([&] { return bench.sent.size() == 1; }));
        bench.answer("2d 01 07 00 01 00 71 17 00 81");
        bench.give("execute", of_session("1", more));
        EXPECT_TRUE(bench.wait_result("execute", "refused")) << more;
        EXPECT_EQ(bench.sent.size(), 1u);
    }
}

TEST(ClientCommands, EntriesWithoutFieldsAreReportedAndHarmNothing) {
    ClientBench bench;
    const auto bad = bench.commands->counters().bad;
    bench.ask({"XADD", "process:commands", "*", "a", "b"});
    bench.ask({"XADD", "process:commands", "*", "casdu", "101", "ioa", "6001", "id", "a"});
    bench.ask({"XADD", "process:commands", "*", "casdu", "70000", "ioa", "1", "id", "a", "data", on});
    bench.ask({"XADD", "process:commands", "*", "casdu", "101", "ioa", "1", "id", std::string(201, 'x'), "data", on});
    ASSERT_TRUE(bench.wait([&] { return bench.commands->counters().bad == bad + 4; }));
    bench.give("good", on);
    EXPECT_TRUE(bench.wait([&] { return bench.sent.size() == 1; }));
    EXPECT_THAT(bench.ask({"XRANGE", "process:errors", "-", "+"}), HasSubstr("a command that cannot be used"));
}

// --- parameters

TEST(ClientCommands, Case119_AParameterIsSentOnceAndEndsWithItsConfirmation) {
    ClientBench bench;
    bench.give("a", R"({"type":112,"value":5,"qualifier":1})");
    ASSERT_TRUE(bench.wait([&] { return !bench.sent.empty(); }));
    EXPECT_THAT(bench.sent, ElementsAre("70 01 06 00 01 00 71 17 00 00 00 a0 40 01"));
    EXPECT_EQ(bench.claim_of("a"), "c/host 7");
    bench.answer("70 01 07 00 01 00 71 17 00 00 00 a0 40 01");
    EXPECT_TRUE(bench.wait_result("a", "confirmed"));
    bench.sent.clear();
    bench.give("a", R"({"type":112,"value":5,"qualifier":1})");
    bench.expect_not_sent();
    bench.give("b", R"({"type":112,"value":5,"qualifier":1})");
    ASSERT_TRUE(bench.wait([&] { return !bench.sent.empty(); })) << "nothing is left of the first";
    bench.commands->line_lost();
    EXPECT_TRUE(bench.wait_result("b", "unknown"));
}

TEST(ClientCommands, Case120_ActivationAndDeactivation) {
    ClientBench bench;
    bench.give("a", R"({"type":113,"value":3})");
    bench.give("b", R"({"type":113,"value":3,"cancel":true})");
    ASSERT_TRUE(bench.wait([&] { return bench.sent.size() == 2; }));
    EXPECT_THAT(bench.sent, ElementsAre("71 01 06 00 01 00 71 17 00 03", "71 01 08 00 01 00 71 17 00 03"));
    bench.answer("71 01 09 00 01 00 71 17 00 03");
    EXPECT_TRUE(bench.wait_result("b", "cancelled"));
    bench.answer("71 01 07 00 01 00 71 17 00 03");
    EXPECT_TRUE(bench.wait_result("a", "confirmed"));
}

TEST(ClientCommands, Case120_AllParametersHaveNoObjectAddress) {
    ClientBench bench;
    bench.give("a", R"({"type":113,"value":1})");
    EXPECT_TRUE(bench.wait_result("a", "refused")) << "ioa 6001";
    bench.ask({"XADD", "process:commands", "*", "casdu", "101", "ioa", "0", "source", "srv", "id", "b", "data",
               R"({"type":113,"value":1})"});
    ASSERT_TRUE(bench.wait([&] { return !bench.sent.empty(); }));
    EXPECT_THAT(bench.sent, ElementsAre("71 01 06 00 01 00 00 00 00 01"));
    bench.ask({"XADD", "process:commands", "*", "casdu", "101", "ioa", "0", "source", "srv", "id", "c", "data",
               R"({"type":113,"value":2})"});
    EXPECT_TRUE(bench.wait_result("c", "refused"));
}

TEST(ClientCommands, AParameterDisturbsNoSelection) {
    ClientBench bench;
    bench.give("a", R"({"type":45,"value":true,"select":true,"session":"1"})");
    ASSERT_TRUE(bench.wait([&] { return !bench.sent.empty(); }));
    bench.answer("2d 01 07 00 01 00 71 17 00 81");
    ASSERT_TRUE(bench.wait_result("a", "selected"));
    bench.give("b", R"({"type":111,"value":5,"qualifier":3,"session":"2"})");
    ASSERT_TRUE(bench.wait([&] { return bench.sent.size() == 2; }));
    bench.answer("6f 01 07 00 01 00 71 17 00 05 00 03");
    bench.give("c", R"({"type":45,"value":true,"session":"1"})");
    EXPECT_TRUE(bench.wait([&] { return bench.sent.size() == 3; })) << "the execute of the selection";
}

TEST(ClientCommands, AParameterCannotBeTakenBack) {
    ClientBench bench;
    bench.give("a", R"({"type":110,"value":0.5,"qualifier":1,"cancel":true})");
    EXPECT_TRUE(bench.wait_result("a", "refused"));
    bench.expect_not_sent();
}

}  // namespace
}  // namespace busbar::connector
