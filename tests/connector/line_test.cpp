// Test cases 43, 45, 48 and 57 of the protocol reference: what the line to an RTU does over several connections.
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
    explicit LineBench(std::uint16_t port) : line(loop, config_for(port), owner()) { line.allow_transfer(true); }

    static LineConfig config_for(std::uint16_t port) {
        LineConfig config;
        config.session.stations = {1};
        config.addresses.push_back({"127.0.0.1", port, {}, {}});
        config.reconnect = config.reconnect_max = long_delay;
        return config;
    }
    Line::Owner owner() {
        return {.on_event = [this](const Line::Event& event, std::uint64_t connection) { note(event, connection); },
                .on_read_done = [](std::uint64_t) {},
                .on_up = [this](const std::string&) { say("up"); },
                .on_lost = [this](const std::string&, const std::string& reason) { say("lost: " + reason); },
                .on_refused = [this](const std::string&, const std::string& reason) { say("refused: " + reason); },
                .on_octets = [](bool, Octets) {}};
    }
    void note(const Line::Event& event, std::uint64_t connection) {
        if (const auto* received = std::get_if<ControllingSession::AsduReceived>(&event)) {
            say("received " + std::to_string(received->number));
            line.keep(received->number, connection);
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

}  // namespace
}  // namespace busbar::connector
