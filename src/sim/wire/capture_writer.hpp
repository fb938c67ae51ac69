#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/octets.hpp"
#include "base/time.hpp"
#include "sim/wire/line_log.hpp"

namespace busbar::sim {

/// Address and port as they stand in an IPv4 packet.
struct Endpoint {
    std::array<Octet, 4> address{127, 0, 0, 1};
    std::uint16_t port = 0;
    bool operator==(const Endpoint&) const = default;
};

/// Reads "10.1.0.7:2404"; anything else (an IPv6 address) becomes 127.0.0.1 with the port behind the last colon.
Endpoint parse_endpoint(std::string_view text);

/// A capture file (libpcap format, Ethernet) of TCP connections that nobody had to sniff: octets and times go in,
/// packets that any decoder reads come out. An existing file is replaced.
class CaptureWriter {
public:
    /// Throws std::runtime_error naming the file, here and when writing.
    explicit CaptureWriter(const std::filesystem::path& path);

private:
    friend class RecordedConnection;
    void write_packet(Octets packet, UtcTime time);

    LineLog file_;
    std::uint32_t connections_ = 0;
};

/// One TCP connection in a capture: handshake, data with acknowledgements, end. Must not outlive the writer.
class RecordedConnection {
public:
    enum Side : std::uint8_t { client, server };

    RecordedConnection(CaptureWriter& writer, Endpoint client_end, Endpoint server_end, UtcTime time);
    void send(Side from, Octets octets, UtcTime time);
    void close(UtcTime time);

private:
    void packet(Side from, Octet flags, Octets payload, UtcTime time);

    CaptureWriter* writer_;
    Endpoint ends_[2];
    std::uint32_t next_[2];  // TCP sequence numbers
    std::uint16_t identification_ = 0;
};

}  // namespace busbar::sim
