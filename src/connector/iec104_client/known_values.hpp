#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/octets.hpp"
#include "base/time.hpp"

namespace busbar::connector {

/// What the line last said of each object, as octets: tells an interrogated value that is equal to the one before, a
/// late one, and a gap in a counter's sequence numbers. Objects lie in blocks of neighbouring addresses, because a
/// frame's objects mostly are neighbours; at most `capacity` blocks, and objects beyond that count as always changed.
class KnownValues {
public:
    static constexpr std::size_t block_size = 16;                  // 384 octets
    static constexpr std::size_t capacity = std::size_t{1} << 18;  // blocks: 4 million neighbours
    static constexpr std::size_t largest_element = 8;              // octets

    struct Before {
        bool equal = false;                   // same type and octets as the last time
        bool newer = false;                   // interrogated now, but the last one has a later time tag
        std::optional<std::uint8_t> counter;  // last octet of the counter before (SQ CY CA IV), for counters
    };

    /// `type`: without time tag. `element`: without time tag, at most largest_element. Remembers it, unless it was
    /// interrogated and is older than what is known: events count in the order they come, whatever the station's clock
    /// does.
    Before exchange(std::uint16_t casdu, std::uint32_t ioa, std::uint8_t type, Octets element,
                    std::optional<UtcTime> time, bool interrogated);
    void clear();

private:
    struct Last {
        std::array<Octet, largest_element> element{};
        std::int64_t time_ms = 0;
        std::uint8_t type = 0;  // 0: nothing known
        std::uint8_t size = 0;
    };
    using Block = std::array<Last, block_size>;
    /// Null: no room for one more.
    Block* block(std::uint64_t number);

    boost::unordered_flat_map<std::uint64_t, std::unique_ptr<Block>> blocks_;
    std::uint64_t last_number_ = 0;
    Block* last_block_ = nullptr;
};

}  // namespace busbar::connector
