#include "sim/wire/tcp_reassembly.hpp"

#include <algorithm>

namespace busbar::sim {
namespace {

/// How far `sequence` lies behind `from`, negative if before it (numbers go round).
std::int32_t distance(std::uint32_t sequence, std::uint32_t from) { return static_cast<std::int32_t>(sequence - from); }

/// The farthest number that still lies ahead of `from`.
std::uint32_t far_ahead(std::uint32_t from) { return from + 0x7FFF'FFFFu; }

}  // namespace

TcpReassembly::Connection& TcpReassembly::find(const TcpSegment& segment, const std::pair<End, End>& ends) {
    auto found = connections_.find(ends);
    const bool opens = segment.syn && !segment.ack;
    const bool is_another = found != connections_.end() && opens && found->second.first_syn != segment.sequence;
    if (found == connections_.end() || is_another) {
        if (is_another) release_all(found->second);
        if (connections_.size() >= most_connections) finish();
        found = connections_.insert_or_assign(ends, Connection{}).first;
        found->second.number = next_number_++;
    }
    if (opens) found->second.first_syn = segment.sequence;
    return found->second;
}

void TcpReassembly::add(const TcpSegment& segment) {
    const End source{segment.source.address, segment.source.port};
    const End destination{segment.destination.address, segment.destination.port};
    const bool forward = source < destination;
    Connection& connection = find(segment, forward ? std::pair{source, destination} : std::pair{destination, source});
    Direction& own = connection.directions[forward ? 0 : 1];
    Direction& other = connection.directions[forward ? 1 : 0];
    if (segment.syn) {
        own.known = own.from_start = true;
        own.next_sequence = segment.sequence + 1;
    }
    take_in(connection, own, segment);
    // Octets that their receiver has acknowledged were sent: if they are not here by now, the capture has lost them.
    if (!segment.ack || other.waiting.empty()) return;
    TcpSegment by = segment;
    std::swap(by.source, by.destination);
    release(connection, other, &by, segment.acknowledgement);
}

void TcpReassembly::take_in(const Connection& connection, Direction& direction, const TcpSegment& segment) {
    if (segment.payload.empty()) return;
    const std::uint32_t first = segment.sequence + (segment.syn ? 1u : 0u);
    if (!direction.known) {
        direction.known = true;
        direction.next_sequence = first;
    }
    const std::int32_t ahead = distance(first, direction.next_sequence);
    if (ahead > 0) {
        const std::uint64_t place = direction.delivered_octets + static_cast<std::uint64_t>(ahead);
        direction.waiting.emplace(place, Early{segment, OctetBuffer(segment.payload.begin(), segment.payload.end())});
        waiting_octets_ += segment.payload.size() + sizeof(Early);
        const bool full = waiting_octets_ > most_waiting_octets;
        if (full) release(connection, direction, &segment, far_ahead(direction.next_sequence));
        return;
    }
    const auto repeated = static_cast<std::size_t>(-std::int64_t{ahead});
    if (repeated >= segment.payload.size()) return;
    deliver(connection, direction, segment, segment.payload.subspan(repeated), false);
    release(connection, direction, &segment, direction.next_sequence);
}

void TcpReassembly::deliver(const Connection& connection, Direction& direction, const TcpSegment& by, Octets octets,
                            bool gap) {
    TcpData data{by.frame,  by.time,        connection.number,
                 by.source, by.destination, OctetBuffer(octets.begin(), octets.end()),
                 gap,       false};
    data.begins = direction.from_start && direction.delivered_octets == 0 && !gap;
    direction.next_sequence += static_cast<std::uint32_t>(octets.size());
    direction.delivered_octets += octets.size();
    ready_.push_back(std::move(data));
}

void TcpReassembly::release(const Connection& connection, Direction& direction, const TcpSegment* by,
                            std::uint32_t lost_before) {
    while (!direction.waiting.empty()) {
        const auto nearest = direction.waiting.begin();
        const bool missing = nearest->first > direction.delivered_octets;
        const std::uint64_t lost = missing ? nearest->first - direction.delivered_octets : 0;
        const std::uint64_t repeated = missing ? 0 : direction.delivered_octets - nearest->first;
        const std::uint32_t sequence = direction.next_sequence + static_cast<std::uint32_t>(lost);
        if (missing && distance(sequence, lost_before) > 0) return;
        const Early early = std::move(nearest->second);
        direction.waiting.erase(nearest);
        waiting_octets_ -= early.octets.size() + sizeof(Early);
        direction.next_sequence = sequence;
        direction.delivered_octets += lost;
        if (repeated >= early.octets.size()) continue;
        deliver(connection, direction, by ? *by : early.segment, Octets(early.octets).subspan(repeated), missing);
    }
}

void TcpReassembly::release_all(Connection& connection) {
    for (Direction& direction : connection.directions) {
        release(connection, direction, nullptr, far_ahead(direction.next_sequence));
    }
}

void TcpReassembly::finish() {
    for (auto& [ends, connection] : connections_) release_all(connection);
    connections_.clear();
}

std::optional<TcpData> TcpReassembly::take() {
    if (ready_.empty()) return std::nullopt;
    TcpData data = std::move(ready_.front());
    ready_.pop_front();
    return data;
}

}  // namespace busbar::sim
