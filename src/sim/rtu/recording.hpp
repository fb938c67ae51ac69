#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "sim/wire/capture_reader.hpp"

namespace busbar::sim {

/// The ASDUs that a captured station sent, as recorded octets, in the order of the capture.
class Recording {
public:
    struct Entry {
        std::chrono::microseconds offset;  // from the first one
        Octets asdu;
    };

    static constexpr std::size_t most_octets = std::size_t{256} << 20;

    /// Takes what came from TCP port `station_port`; only of one connection, if `connection` is given (counted from 0
    /// as decoders do). Octets that are no APDU are passed over and counted. The error names the file.
    static Result<Recording> load(const std::string& path, std::uint16_t station_port,
                                  std::optional<unsigned> connection = {});

    std::size_t size() const { return places_.size(); }
    Entry operator[](std::size_t index) const {
        const Place& place = places_[index];
        return {place.offset, Octets(octets_).subspan(place.start, place.size)};
    }
    std::uint64_t skipped_octets() const { return skipped_; }

private:
    struct Place {
        std::chrono::microseconds offset;
        std::size_t start;
        std::uint8_t size;
    };
    /// Takes whole APDUs off the front of `unread`.
    void take_apdus(OctetBuffer& unread, CaptureTime time);

    OctetBuffer octets_;
    std::vector<Place> places_;
    std::optional<CaptureTime> first_;
    std::uint64_t skipped_ = 0;
};

}  // namespace busbar::sim
