#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>

#include "iec104/station/process_image.hpp"

namespace busbar::iec104 {

/// What a counter interrogation asks for (QCC).
struct CounterRequest {
    enum class Freeze : std::uint8_t { read, freeze, freeze_with_reset, reset };
    std::uint8_t group = 0;  // 1-4; 0 = all counters
    Freeze freeze = Freeze::read;

    /// Nothing: an RQT that asks for nothing, or is reserved.
    static std::optional<CounterRequest> of(Octet qcc);
};

/// Readings of integrated totals that were frozen (IEC 60870-5-101, 7.4.8): what counter interrogations give instead of
/// the present values. The sequence number (SQ, 0-31) of a counter advances with each of its freezes; CY and CA are
/// those of the value that was frozen.
class FrozenCounters {
public:
    using Visit = std::function<void(CommonAddress, const ImageObject& reading)>;

    /// Freezes the counters of a station (all_stations: of every one) that belong to `group` (0: all of them).
    /// `time_tag`: the moment of the freeze as CP56Time2a, for readings that have one; empty: they keep theirs.
    void freeze(const ProcessImage& image, CommonAddress station, std::uint8_t group, Octets time_tag,
                const Visit& visit);
    /// The object as it was frozen last, or itself.
    const ImageObject& reading_of(CommonAddress station, const ImageObject& object) const;
    void erase(CommonAddress station, Ioa ioa);

private:
    const ImageObject& freeze_one(CommonAddress station, const ImageObject& counter, Octets time_tag);

    std::unordered_map<std::uint64_t, ImageObject> readings_;
};

}  // namespace busbar::iec104
