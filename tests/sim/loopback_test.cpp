#include <thread>

#include "bench.hpp"
#include "sim/rtu/run_rtu.hpp"
#include "sim/scada/run_scada.hpp"

namespace busbar::sim::test {
namespace {

/// An RTU on a free port, on a thread of its own, that ends when its events are acknowledged.
class RunningRtu {
public:
    explicit RunningRtu(RtuRunOptions options) {
        options.port = 0;
        options.ready_file = directory.file("ready");
        options.exit_when_done = true;
        thread_ =
            std::thread([this, options = std::move(options)]() mutable { exit_code = run_rtu(std::move(options)); });
    }
    ~RunningRtu() {
        if (thread_.joinable()) thread_.join();
    }

    /// The port, as soon as it listens.
    std::uint16_t port() {
        const auto end = std::chrono::steady_clock::now() + 20s;
        while (std::chrono::steady_clock::now() < end) {
            const std::string text = read_file(directory.file("ready"));
            if (!text.empty()) return static_cast<std::uint16_t>(std::stoi(text));
            std::this_thread::sleep_for(5ms);
        }
        ADD_FAILURE() << "the RTU does not listen";
        return 0;
    }
    void join() { thread_.join(); }

    TemporaryDirectory directory;
    int exit_code = -1;

private:
    std::thread thread_;
};

RtuRunOptions numbered_rtu(std::uint64_t total) {
    RtuRunOptions options;
    options.rtu.activity = {.events_per_second = 2000, .total = total, .numbered = true};
    options.substation = numbered_substation(5, 33, std::array<CommonAddress, 1>{1});
    return options;
}

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

TEST(Loopback, CarriesEveryEventFromRtuToControlRoom) {
    const TemporaryDirectory directory;
    RtuRunOptions rtu_options = numbered_rtu(500);
    rtu_options.log = directory.file("rtu.log");
    RunningRtu rtu(std::move(rtu_options));

    ScadaRunOptions scada;
    scada.address.port = rtu.port();
    scada.log = directory.file("scada.log");
    scada.capture = directory.file("line.pcap");
    scada.ready_file = directory.file("scada.ready");
    scada.quiet = true;
    scada.reconnect = true;
    scada.count = 505;  // the interrogation has five
    scada.duration = 60s;
    scada.scada.session.link.w = 1;
    EXPECT_EQ(run_scada(std::move(scada)), 0);
    rtu.join();
    EXPECT_EQ(rtu.exit_code, 0);

    const std::string at_scada = read_file(directory.file("scada.log")), at_rtu = read_file(directory.file("rtu.log"));
    EXPECT_EQ(count(at_scada, "\"what\":\"object\"") - count(at_scada, "\"cot\":20"), 500u);
    EXPECT_EQ(count(at_rtu, "\"what\":\"event\""), 500u);
    EXPECT_THAT(at_rtu, testing::HasSubstr("\"to\":500"));
    EXPECT_THAT(at_rtu, testing::HasSubstr("\"what\":\"disconnected\""));
    EXPECT_NE(read_file(directory.file("scada.ready")), "");
    auto capture = CaptureReader::open(directory.file("line.pcap"));
    ASSERT_TRUE(capture);
    EXPECT_TRUE(capture->next());
}

TEST(Loopback, EndsAloneWhenNobodyListens) {
    std::uint16_t port = 0;
    {
        RunningRtu rtu(numbered_rtu(1));
        port = rtu.port();
        ScadaRunOptions scada;
        scada.address.port = port;
        scada.quiet = true;
        scada.scada.session.link.w = 1;
        scada.duration = 60s;
        run_scada(std::move(scada));  // the RTU has done its work and closes
    }
    ScadaRunOptions scada;
    scada.address.port = port;
    scada.quiet = true;
    scada.duration = 60s;
    EXPECT_EQ(run_scada(std::move(scada)), 1);
}

TEST(Loopback, SaysWhichPortIsTaken) {
    RunningRtu rtu(numbered_rtu(1));
    RtuRunOptions second = numbered_rtu(1);
    second.port = rtu.port();
    try {
        run_rtu(std::move(second));
        FAIL() << "listens on a port that is taken";
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr(std::to_string(rtu.port())));
    }
    ScadaRunOptions scada;
    scada.address.port = rtu.port();
    scada.quiet = true;
    scada.scada.session.link.w = 1;
    scada.duration = 60s;
    run_scada(std::move(scada));
}

}  // namespace
}  // namespace busbar::sim::test
