#include "sim/wire/capture_reader.hpp"
#include "sim/wire/capture_writer.hpp"

#include "bench.hpp"

namespace busbar::sim::test {
namespace {

const UtcTime start{1795251600000ms};

TEST(Capture, ReadsBackWhatItWrote) {
    const TemporaryDirectory directory;
    const std::string path = directory.file("line.pcap");
    {
        CaptureWriter writer(path);
        RecordedConnection connection(writer, parse_endpoint("10.1.0.7:40123"), parse_endpoint("10.1.0.9:2404"), start);
        connection.send(RecordedConnection::client, octets_of(startdt_act), start + 1ms);
        connection.send(RecordedConnection::server, octets_of(startdt_con), start + 2500ms);
        connection.send(RecordedConnection::server, OctetBuffer(4000, 0x55), start + 3s);
        connection.close(start + 4s);
    }
    auto reader = CaptureReader::open(path);
    ASSERT_TRUE(reader) << reader.error().what;
    const auto first = reader->next();
    ASSERT_TRUE(first);
    EXPECT_EQ(hex(first->octets), startdt_act);
    EXPECT_EQ(first->frame, 4u);
    EXPECT_EQ(first->source.to_string(), "10.1.0.7:40123");
    EXPECT_EQ(first->destination.to_string(), "10.1.0.9:2404");
    EXPECT_TRUE(first->begins);
    const auto second = reader->next();
    ASSERT_TRUE(second);
    EXPECT_EQ(hex(second->octets), startdt_con);
    EXPECT_EQ(second->time, CaptureTime(start + 2500ms));
    std::size_t rest = 0;
    while (const auto data = reader->next()) rest += data->octets.size();
    EXPECT_EQ(rest, 4000u);
    EXPECT_EQ(reader->packets(), 11u);
    EXPECT_EQ(reader->error(), "");
}

TEST(Capture, TellsConnectionsBetweenTheSameEndsApart) {
    const TemporaryDirectory directory;
    const std::string path = directory.file("line.pcap");
    {
        CaptureWriter writer(path);
        for (int i = 0; i < 2; ++i) {
            RecordedConnection connection(writer, parse_endpoint("10.1.0.7:40123"), parse_endpoint("10.1.0.9:2404"),
                                          start);
            connection.send(RecordedConnection::client, octets_of(startdt_act), start);
            connection.close(start);
        }
    }
    auto reader = CaptureReader::open(path);
    ASSERT_TRUE(reader);
    std::vector<unsigned> connections;
    while (const auto data = reader->next()) connections.push_back(data->connection);
    EXPECT_THAT(connections, testing::ElementsAre(0, 1));
}

TEST(Capture, SaysWhichFileCannotBeRead) {
    const TemporaryDirectory directory;
    EXPECT_THAT(CaptureReader::open(directory.file("none.pcap")).error().what, testing::HasSubstr("none.pcap"));
    std::ofstream(directory.file("text.pcap")) << "this is no capture at all";
    EXPECT_THAT(CaptureReader::open(directory.file("text.pcap")).error().what, testing::HasSubstr("text.pcap"));
}

TEST(Capture, EndsWhereTheDamageBegins) {
    const TemporaryDirectory directory;
    const std::string path = directory.file("cut.pcap");
    {
        CaptureWriter writer(path);
        RecordedConnection connection(writer, parse_endpoint("10.1.0.7:40123"), parse_endpoint("10.1.0.9:2404"), start);
        connection.send(RecordedConnection::client, octets_of(startdt_act), start);
        connection.send(RecordedConnection::client, octets_of(startdt_act), start);
    }
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 3);
    auto reader = CaptureReader::open(path);
    ASSERT_TRUE(reader);
    EXPECT_TRUE(reader->next());
    EXPECT_FALSE(reader->next());
    EXPECT_NE(reader->error(), "");
}

constexpr int ethernet = 1, linux_cooked = 113, raw_ip = 12, null = 0;
constexpr std::string_view ipv4_tcp =
    "45 00 00 2B 00 00 40 00 40 06 00 00 0A 01 00 07 0A 01 00 09"
    " 9C BB 09 64 00 00 00 05 00 00 00 09 50 18 FF FF 00 00 00 00 AA BB CC";

struct Packet {
    int link_type;
    std::string_view before;
    std::string_view after;
};

class CapturedPacket : public testing::TestWithParam<Packet> {};

TEST_P(CapturedPacket, GivesItsTcpSegment) {
    const OctetBuffer octets =
        octets_of(std::string(GetParam().before) + std::string(ipv4_tcp) + std::string(GetParam().after));
    const auto segment = find_tcp_segment(GetParam().link_type, octets);
    ASSERT_TRUE(segment);
    EXPECT_EQ(segment->source.to_string(), "10.1.0.7:40123");
    EXPECT_EQ(segment->destination.to_string(), "10.1.0.9:2404");
    EXPECT_EQ(segment->sequence, 5u);
    EXPECT_EQ(segment->acknowledgement, 9u);
    EXPECT_TRUE(segment->ack && !segment->syn && !segment->fin && !segment->rst);
    EXPECT_EQ(hex(segment->payload), "AA BB CC");
}

INSTANTIATE_TEST_SUITE_P(LinkTypes, CapturedPacket,
                         testing::Values(Packet{ethernet, "020000000001 020000000002 0800", ""},
                                         Packet{ethernet, "020000000001 020000000002 0800", "00 00 00"},  // padding
                                         Packet{ethernet, "020000000001 020000000002 8100 0005 0800", ""},
                                         Packet{ethernet, "020000000001 020000000002 88A8 0005 8100 0006 0800", ""},
                                         Packet{linux_cooked, "0000 0001 0006 020000000001 0000 0800", ""},
                                         Packet{null, "02 00 00 00", ""}, Packet{raw_ip, "", ""}));

TEST(CapturedPacket, OfIpv6GivesItsTcpSegment) {
    const OctetBuffer packet = octets_of(
        "60 00 00 00 00 17 06 40 00000000000000000000000000000001 00000000000000000000000000000001"
        " 9C BB 09 64 00 00 00 05 00 00 00 09 50 18 FF FF 00 00 00 00 AA BB CC");
    const auto segment = find_tcp_segment(raw_ip, packet);
    ASSERT_TRUE(segment);
    EXPECT_EQ(segment->source.to_string(), "[::1]:40123");
    EXPECT_EQ(hex(segment->payload), "AA BB CC");
}

TEST(CapturedPacket, CutAnywhereIsNoSegmentOrAShorterOne) {
    const OctetBuffer whole = octets_of("020000000001 020000000002 0800" + std::string(ipv4_tcp));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const OctetBuffer cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        const auto segment = find_tcp_segment(ethernet, cut);
        EXPECT_EQ(segment.has_value(), size >= whole.size() - 3) << size;
    }
}

TEST(CapturedPacket, ThatIsNotTcpIsPassedOver) {
    EXPECT_FALSE(find_tcp_segment(ethernet, octets_of("020000000001 020000000002 0806 0001")));  // ARP
    EXPECT_FALSE(find_tcp_segment(999, octets_of(ipv4_tcp)));                                    // unknown link
    EXPECT_FALSE(
        find_tcp_segment(raw_ip, octets_of("45 00 00 1C 00 00 00 00 40 11 00 00 0A010007 0A010009 0000")));  // UDP
    EXPECT_FALSE(find_tcp_segment(
        raw_ip, octets_of("45 00 00 2B 00 00 20 00 40 06 00 00 0A010007 0A010009 9CBB0964")));  // fragment
}

TEST(Endpoint, IsReadFromText) {
    EXPECT_EQ(parse_endpoint("10.1.0.7:2404"), (Endpoint{{10, 1, 0, 7}, 2404}));
    EXPECT_EQ(parse_endpoint("[::1]:2404"), (Endpoint{{127, 0, 0, 1}, 2404}));
    EXPECT_EQ(parse_endpoint("localhost:99"), (Endpoint{{127, 0, 0, 1}, 99}));
    EXPECT_EQ(parse_endpoint("10.1.0:2404"), (Endpoint{{127, 0, 0, 1}, 2404}));
    EXPECT_EQ(parse_endpoint("nonsense"), (Endpoint{{127, 0, 0, 1}, 0}));
}

}  // namespace
}  // namespace busbar::sim::test
