#include "iec104/station/frozen_counters.hpp"

#include <algorithm>

namespace busbar::iec104 {

namespace {

constexpr TypeId integrated_total = 15;
constexpr Octet general_request = 5;
constexpr std::size_t notation = 4;  // octet of BCR behind the count: SQ, CY, CA, IV
constexpr unsigned sequence_bits = 0x1f;

std::uint64_t key(CommonAddress station, Ioa ioa) { return std::uint64_t{station} << 32 | ioa; }

bool belongs_to(const ImageObject& object, std::uint8_t group) {
    return object.type != 0 && object.base_type == integrated_total && (group == 0 || object.counter_group == group);
}

}  // namespace

std::optional<CounterRequest> CounterRequest::of(Octet qcc) {
    const Octet request = qcc & 0x3f;
    if (request == 0 || request > general_request) return std::nullopt;
    return CounterRequest{static_cast<std::uint8_t>(request % general_request), static_cast<Freeze>(qcc >> 6)};
}

void FrozenCounters::freeze(const ProcessImage& image, CommonAddress station, std::uint8_t group, Octets time_tag,
                            const Visit& visit) {
    const bool all = station == iec60870::all_stations;
    auto next = all ? image.next_station(0) : std::optional(station);
    for (; next; next = all ? image.next_station(*next) : std::nullopt) {
        const StationImage* counters = image.station(*next);
        if (counters == nullptr) return;
        counters->for_each_from(0, [&](const ImageObject& object) {
            if (belongs_to(object, group)) visit(*next, freeze_one(*next, object, time_tag));
            return true;
        });
    }
}

const ImageObject& FrozenCounters::freeze_one(CommonAddress station, const ImageObject& counter, Octets time_tag) {
    const unsigned last = reading_of(station, counter).octets[notation] & sequence_bits;
    ImageObject& reading = readings_[key(station, counter.ioa)];
    reading = counter;
    Octet& bits = reading.octets[notation];
    bits = static_cast<Octet>((bits & ~sequence_bits) | ((last + 1) & sequence_bits));
    if (reading.tag == ImageObject::Tag::cp56) {
        std::copy(time_tag.begin(), time_tag.end(), reading.octets.begin() + reading.element_size);
    }
    return reading;
}

void FrozenCounters::erase(CommonAddress station, Ioa ioa) { readings_.erase(key(station, ioa)); }

const ImageObject& FrozenCounters::reading_of(CommonAddress station, const ImageObject& object) const {
    if (object.base_type != integrated_total) return object;
    const auto found = readings_.find(key(station, object.ioa));
    return found == readings_.end() ? object : found->second;
}

}  // namespace busbar::iec104
