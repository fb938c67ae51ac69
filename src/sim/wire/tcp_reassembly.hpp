#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "base/octets.hpp"
#include "net/ip_address.hpp"

namespace busbar::sim {

/// Time of a captured packet.
using CaptureTime = std::chrono::sys_time<std::chrono::microseconds>;

/// One captured TCP segment. `payload` is valid during the call it is passed to.
struct TcpSegment {
    std::uint64_t frame = 0;  // number of the packet in its file, from 1
    CaptureTime time;
    net::PeerAddress source, destination;
    std::uint32_t sequence = 0, acknowledgement = 0;
    bool syn = false, ack = false, fin = false, rst = false;
    Octets payload;
};

/// Octets of one direction of one connection, in order and without repeats.
struct TcpData {
    std::uint64_t frame = 0;  // the packet that made them available
    CaptureTime time;
    unsigned connection = 0;  // from 0, in order of appearance
    net::PeerAddress source, destination;
    OctetBuffer octets;
    bool gap = false;     // octets before these are not in the capture
    bool begins = false;  // the first octets that this direction ever sent
};

/// Puts the segments of any number of TCP connections in order: repeats are dropped, what comes early waits until the
/// octets before it come, or are known to be missing. Bounded memory.
class TcpReassembly {
public:
    void add(const TcpSegment& segment);
    /// The capture has ended: what still waits comes out, with its gaps.
    void finish();
    /// The next octets in the order in which they became available.
    std::optional<TcpData> take();

    static constexpr std::size_t most_waiting_octets = std::size_t{16} << 20;  // in all, with what they cost to keep
    static constexpr std::size_t most_connections = 65536;                     // at a time; then all are forgotten

private:
    /// A segment that came before its turn; its payload is kept beside it.
    struct Early {
        TcpSegment segment;
        OctetBuffer octets;
    };
    struct Direction {
        bool known = false;  // next_sequence is
        bool from_start = false;
        std::uint32_t next_sequence = 0;
        std::uint64_t delivered_octets = 0;           // or given up
        std::multimap<std::uint64_t, Early> waiting;  // by their place behind all delivered octets
    };
    struct Connection {
        unsigned number = 0;
        std::optional<std::uint32_t> first_syn;
        Direction directions[2];
    };
    using End = std::pair<net::IpAddress, std::uint16_t>;

    void release_all(Connection& connection);
    Connection& find(const TcpSegment& segment, const std::pair<End, End>& ends);
    void take_in(const Connection& connection, Direction& direction, const TcpSegment& segment);
    void deliver(const Connection& connection, Direction& direction, const TcpSegment& by, Octets octets, bool gap);
    /// Delivers what waits and now follows; octets up to `lost_before` that are not here are given up. `by`: the packet
    /// that made it so; nullptr: each segment's own.
    void release(const Connection& connection, Direction& direction, const TcpSegment* by, std::uint32_t lost_before);

    std::map<std::pair<End, End>, Connection> connections_;  // the smaller end first
    std::size_t waiting_octets_ = 0;
    unsigned next_number_ = 0;
    std::deque<TcpData> ready_;
};

}  // namespace busbar::sim
