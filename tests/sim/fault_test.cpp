#include "sim/wire/fault.hpp"

#include "rtu_bench.hpp"

namespace busbar::sim::test {
namespace {

constexpr std::string_view command = "2D 01 06 00 01 00 0A 00 00 01";

/// An RTU that raises an event a second, with a fault on its line.
class FaultBench : public RtuBench {
public:
    explicit FaultBench(std::string_view fault) : RtuBench(config(), numbered()) {
        scada.session = std::make_unique<FaultySession>(open(), std::vector{*parse_fault(fault)});
    }
    static RtuConfig config() {
        RtuConfig config = numbered_config(0);
        config.activity.start_delay = 500ms;
        return config;
    }
    static Substation numbered() {
        const std::array<CommonAddress, 1> stations{1};
        return numbered_substation(1, 7, stations);
    }
    /// So many events, each in a frame of its own.
    std::string events(int count) {
        std::string text;
        for (int i = 0; i < count; ++i) {
            advance(1s);
            const std::string sent = scada.sent();
            if (!sent.empty()) text += (text.empty() ? "" : " | ") + sent.substr(0, 17);
        }
        return text;
    }

    SessionBench scada{clock, nullptr};
};

TEST(Fault, IsReadFromItsName) {
    EXPECT_EQ(parse_fault("silent")->kind, FaultKind::silent);
    EXPECT_EQ(parse_fault("silent")->number, 10u);
    EXPECT_EQ(parse_fault("slow:5")->number, 5u);
    EXPECT_EQ(parse_fault("fast").error().what, "there is no fault \"fast\"");
    EXPECT_EQ(parse_fault("silent:x").error().what, "\"x\" is no number of a fault");
    EXPECT_EQ(parse_fault("silent:").error().what, "\"\" is no number of a fault");
}

TEST(Fault, NoneChangesNothing) {
    FaultBench bench("silent:1000");
    bench.scada.receive(startdt_act);
    EXPECT_EQ(bench.scada.sent(), startdt_con);
    EXPECT_EQ(bench.events(2), "68 12 00 00 00 00 | 68 12 02 00 00 00");
}

TEST(Fault, NoStartdtConLeavesDataTransferStopped) {
    FaultBench bench("no-startdt-con");
    bench.scada.receive("68 04 07");  // in two pieces
    bench.scada.receive("00 00 00 68 04 43 00 00 00");
    EXPECT_EQ(bench.scada.sent(), testfr_con);
    EXPECT_EQ(bench.events(3), "");
}

TEST(Fault, NoTestfrConLeavesTestsUnanswered) {
    FaultBench bench("no-testfr-con");
    bench.scada.receive(testfr_act);
    EXPECT_EQ(bench.scada.sent(), "");
    bench.scada.receive(startdt_act);
    EXPECT_EQ(bench.scada.sent(), startdt_con);
}

TEST(Fault, NoAcknowledgeLeavesNRWhereItWas) {
    FaultBench bench("no-acknowledge:1");
    bench.scada.receive(startdt_act);
    bench.scada.sent();
    bench.scada.receive_i(0, 0, command);  // refused: there is no such object
    EXPECT_EQ(bench.events(1), "68 0E 00 00 02 00");
    bench.scada.receive_i(1, 0, command);
    EXPECT_EQ(bench.events(1).substr(0, 17), "68 0E 04 00 02 00");  // still 1
}

TEST(Fault, SilentNeitherSendsNorHears) {
    FaultBench bench("silent:2");
    bench.scada.receive(startdt_act);
    bench.scada.sent();
    EXPECT_EQ(bench.events(5), "68 12 00 00 00 00 | 68 12 02 00 00 00");
    bench.scada.receive(testfr_act);
    EXPECT_EQ(bench.scada.sent(), "");
    bench.scada.advance(60s);  // the session inside gives up at t1; the connection stays
    EXPECT_FALSE(bench.scada.session->closed());
}

TEST(Fault, GarbageIsNoApdu) {
    FaultBench bench("garbage:1");
    bench.scada.receive(startdt_act);
    bench.scada.sent();
    EXPECT_EQ(bench.events(4), "68 12 00 00 00 00 | DE AD BE EF");
}

TEST(Fault, CloseClosesAfterItsNumberOfFrames) {
    FaultBench bench("close:2");
    bench.scada.receive(startdt_act);
    bench.scada.sent();
    bench.events(1);
    EXPECT_FALSE(bench.scada.session->closed());
    bench.events(1);
    EXPECT_EQ(bench.scada.session->closed(), "fault: close");
    EXPECT_EQ(bench.events(2), "");
}

TEST(Fault, SlowSendsOctetByOctet) {
    FaultBench bench("slow:20");
    bench.scada.receive(startdt_act);
    std::string sent;
    for (int i = 0; i < 6; ++i) {
        sent += bench.scada.sent() + " ";
        EXPECT_EQ(bench.scada.sent(), "");
        const auto next = bench.scada.session->next_deadline();
        EXPECT_EQ(next == bench.clock.now + 20ms, i < 5);
        bench.clock.now += 20ms;
        bench.scada.session->on_deadline(bench.clock.now);
    }
    EXPECT_EQ(sent, std::string(startdt_con) + " ");
}

TEST(Fault, AsdusCannotBeUsed) {
    EXPECT_FALSE(iec60870::AsduView::parse(make_faulty_asdu(FaultKind::damaged_asdu, 1)));
    const OctetBuffer unknown = make_faulty_asdu(FaultKind::unknown_type, 0x1234);
    const auto view = iec60870::AsduView::parse(unknown);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->description(), nullptr);
    EXPECT_EQ(view->header().common_address, 0x1234);
}

}  // namespace
}  // namespace busbar::sim::test
