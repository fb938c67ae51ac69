#include "sim/wire/tcp_reassembly.hpp"

#include "bench.hpp"

namespace busbar::sim::test {
namespace {

/// Segments between two fixed ends; what comes out is told as text: "2 AABB" is frame 2, "gap" stands before a hole.
class ReassemblyBench {
public:
    struct Options {
        bool from_server = false, syn = false;
        std::uint32_t acknowledgement = 0;
        bool ack = false;
    };

    void add(std::uint32_t sequence, std::string_view text) { add(sequence, text, {}); }
    void add(std::uint32_t sequence, std::string_view text, Options options) {
        const OctetBuffer octets = octets_of(text);
        TcpSegment segment;
        segment.frame = ++frame_;
        segment.source = {*net::IpAddress::parse(options.from_server ? "10.0.0.2" : "10.0.0.1"), 5};
        segment.destination = {*net::IpAddress::parse(options.from_server ? "10.0.0.1" : "10.0.0.2"), 5};
        segment.sequence = sequence;
        segment.acknowledgement = options.acknowledgement;
        segment.ack = options.ack;
        segment.syn = options.syn;
        segment.payload = octets;
        reassembly.add(segment);
    }

    std::string taken() {
        std::string text;
        while (const auto data = reassembly.take()) {
            if (!text.empty()) text += ", ";
            if (data->connection > 0) text += "connection " + std::to_string(data->connection) + " ";
            text += std::to_string(data->frame) + (data->gap ? " gap " : " ") + to_hex(data->octets);
        }
        return text;
    }

    TcpReassembly reassembly;

private:
    std::uint64_t frame_ = 0;
};

TEST(TcpReassembly, PassesOnWhatComesInOrder) {
    ReassemblyBench bench;
    bench.add(99, "", {.syn = true});
    bench.add(100, "01 02");
    bench.add(102, "03");
    EXPECT_EQ(bench.taken(), "2 0102, 3 03");
}

TEST(TcpReassembly, BeginsInTheMiddleOfAConnection) {
    ReassemblyBench bench;
    bench.add(5000, "01");
    bench.add(5001, "02");
    EXPECT_EQ(bench.taken(), "1 01, 2 02");
}

TEST(TcpReassembly, DropsRepeatsAndTheRepeatedPartOfASegment) {
    ReassemblyBench bench;
    bench.add(100, "01 02 03");
    bench.add(100, "01 02 03");
    bench.add(101, "02 03 04");
    bench.add(99, "00 01");
    EXPECT_EQ(bench.taken(), "1 010203, 3 04");
}

TEST(TcpReassembly, WaitsForWhatComesLate) {
    ReassemblyBench bench;
    bench.add(100, "01");
    bench.add(102, "03");
    bench.add(103, "04");
    EXPECT_EQ(bench.taken(), "1 01");
    bench.add(101, "02 03");
    EXPECT_EQ(bench.taken(), "4 0203, 4 04");
}

TEST(TcpReassembly, GivesUpWhatTheReceiverHasAcknowledged) {
    ReassemblyBench bench;
    bench.add(100, "01");
    bench.add(103, "04");
    bench.add(700, "", {.from_server = true, .acknowledgement = 101, .ack = true});
    EXPECT_EQ(bench.taken(), "1 01");
    bench.add(700, "", {.from_server = true, .acknowledgement = 104, .ack = true});
    EXPECT_EQ(bench.taken(), "4 gap 04");
    bench.add(104, "05");
    EXPECT_EQ(bench.taken(), "5 05");
}

TEST(TcpReassembly, GivesUpWhatIsMissingAtTheEnd) {
    ReassemblyBench bench;
    bench.add(100, "01");
    bench.add(110, "0A");
    bench.add(105, "05");
    bench.reassembly.finish();
    EXPECT_EQ(bench.taken(), "1 01, 3 gap 05, 2 gap 0a");
}

TEST(TcpReassembly, CountsOnOverTheEndOfTheSequenceNumbers) {
    ReassemblyBench bench;
    bench.add(0xFFFFFFFE, "01 02");
    bench.add(1, "04");
    bench.add(0, "03");
    EXPECT_EQ(bench.taken(), "1 0102, 3 03, 3 04");
}

TEST(TcpReassembly, TellsDirectionsAndConnectionsApart) {
    ReassemblyBench bench;
    bench.add(100, "01");
    bench.add(100, "A1", {.from_server = true});
    bench.add(9000, "", {.syn = true});
    bench.add(9001, "B1");
    EXPECT_EQ(bench.taken(), "1 01, 2 a1, connection 1 4 b1");
}

TEST(TcpReassembly, KeepsABoundedNumberOfOctetsWaiting) {
    ReassemblyBench bench;
    bench.add(100, "01");
    const std::string many(2 * 65536, '5');
    for (std::uint32_t i = 0; i <= TcpReassembly::most_waiting_octets / 65536; ++i) bench.add(200 + i * 65536, many);
    const std::string taken = bench.taken();
    EXPECT_GT(taken.size(), TcpReassembly::most_waiting_octets * 2);
    EXPECT_THAT(taken.substr(0, 30), testing::HasSubstr("gap"));
}

}  // namespace
}  // namespace busbar::sim::test
