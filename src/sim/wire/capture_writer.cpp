#include "sim/wire/capture_writer.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>

namespace busbar::sim {
namespace {

enum TcpFlag : Octet { fin = 0x01, syn = 0x02, psh = 0x08, ack = 0x10 };

constexpr std::size_t ethernet_size = 14, ip_size = 20, tcp_size = 20, largest_segment = 1460;

void put_big(OctetBuffer& out, std::uint32_t number, unsigned size) {
    while (size-- > 0) out.push_back(static_cast<Octet>(number >> (8 * size)));
}

void put_little(OctetBuffer& out, std::uint32_t number, unsigned size) {
    for (unsigned i = 0; i < size; ++i) out.push_back(static_cast<Octet>(number >> (8 * i)));
}

/// Sum of 16-bit words as the checksums of IP and TCP have it.
std::uint32_t add_words(Octets octets, std::uint32_t sum = 0) {
    for (std::size_t i = 0; i < octets.size(); i += 2) {
        sum += static_cast<std::uint32_t>(octets[i] << 8);
        if (i + 1 < octets.size()) sum += octets[i + 1];
    }
    return sum;
}

void store_checksum(OctetBuffer& packet, std::size_t at, std::uint32_t sum) {
    while (sum >> 16) sum = (sum & 0xFFFF) + (sum >> 16);
    packet[at] = static_cast<Octet>(~sum >> 8);
    packet[at + 1] = static_cast<Octet>(~sum);
}

std::filesystem::path emptied(const std::filesystem::path& path) {
    std::error_code ignored;  // a file that cannot be removed cannot be opened either, and that names the reason
    std::filesystem::remove(path, ignored);
    return path;
}

}  // namespace

Endpoint parse_endpoint(std::string_view text) {
    Endpoint endpoint;
    const std::size_t colon = text.rfind(':');
    if (colon == text.npos) return endpoint;
    std::from_chars(text.data() + colon + 1, text.data() + text.size(), endpoint.port);
    std::array<Octet, 4> address{};
    const char* at = text.data();
    const char* const end = text.data() + colon;
    for (std::size_t i = 0; i < address.size(); ++i) {
        const auto [next, error] = std::from_chars(at, end, address[i]);
        const bool last = i + 1 == address.size();
        if (error != std::errc{} || (last ? next != end : next == end || *next != '.')) return endpoint;
        at = next + 1;
    }
    endpoint.address = address;
    return endpoint;
}

CaptureWriter::CaptureWriter(const std::filesystem::path& path) : file_(emptied(path)) {
    OctetBuffer header;
    put_little(header, 0xA1B2C3D4, 4);  // microseconds
    put_little(header, 2, 2);           // version 2.4
    put_little(header, 4, 2);
    put_little(header, 0, 4);
    put_little(header, 0, 4);
    put_little(header, 65535, 4);
    put_little(header, 1, 4);  // Ethernet
    file_.write({reinterpret_cast<const char*>(header.data()), header.size()});
}

void CaptureWriter::write_packet(Octets packet, UtcTime time) {
    const auto milliseconds = time.time_since_epoch().count();
    OctetBuffer record;
    put_little(record, static_cast<std::uint32_t>(milliseconds / 1000), 4);
    put_little(record, static_cast<std::uint32_t>(milliseconds % 1000 * 1000), 4);
    put_little(record, static_cast<std::uint32_t>(packet.size()), 4);
    put_little(record, static_cast<std::uint32_t>(packet.size()), 4);
    record.insert(record.end(), packet.begin(), packet.end());
    file_.write({reinterpret_cast<const char*>(record.data()), record.size()});
}

RecordedConnection::RecordedConnection(CaptureWriter& writer, Endpoint client_end, Endpoint server_end, UtcTime time)
    : writer_(&writer), ends_{client_end, server_end} {
    // Connections between the same ends are told apart by where their numbers begin.
    const std::uint32_t start = ++writer.connections_ * 1'000'000;
    next_[client] = start;
    next_[server] = start + 500'000;
    packet(client, syn, {}, time);
    packet(server, syn | ack, {}, time);
    packet(client, ack, {}, time);
}

void RecordedConnection::send(Side from, Octets octets, UtcTime time) {
    while (!octets.empty()) {
        const std::size_t size = std::min(octets.size(), largest_segment);
        packet(from, psh | ack, octets.first(size), time);
        octets = octets.subspan(size);
    }
}

void RecordedConnection::close(UtcTime time) {
    packet(client, fin | ack, {}, time);
    packet(server, fin | ack, {}, time);
    packet(client, ack, {}, time);
}

void RecordedConnection::packet(Side from, Octet flags, Octets payload, UtcTime time) {
    const Side to = from == client ? server : client;
    OctetBuffer out{2, 0, 0, 0, 0, static_cast<Octet>(2 - from), 2, 0, 0, 0, 0, static_cast<Octet>(1 + from), 8, 0};
    out.insert(out.end(), {0x45, 0});
    put_big(out, static_cast<std::uint32_t>(ip_size + tcp_size + payload.size()), 2);
    put_big(out, ++identification_, 2);
    out.insert(out.end(), {0x40, 0, 64, 6, 0, 0});  // not to be fragmented, 64 hops, TCP
    out.insert(out.end(), ends_[from].address.begin(), ends_[from].address.end());
    out.insert(out.end(), ends_[to].address.begin(), ends_[to].address.end());
    store_checksum(out, ethernet_size + 10, add_words(Octets(out).subspan(ethernet_size)));
    put_big(out, ends_[from].port, 2);
    put_big(out, ends_[to].port, 2);
    put_big(out, next_[from], 4);
    put_big(out, flags & ack ? next_[to] : 0, 4);
    out.insert(out.end(), {tcp_size / 4 << 4, flags, 0xFF, 0xFF, 0, 0, 0, 0});
    out.insert(out.end(), payload.begin(), payload.end());
    // The pseudo header of TCP's checksum: both addresses, the protocol, the length of the segment.
    const std::uint32_t pseudo = add_words(Octets(out).subspan(ethernet_size + 12, 8), 6);
    const Octets segment = Octets(out).subspan(ethernet_size + ip_size);
    store_checksum(out, ethernet_size + ip_size + 16,
                   add_words(segment, pseudo + static_cast<std::uint32_t>(segment.size())));
    next_[from] += static_cast<std::uint32_t>(payload.size()) + (flags & (syn | fin) ? 1 : 0);
    writer_->write_packet(out, time);
}

}  // namespace busbar::sim
