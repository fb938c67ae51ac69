#include "sim/rtu/command_desk.hpp"

#include "bench.hpp"

namespace busbar::sim::test {
namespace {

// All on common address 1: a switch at IOA 100 (select or direct), a breaker at 200 (select only), a set point at 300
// (direct only), an interlocked one at 400, one that says nothing at 500, a slow one at 600.
constexpr std::string_view on = "2D 01 06 00 01 00 64 00 00 01", on_select = "2D 01 06 00 01 00 64 00 00 81";
constexpr std::string_view cancel = "2D 01 08 00 01 00 64 00 00 81";

std::vector<SimCommand> commands() {
    std::vector<SimCommand> commands(6);
    for (std::size_t i = 0; i < commands.size(); ++i) {
        commands[i].common_address = 1;
        commands[i].ioa = static_cast<Ioa>(100 * (i + 1));
        commands[i].type = 45;
    }
    commands[1].type = 46;
    commands[1].select = SelectMode::select;
    commands[2].type = 50;
    commands[2].select = SelectMode::direct;
    commands[3].refuse = true;
    commands[4].silent = true;
    commands[5].delay = 1s;
    commands[5].running = 5s;
    return commands;
}

/// Tells what the desk wants done: "ACTCON", "ACTCON-", "execute 100 #1", "done 100 ACTTERM" ….
class DeskBench {
public:
    explicit DeskBench(CommandDeskConfig config = {}) : desk(config, all) {}

    std::string receive(std::string_view asdu, CommandDesk::SessionId session = 1) {
        const OctetBuffer octets = octets_of(asdu);
        const auto view = iec60870::AsduView::parse(octets);
        EXPECT_TRUE(view) << asdu;
        desk.receive(session, *view, clock.now, clock.utc());
        return steps();
    }
    std::string advance(Duration duration) {
        const TimePoint end = clock.now + duration;
        while (desk.next_deadline() && *desk.next_deadline() <= end) {
            clock.now = std::max(clock.now, *desk.next_deadline());
            desk.on_deadline(clock.now);
        }
        clock.now = end;
        return steps();
    }
    std::string steps() {
        std::string text;
        for (const CommandDesk::Step& step : desk.take_steps()) {
            if (!text.empty()) text += ", ";
            if (const auto* answer = std::get_if<CommandDesk::Answer>(&step)) {
                text += name(answer->asdu);
            } else if (const auto* execution = std::get_if<CommandDesk::Execution>(&step)) {
                text += "execute " + std::to_string(execution->command->ioa) + " #" + std::to_string(execution->count);
            } else {
                const auto& completion = std::get<CommandDesk::Completion>(step);
                text += "done " + std::to_string(completion.command->ioa);
                if (!completion.asdu.empty()) text += " " + name(completion.asdu);
            }
        }
        return text;
    }
    static std::string name(Octets asdu) {
        const unsigned cause = asdu[2] & 0x3F;
        std::string name = cause == 7    ? "ACTCON"
                           : cause == 9  ? "DEACTCON"
                           : cause == 10 ? "ACTTERM"
                                         : std::to_string(cause);
        return (asdu[2] & 0x40) != 0 ? name + "-" : name;
    }

    VirtualClock clock;
    std::vector<SimCommand> all = commands();
    CommandDesk desk;
};

TEST(CommandDesk, ExecutesADirectCommandAndMirrorsIt) {
    DeskBench bench;
    EXPECT_EQ(bench.receive(on), "execute 100 #1, ACTCON, done 100 ACTTERM");
    bench.desk.receive(1, *iec60870::AsduView::parse(octets_of(on)), bench.clock.now, bench.clock.utc());
    const auto steps = bench.desk.take_steps();
    EXPECT_EQ(hex(std::get<CommandDesk::Answer>(steps[1]).asdu), "2D 01 07 00 01 00 64 00 00 01");
    EXPECT_EQ(std::get<CommandDesk::Execution>(steps[0]).count, 2u);
}

TEST(CommandDesk, ExecutesWhatWasSelected) {
    DeskBench bench;
    EXPECT_EQ(bench.receive(on_select), "ACTCON");
    EXPECT_EQ(bench.receive(on), "execute 100 #1, ACTCON, done 100 ACTTERM");
}

TEST(CommandDesk, TakesTheSelectionOnce) {
    DeskBench bench;
    EXPECT_EQ(bench.receive("2E 01 06 00 01 00 C8 00 00 82"), "ACTCON");
    EXPECT_EQ(bench.receive("2E 01 06 00 01 00 C8 00 00 02"), "execute 200 #1, ACTCON, done 200 ACTTERM");
    EXPECT_EQ(bench.receive("2E 01 06 00 01 00 C8 00 00 02"), "ACTCON-");
}

TEST(CommandDesk, ForgetsASelectionInTime) {
    DeskBench bench({.format = {}, .select_timeout = 10s});
    EXPECT_EQ(bench.receive("2E 01 06 00 01 00 C8 00 00 82"), "ACTCON");
    EXPECT_EQ(bench.advance(10s), "");
    EXPECT_EQ(bench.receive("2E 01 06 00 01 00 C8 00 00 02"), "ACTCON-");
}

TEST(CommandDesk, ForgetsTheSelectionsOfALostConnection) {
    DeskBench bench;
    EXPECT_EQ(bench.receive("2E 01 06 00 01 00 C8 00 00 82"), "ACTCON");
    bench.desk.disconnected(1);
    EXPECT_EQ(bench.receive("2E 01 06 00 01 00 C8 00 00 02", 2), "ACTCON-");
}

TEST(CommandDesk, CancelsASelection) {
    DeskBench bench;
    EXPECT_EQ(bench.receive(on_select), "ACTCON");
    EXPECT_EQ(bench.receive(cancel, 2), "DEACTCON-");  // another's
    EXPECT_EQ(bench.receive(cancel), "DEACTCON");
    EXPECT_EQ(bench.receive(cancel), "DEACTCON-");
}

TEST(CommandDesk, KeepsASelectionFromOtherConnections) {
    DeskBench bench;
    EXPECT_EQ(bench.receive(on_select, 1), "ACTCON");
    EXPECT_EQ(bench.receive(on_select, 2), "ACTCON-");
    EXPECT_EQ(bench.receive(on, 2), "ACTCON-");
    EXPECT_EQ(bench.receive(on, 1), "execute 100 #1, ACTCON, done 100 ACTTERM");
}

struct Row {
    std::string_view what;
    std::string_view asdu;
    std::string_view answer;
};

class RefusedCommand : public testing::TestWithParam<Row> {};

TEST_P(RefusedCommand, IsAnsweredAndNotExecuted) {
    DeskBench bench;
    EXPECT_EQ(bench.receive(GetParam().asdu), GetParam().answer) << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(All, RefusedCommand,
                         testing::Values(Row{"unknown address", "2D 01 06 00 01 00 65 00 00 01", "47-"},
                                         Row{"unknown station", "2D 01 06 00 02 00 64 00 00 01", "47-"},
                                         Row{"cause 3", "2D 01 03 00 01 00 64 00 00 01", "45-"},
                                         Row{"another type", "2E 01 06 00 01 00 64 00 00 01", "ACTCON-"},
                                         Row{"test", "2D 01 86 00 01 00 64 00 00 01", "ACTCON-"},
                                         Row{"interlocked", "2D 01 06 00 01 00 90 01 00 01", "ACTCON-"},
                                         Row{"double command 0", "2E 01 06 00 01 00 C8 00 00 80", "ACTCON-"},
                                         Row{"double command 3", "2E 01 06 00 01 00 C8 00 00 83", "ACTCON-"},
                                         Row{"not selected", "2E 01 06 00 01 00 C8 00 00 02", "ACTCON-"},
                                         Row{"select of a direct object", "32 01 06 00 01 00 2C 01 00 00 00 C0 3F 80",
                                             "ACTCON-"},
                                         Row{"no number", "32 01 06 00 01 00 2C 01 00 00 00 C0 7F 00", "ACTCON-"}));

TEST(CommandDesk, WantsTheExecuteToEqualTheSelection) {
    for (const std::string_view execute : {"2D 01 06 00 01 00 64 00 00 00",  // off
                                           "2D 01 06 00 01 00 64 00 00 05",  // another qualifier
                                           "2D 01 06 07 01 00 64 00 00 01",  // another originator
                                           "3A 01 06 00 01 00 64 00 00 01 7B 00 00 09 15 0B 1A"}) {  // with time tag
        DeskBench bench;
        EXPECT_EQ(bench.receive(on_select), "ACTCON");
        EXPECT_EQ(bench.receive(execute), "ACTCON-") << execute;
    }
}

TEST(CommandDesk, TakesTimeForASlowCommandAndRefusesAnotherMeanwhile) {
    DeskBench bench;
    constexpr std::string_view slow = "2D 01 06 00 01 00 58 02 00 01";
    EXPECT_EQ(bench.receive(slow), "");
    EXPECT_EQ(bench.receive(slow), "ACTCON-");
    EXPECT_EQ(bench.advance(999ms), "");
    EXPECT_EQ(bench.advance(1ms), "execute 600 #1, ACTCON");
    EXPECT_EQ(bench.receive(slow), "ACTCON-");
    EXPECT_EQ(bench.advance(5s), "done 600 ACTTERM");
    EXPECT_EQ(bench.receive(slow), "");
}

TEST(CommandDesk, FinishesWhatRunsWhenTheConnectionIsLost) {
    DeskBench bench;
    bench.receive("2D 01 06 00 01 00 58 02 00 01");
    bench.desk.disconnected(1);
    EXPECT_EQ(bench.advance(10s), "execute 600 #1, ACTCON, done 600 ACTTERM");
}

TEST(CommandDesk, ExecutesWithoutAWordIfItIsTold) {
    DeskBench bench;
    EXPECT_EQ(bench.receive("2D 01 06 00 01 00 F4 01 00 01"), "execute 500 #1, done 500");
}

TEST(CommandDesk, RefusesTimeTaggedCommandsThatAreTooFarFromNow) {
    DeskBench bench({.format = {}, .greatest_age = 5s});  // it is 09:00:00
    const std::string head = "3A 01 06 00 01 00 64 00 00 01 ";
    EXPECT_EQ(bench.receive(head + "00 00 00 09 15 0B 1A"), "execute 100 #1, ACTCON, done 100 ACTTERM");
    EXPECT_EQ(bench.receive(head + "88 13 00 09 15 0B 1A"), "execute 100 #2, ACTCON, done 100 ACTTERM");  // 5 s ahead
    EXPECT_EQ(bench.receive(head + "89 13 00 09 15 0B 1A"), "ACTCON-");
    EXPECT_EQ(bench.receive(head + "00 00 3B 08 15 0B 1A"), "ACTCON-");  // a minute ago
    EXPECT_EQ(bench.receive(head + "00 00 80 09 15 0B 1A"), "ACTCON-");  // clock not synchronised
    EXPECT_EQ(bench.receive(head + "00 00 00 09 1F 02 1A"), "ACTCON-");  // 31 February
}

}  // namespace
}  // namespace busbar::sim::test
