#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "sim/wire/tcp_reassembly.hpp"

namespace busbar::sim {

/// Reads the TCP connections of a capture file, pcap or pcapng (libpcap), octets in order. Link types: Ethernet (with
/// VLAN tags), Linux cooked, loopback, raw IP; IPv4 and IPv6. Other packets are passed over.
class CaptureReader {
public:
    /// "-" is standard input. The error names the file.
    static Result<CaptureReader> open(const std::string& path);
    ~CaptureReader();
    CaptureReader(CaptureReader&&) noexcept;

    /// The next octets; nothing at the end. A damaged file ends where the damage begins: see `error`.
    std::optional<TcpData> next();
    /// Why the file ended early.
    const std::string& error() const;
    /// Packets read so far.
    std::uint64_t packets() const;

private:
    struct State;
    explicit CaptureReader(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// The TCP segment that a packet carries, if it does. `link_type` is one of libpcap's DLT_ numbers.
std::optional<TcpSegment> find_tcp_segment(int link_type, Octets packet);

}  // namespace busbar::sim
