// Test cases 43, 45, 48, 57, 60 and 156 of the protocol reference: what the line to an RTU does over several
// connections.
#include "connector/iec104_client/line.hpp"

#include <gtest/gtest.h>

#include "iec104/link_bench.hpp"
#include "net/net_bench.hpp"
#include "support/redis_fixture.hpp"
#include "support/sockets.hpp"

namespace busbar::connector {
namespace {

using namespace std::chrono_literals;
using iec104::ControllingSession;
using namespace iec104::test;

constexpr auto long_delay = 1000s;  // beside it the machine's own time does not count

/// A line and the port that its RTU listens on, or does not.
struct LineBench {
    explicit LineBench(std::uint16_t port) : LineBench(config_for(port)) {}
    explicit LineBench(const LineConfig& config) : line(loop, config, owner()) { line.allow_transfer(true); }

    static LineConfig config_for(std::uint16_t port, std::uint16_t backup = 0) {
        LineConfig config;
        config.session.stations = {1};
        config.addresses.push_back({"127.0.0.1", port, {}, {}});
        if (backup) config.addresses.push_back({"127.0.0.1", backup, {}, {}});
        config.reconnect = config.reconnect_max = long_delay;
        return config;
    }
    Line::Owner owner() {
        return {.on_event = [this](const Line::Event& event, std::uint64_t connection) { note(event, connection); },
                .on_read_done = [](std::uint64_t) {},
                .on_up = [this](const std::string&) { say("up"); },
                .on_lost = [this](const std::string&, const std::string& reason) { say("lost: " + reason); },
                .on_left = [this](const std::string&) { say("left"); },
                .on_standby_up = [this](const LinePath&) { say("standby"); },
                .on_standby_lost = [this](const std::string&,
                                          const std::string& reason) { say("standby lost: " + reason); },
                .on_refused = [this](const std::string&, const std::string& reason) { say("refused: " + reason); },
                .on_octets = [](const LinePath&, bool, Octets) {}};
    }
    void note(const Line::Event& event, std::uint64_t connection) {
        if (const auto* received = std::get_if<ControllingSession::AsduReceived>(&event)) {
            say("received " + std::to_string(received->number));
            if (keeps) line.keep(received->number, connection);
        } else if (std::holds_alternative<ControllingSession::TransferStarted>(event)) {
            say("started");
        }
    }
    void say(const std::string& what) { said += (said.empty() ? "" : "; ") + what; }

    /// True when the line comes to have said exactly this since the last call.
    bool says(const std::string& what) {
        const bool same = loop.run_until([&] { return said.size() >= what.size(); }, net::patience) && said == what;
        EXPECT_EQ(said, what);
        said.clear();
        return same;
    }
    void pass(Duration duration) {
        loop.advance_clock(duration);
        loop.run_until([] { return false; }, 10ms);
    }

    net::EventLoop loop;
    std::string said;
    bool keeps = true;
    Line line;
};

/// The RTU: listens, and speaks frames in hex on the connection it accepted last.
struct Rtu {
    std::uint16_t port() const { return tests::local_port(listener.descriptor()); }
    void accept() { peer.emplace(::accept(listener.descriptor(), nullptr, nullptr)); }
    void send(const std::string& frames) {
        const auto octets = octets_of(frames);
        peer->send({reinterpret_cast<const char*>(octets.data()), octets.size()});
    }
    bool hears(LineBench& bench, const std::string& what) {
        const auto heard = [&] {
            const std::string& text = peer->received();
            return frames(OctetBuffer(text.begin(), text.end()));
        };
        EXPECT_TRUE(bench.loop.run_until([&] { return heard() == what; }, net::patience)) << heard();
        return heard() == what;
    }
    /// Accepts and starts data transfer, up to the general interrogation.
    void take_up(LineBench& bench) {
        accept();
        ASSERT_TRUE(hears(bench, std::string(startdt_act)));
        send(std::string(startdt_con));
        ASSERT_TRUE(hears(bench, std::string(startdt_act) + " | " + interrogation));
    }

    const std::string interrogation = i_frame(0, 0, "64 01 06 00 01 00 00 00 00 14");
    net::Peer listener{tests::listen_on("127.0.0.1:0")};
    std::optional<net::Peer> peer;
};

TEST(Line, Case43_AClosedPortIsTriedAgainAndAgain) {
    const auto port = tests::free_port();
    LineBench bench(port);
    const std::string refused = "refused: 127.0.0.1:" + std::to_string(port) + ": Connection refused";
    ASSERT_TRUE(bench.says(refused));
    for (int attempt = 0; attempt < 3; ++attempt) {
        EXPECT_EQ(bench.line.tcp(), Line::Tcp::disconnected);
        bench.pass(long_delay * 8 / 10);
        EXPECT_EQ(bench.said, "") << "not before the delay less a tenth";
        bench.loop.advance_clock(long_delay * 3 / 10);
        ASSERT_TRUE(bench.says(refused));
    }
}

TEST(Line, Case43_ConnectsAsSoonAsThePortIsOpenAgain) {
    LineBench bench(tests::free_port());
    ASSERT_TRUE(bench.loop.run_until([&] { return bench.said.starts_with("refused"); }, net::patience));
    bench.said.clear();
    Rtu rtu;
    bench.line.configure(LineBench::config_for(rtu.port()));
    bench.loop.advance_clock(2 * long_delay);
    ASSERT_TRUE(bench.says("up"));
    EXPECT_EQ(bench.line.tcp(), Line::Tcp::connected);
    rtu.take_up(bench);
    EXPECT_TRUE(bench.says("started"));
}

TEST(Line, Case45_WithoutStartConConnectsAnew) {
    Rtu rtu;
    LineBench bench(rtu.port());
    ASSERT_TRUE(bench.says("up"));
    rtu.accept();
    ASSERT_TRUE(rtu.hears(bench, std::string(startdt_act)));
    bench.loop.advance_clock(15s);
    ASSERT_TRUE(bench.says("lost: t1: no STARTDT con within 15 s"));
    bench.loop.advance_clock(2 * long_delay);
    EXPECT_TRUE(bench.says("up"));
}

TEST(Line, Case48_AfterAGapItConnectsAnewAndInterrogates) {
    Rtu rtu;
    LineBench bench(rtu.port());
    ASSERT_TRUE(bench.says("up"));
    rtu.take_up(bench);
    ASSERT_TRUE(bench.says("started"));
    rtu.send(i_frame(0, 1, single_point) + i_frame(2, 1, single_point));
    ASSERT_TRUE(bench.says("received 1; lost: N(S) 2 received where 1 is due"));
    bench.loop.advance_clock(2 * long_delay);
    ASSERT_TRUE(bench.says("up"));
    rtu.take_up(bench);
    EXPECT_TRUE(bench.says("started"));
}

TEST(Line, Case57_AfterAResetInTheMiddleOfAnApduTheRestIsForgotten) {
    Rtu rtu;
    LineBench bench(rtu.port());
    ASSERT_TRUE(bench.says("up"));
    rtu.take_up(bench);
    ASSERT_TRUE(bench.says("started"));
    rtu.send(i_frame(0, 1, single_point) + "68 0E 02 00");
    ASSERT_TRUE(bench.says("received 1"));
    tests::reset_connection(rtu.peer->release());
    ASSERT_TRUE(bench.says("lost: Connection reset by peer"));
    EXPECT_EQ(bench.line.session(), nullptr);
    bench.loop.advance_clock(2 * long_delay);
    ASSERT_TRUE(bench.says("up"));
    rtu.take_up(bench);
    rtu.send(i_frame(0, 1, single_point));
    EXPECT_TRUE(bench.says("started; received 1"));
}

/// A line to two addresses of one station: the first carries it, the second stands by.
struct TwoAddresses {
    explicit TwoAddresses(StandbyConnections standby = StandbyConnections::connect) : bench(config(standby)) {
        EXPECT_TRUE(bench.loop.run_until([this] { return bench.line.carrier() && both(standby_); }, net::patience));
        first.take_up(bench);
        if (both(StandbyConnections::connect)) second.accept();
        first.send(s_frame_of(1));
        EXPECT_TRUE(bench.loop.run_until([this] { return bench.line.session()->link().acknowledged_count() == 1; },
                                         net::patience));
        bench.said.clear();
    }

    LineConfig config(StandbyConnections standby) {
        standby_ = standby;
        auto config = LineBench::config_for(first.port(), second.port());
        config.standby = standby;
        return config;
    }
    bool both(StandbyConnections standby) const {
        return standby == StandbyConnections::none || bench.line.has_standby();
    }
    /// What the second has heard, and will not have heard more of when all that is due now is done.
    std::string second_heard() {
        bench.pass(0s);
        const std::string& text = second.peer->received();
        return frames(OctetBuffer(text.begin(), text.end()));
    }
    /// The second is given the line: STARTDT, then its interrogation.
    void second_takes_over(const std::string& heard_before) {
        const std::string before = heard_before.empty() ? "" : heard_before + " | ";
        ASSERT_TRUE(second.hears(bench, before + std::string(startdt_act)));
        second.send(std::string(startdt_con));
        ASSERT_TRUE(second.hears(bench, before + std::string(startdt_act) + " | " + second.interrogation));
    }

    Rtu first, second;
    StandbyConnections standby_ = StandbyConnections::connect;
    LineBench bench;
};

TEST(Line, Case60_OfTwoConnectionsOneIsStartedAndTheOtherOnlyTested) {
    TwoAddresses two;
    EXPECT_EQ(two.bench.line.carrier(), two.bench.line.paths()[0].get());
    EXPECT_EQ(two.second_heard(), "");
    two.bench.loop.advance_clock(20s);
    EXPECT_TRUE(two.second.hears(two.bench, std::string(testfr_act)));
    two.second.send(std::string(testfr_con));
    two.bench.pass(0s);
    EXPECT_EQ(two.bench.line.paths()[1]->transfer(), iec104::TransferState::stopped);
    EXPECT_TRUE(two.bench.line.has_standby());
}

TEST(Line, Case60_WhenTheStartedOneIsLostTheOtherIsStartedAtOnceAndInterrogated) {
    TwoAddresses two;
    two.first.peer->close();
    two.second_takes_over("");
    EXPECT_TRUE(two.bench.says("lost: closed by the peer; up; started"));
    EXPECT_EQ(two.bench.line.carrier(), two.bench.line.paths()[1].get());
}

TEST(Line, Case60_OneThatFallsSilentIsLeftWithinT1OfItsTest) {
    TwoAddresses two;
    two.bench.loop.advance_clock(20s);
    ASSERT_TRUE(two.second.hears(two.bench, std::string(testfr_act)));
    two.second.send(std::string(testfr_con));
    two.bench.pass(0s);
    two.bench.loop.advance_clock(15s);
    two.second_takes_over(std::string(testfr_act));
    EXPECT_TRUE(two.bench.says("lost: t1: no TESTFR con within 15 s; up; started"));
}

TEST(Line, Case60_OneThatDoesNotConfirmStartIsLeftForTheOther) {
    Rtu first, second;
    LineBench bench(LineBench::config_for(first.port(), second.port()));
    ASSERT_TRUE(bench.loop.run_until([&] { return bench.line.carrier() && bench.line.has_standby(); }, net::patience));
    first.accept();
    second.accept();
    ASSERT_TRUE(first.hears(bench, std::string(startdt_act)));
    bench.loop.advance_clock(15s);
    EXPECT_TRUE(second.hears(bench, std::string(startdt_act)));
}

TEST(Line, Case60_SwitchedOverByRequestTheOtherIsStartedOnlyWhenTheFirstHasStopped) {
    TwoAddresses two;
    ASSERT_TRUE(two.bench.line.switch_over(""));
    const std::string before = std::string(startdt_act) + " | " + two.first.interrogation + " | ";
    ASSERT_TRUE(two.first.hears(two.bench, before + std::string(stopdt_act)));
    EXPECT_EQ(two.second_heard(), "");
    two.bench.line.allow_transfer(true);  // the store came and went: no reason to start the first again
    two.first.send(std::string(stopdt_con));
    two.second_takes_over("");
    EXPECT_TRUE(two.bench.says("left; up; started"));
    EXPECT_TRUE(two.bench.line.has_standby());

    ASSERT_TRUE(two.bench.line.switch_over(two.bench.line.paths()[0]->peer()));
    two.bench.pass(0s);
    two.second.send(s_frame_of(1) + std::string(stopdt_con));
    EXPECT_TRUE(two.first.hears(two.bench, before + std::string(stopdt_act) + " | " + std::string(startdt_act)));
}

TEST(Line, Case60_ThereIsNoSwitchingOverToWhatIsNotThere) {
    TwoAddresses two;
    EXPECT_EQ(two.bench.line.switch_over("10.0.0.1:2404").error().what, "'10.0.0.1:2404' is no address of the station");
    two.second.peer->close();
    ASSERT_TRUE(two.bench.says("standby lost: closed by the peer"));
    EXPECT_EQ(two.bench.line.switch_over("").error().what, "no other address of the station is connected");
    EXPECT_TRUE(two.bench.line.is_started());
}

TEST(Line, Case60_AStationThatTakesOneConnectionOnlyHasOne) {
    TwoAddresses two{StandbyConnections::none};
    EXPECT_FALSE(two.bench.line.has_standby());
    EXPECT_EQ(two.bench.line.paths()[1]->tcp(), Line::Tcp::disconnected);
    two.first.peer->close();
    ASSERT_TRUE(two.bench.says("lost: closed by the peer"));
    two.bench.loop.advance_clock(2 * long_delay);
    ASSERT_TRUE(two.bench.says("up"));
    two.second.take_up(two.bench);
    EXPECT_EQ(two.bench.line.paths()[0]->tcp(), Line::Tcp::disconnected);
}

TEST(Line, Case156_AnEventThatWasNotStoredComesAgainOverTheOtherAddressBeforeLaterOnes) {
    TwoAddresses two;
    two.bench.keeps = false;
    two.first.send(i_frame(0, 1, single_point));
    ASSERT_TRUE(two.bench.says("received 1"));
    two.bench.keeps = true;
    const auto late = two.bench.line.connection_number();
    two.first.peer->close();
    two.second_takes_over("");
    two.bench.line.keep(1, late);  // the store answers for the old connection: nothing of the new one is stored yet
    two.bench.pass(0s);
    EXPECT_EQ(two.bench.line.session()->link().kept_count(), 0u);
    two.second.send(i_frame(0, 1, single_point) + i_frame(1, 1, single_point));
    EXPECT_TRUE(two.bench.says("lost: closed by the peer; up; started; received 1; received 2"));
}

TEST(Line, Case156_WhatIsNotStoredWhenItIsSwitchedOverIsNotTakenForAcknowledged) {
    TwoAddresses two;
    two.bench.keeps = false;
    ASSERT_TRUE(two.bench.line.switch_over(""));
    two.bench.pass(0s);
    two.first.send(i_frame(0, 1, single_point) + std::string(stopdt_con));  // without waiting for our acknowledgement
    EXPECT_TRUE(two.bench.says("received 1; lost: switched over; up"));
}

}  // namespace
}  // namespace busbar::connector
