#include "connector/iec104_client/reset_requests.hpp"

#include <gtest/gtest.h>

#include "iec104/link_bench.hpp"

namespace busbar::connector {
namespace {

using namespace std::chrono_literals;

/// What leaves, and what the operator is told.
struct ResetBench {
    void reset(std::uint8_t qualifier = 1) {
        requests.reset(
            7, qualifier, 3,
            [this](Octets asdu) {
                if (line_takes) sent += to_hex(asdu, ' ') + ";";
                return line_takes;
            },
            [this](const Result<std::string>& answer) { told += (answer ? *answer : answer.error().what) + ";"; });
    }
    void answer(const std::string& asdu) {
        const auto octets = *from_hex(asdu);
        requests.answered(*iec60870::AsduView::parse(octets));
    }

    net::EventLoop loop;
    ResetRequests requests{loop, {}};
    bool line_takes = true;
    std::string sent, told;
};

TEST(ResetRequests, TellsWhatTheStationSaid) {
    ResetBench bench;
    bench.reset();
    EXPECT_EQ(bench.sent, "69 01 06 03 07 00 00 00 00 01;");
    EXPECT_EQ(bench.told, "");
    bench.answer("69 01 07 03 08 00 00 00 00 01");  // another station
    bench.answer("69 01 07 03 07 00 00 00 00 02");  // another qualifier
    EXPECT_EQ(bench.told, "");
    bench.answer("69 01 07 03 07 00 00 00 00 01");
    EXPECT_EQ(bench.told, "{\"confirmed\":true};");
    bench.answer("69 01 07 03 07 00 00 00 00 01");
    bench.requests.line_lost();
    EXPECT_EQ(bench.told, "{\"confirmed\":true};") << "once";
}

TEST(ResetRequests, ARefusalIsNoConfirmation) {
    ResetBench bench;
    bench.reset(2);
    bench.answer("69 01 47 03 07 00 00 00 00 02");
    EXPECT_EQ(bench.told, "refused by the station (cause 7);");
    bench.reset(2);
    bench.answer("69 01 6d 03 07 00 00 00 00 02");
    EXPECT_EQ(bench.told, "refused by the station (cause 7);refused by the station (cause 45);");
}

TEST(ResetRequests, AreSentOnceAtMost) {
    ResetBench bench;
    bench.line_takes = false;
    bench.reset();
    EXPECT_EQ(bench.told, "data transfer with the station is not started, or its window is full;");
    bench.line_takes = true;
    bench.told.clear();
    bench.reset();
    bench.reset();
    EXPECT_EQ(bench.told, "another reset waits for its confirmation;");
    bench.requests.line_lost();
    EXPECT_EQ(bench.told,
              "another reset waits for its confirmation;unknown: the line was lost before the station confirmed;");
    EXPECT_EQ(bench.sent, "69 01 06 03 07 00 00 00 00 01;");
}

}  // namespace
}  // namespace busbar::connector
