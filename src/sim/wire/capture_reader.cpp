#include "sim/wire/capture_reader.hpp"

#include <fmt/format.h>
#include <pcap/pcap.h>

#include <algorithm>
#include <utility>

namespace busbar::sim {
namespace {

/// Octets in network order, read from the front. Reading too far gives zeros and is remembered.
class Cursor {
public:
    explicit Cursor(Octets octets) : rest_(octets) {}

    std::uint32_t number(unsigned size) {
        std::uint32_t value = 0;
        for (const Octet octet : take(size)) value = value << 8 | octet;
        return value;
    }
    Octets take(std::size_t size) {
        short_ = short_ || size > rest_.size();
        const Octets taken = rest_.first(std::min(size, rest_.size()));
        rest_ = rest_.subspan(taken.size());
        return taken;
    }
    /// Cuts off what follows the next `size` octets (padding of short Ethernet frames).
    void limit(std::size_t size) { rest_ = rest_.first(std::min(size, rest_.size())); }
    bool good() const { return !short_; }
    Octets rest() const { return rest_; }

private:
    Octets rest_;
    bool short_ = false;
};

constexpr std::uint32_t ether_ipv4 = 0x0800, ether_ipv6 = 0x86DD, protocol_tcp = 6;

/// Passes the link layer's header; the Ethernet type of what follows, 0 if unknown.
std::uint32_t skip_link_layer(int link_type, Cursor& packet) {
    std::uint32_t type = 0;
    switch (link_type) {
        case DLT_EN10MB:
            packet.take(12);
            type = packet.number(2);
            break;
        case DLT_LINUX_SLL:
            packet.take(14);
            type = packet.number(2);
            break;
        case DLT_LINUX_SLL2:
            type = packet.number(2);
            packet.take(18);
            break;
        case DLT_NULL:
        case DLT_LOOP: packet.take(4); [[fallthrough]];
        case DLT_RAW:
        case DLT_IPV4:
        case DLT_IPV6:
            if (packet.rest().empty()) return 0;
            return packet.rest()[0] >> 4 == 4 ? ether_ipv4 : ether_ipv6;
        default: return 0;
    }
    while (type == 0x8100 || type == 0x88A8) {  // VLAN
        packet.take(2);
        type = packet.number(2);
    }
    return type;
}

template <std::size_t size>
std::array<Octet, size> array_of(Octets octets) {
    std::array<Octet, size> array{};
    std::ranges::copy(octets.first(std::min(size, octets.size())), array.begin());
    return array;
}

/// Leaves the cursor at the TCP header. False: no TCP, or a fragment.
bool skip_ipv4(Cursor& packet, TcpSegment& segment) {
    const std::uint32_t header_size = (packet.number(1) & 0x0F) * 4;
    packet.take(1);
    const std::uint32_t total = packet.number(2);
    packet.take(2);
    const std::uint32_t fragment = packet.number(2);
    packet.take(1);
    const std::uint32_t protocol = packet.number(1);
    packet.take(2);
    segment.source.address = net::IpAddress::v4(array_of<4>(packet.take(4)));
    segment.destination.address = net::IpAddress::v4(array_of<4>(packet.take(4)));
    if (protocol != protocol_tcp || (fragment & 0x3FFF) != 0 || header_size < 20) return false;
    // A length of 0 comes from captures on machines whose network card cuts the segments.
    if (total >= header_size) packet.limit(total - 20);
    packet.take(header_size - 20);
    return packet.good();
}

bool skip_ipv6(Cursor& packet, TcpSegment& segment) {
    packet.take(4);
    const std::uint32_t payload = packet.number(2);
    std::uint32_t protocol = packet.number(1);
    packet.take(1);
    segment.source.address = net::IpAddress::v6(array_of<16>(packet.take(16)));
    segment.destination.address = net::IpAddress::v6(array_of<16>(packet.take(16)));
    if (payload != 0) packet.limit(payload);
    while (packet.good() && (protocol == 0 || protocol == 43 || protocol == 60)) {  // options that may stand between
        protocol = packet.number(1);
        const std::uint32_t size = packet.number(1);
        packet.take(size * 8 + 6);
    }
    return packet.good() && protocol == protocol_tcp;
}

}  // namespace

std::optional<TcpSegment> find_tcp_segment(int link_type, Octets octets) {
    Cursor packet(octets);
    TcpSegment segment;
    const std::uint32_t type = skip_link_layer(link_type, packet);
    if (type == ether_ipv4 ? !skip_ipv4(packet, segment) : type != ether_ipv6 || !skip_ipv6(packet, segment))
        return std::nullopt;
    segment.source.port = static_cast<std::uint16_t>(packet.number(2));
    segment.destination.port = static_cast<std::uint16_t>(packet.number(2));
    segment.sequence = packet.number(4);
    segment.acknowledgement = packet.number(4);
    const std::uint32_t size_and_flags = packet.number(2);
    const std::uint32_t header_size = (size_and_flags >> 12) * 4;
    packet.take(6);
    if (header_size < 20) return std::nullopt;
    packet.take(header_size - 20);
    if (!packet.good()) return std::nullopt;
    segment.fin = size_and_flags & 0x01;
    segment.syn = size_and_flags & 0x02;
    segment.rst = size_and_flags & 0x04;
    segment.ack = size_and_flags & 0x10;
    segment.payload = packet.rest();
    return segment;
}

struct CaptureReader::State {
    pcap_t* file = nullptr;
    int link_type = 0;
    std::uint64_t packets = 0;
    bool ended = false;
    std::string error;
    TcpReassembly reassembly;

    ~State() { pcap_close(file); }

    void read_packet() {
        pcap_pkthdr* header = nullptr;
        const u_char* octets = nullptr;
        const int result = pcap_next_ex(file, &header, &octets);
        if (result != 1) {
            if (result == PCAP_ERROR) error = pcap_geterr(file);
            ended = true;
            return reassembly.finish();
        }
        ++packets;
        auto segment = find_tcp_segment(link_type, {octets, header->caplen});
        if (!segment) return;
        segment->frame = packets;
        segment->time =
            CaptureTime(std::chrono::seconds(header->ts.tv_sec) + std::chrono::microseconds(header->ts.tv_usec));
        reassembly.add(*segment);
    }
};

CaptureReader::CaptureReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
CaptureReader::CaptureReader(CaptureReader&&) noexcept = default;
CaptureReader::~CaptureReader() = default;

Result<CaptureReader> CaptureReader::open(const std::string& path) {
    char error[PCAP_ERRBUF_SIZE] = "";
    pcap_t* file = pcap_open_offline(path.c_str(), error);
    if (!file) {
        const std::string what = error;  // libpcap names the file in some of its errors only
        return fail(what.starts_with(path) ? what : fmt::format("{}: {}", path, what));
    }
    auto state = std::make_unique<State>();
    state->file = file;
    state->link_type = pcap_datalink(file);
    return CaptureReader(std::move(state));
}

std::optional<TcpData> CaptureReader::next() {
    while (true) {
        if (auto data = state_->reassembly.take()) return data;
        if (state_->ended) return std::nullopt;
        state_->read_packet();
    }
}

const std::string& CaptureReader::error() const { return state_->error; }
std::uint64_t CaptureReader::packets() const { return state_->packets; }

}  // namespace busbar::sim
