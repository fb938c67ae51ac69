#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "base/octets.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace busbar::point {

/// The flags of a point's "quality" (store contract): one bit each. 0 = good.
enum class Flag : std::uint16_t {
    IV = 1,
    NT = 2,
    SB = 4,
    BL = 8,
    OV = 16,  // the standard's quality descriptor
    EI = 32,  // protection: elapsed time invalid
    CY = 64,
    CA = 128,         // counters: carry, adjusted
    transient = 256,  // step position in transit
};

struct Quality {
    std::uint16_t bits = 0;
    constexpr bool has(Flag flag) const { return bits & static_cast<std::uint16_t>(flag); }
    constexpr void set(Flag flag, bool on = true) {
        const auto bit = static_cast<std::uint16_t>(flag);
        bits = static_cast<std::uint16_t>(on ? bits | bit : bits & ~bit);
    }
    bool operator==(const Quality&) const = default;
};

/// "time_flags": IV clock not synchronised or impossible time, SU the tag says summer time though the station's zone
/// has none then, GEN substituted.
struct TimeFlags {
    bool invalid = false, summer = false, generated = false;
    bool operator==(const TimeFlags&) const = default;
};

/// A value that is several named numbers (types 17-20, 38-40): {"GS":1,"SL1":0,…,"duration":250}. A name has at most
/// max_name_size characters and needs no escape.
struct Composite {
    static constexpr std::size_t max_name_size = 16;
    struct Member {
        std::string_view name;  // a literal, or inside the text it was read from
        std::int64_t number;
        bool operator==(const Member&) const = default;
    };
    std::array<Member, 8> members{};
    std::uint8_t size = 0;
    bool operator==(const Composite&) const = default;
};

using Value = std::variant<std::monostate, bool, std::int64_t, double, Composite>;

/// A few octets beside the point ("raw", "time_raw").
template <std::size_t Capacity>
struct SmallOctets {
    std::array<Octet, Capacity> octets{};
    std::uint8_t size = 0;
    Octets view() const { return {octets.data(), size}; }
    /// What does not fit is cut.
    void assign(Octets from) {
        size = static_cast<std::uint8_t>(from.size() < Capacity ? from.size() : Capacity);
        std::copy_n(from.begin(), size, octets.begin());
    }
};

/// One point, version 1 of the store contract. Texts are borrowed: from the JSON it was read from, or from whoever
/// made it. Cheap to copy; never allocates.
struct Point {
    std::uint16_t casdu = 0;
    std::uint32_t ioa = 0;
    std::uint8_t type = 0;
    Value value;
    Quality quality;
    std::uint8_t cot = 3;
    std::optional<UtcTime> time;  // from the time tag
    TimeFlags time_flags;
    std::optional<UtcTime> received;
    std::string_view source;
    std::string_view reason;  // why the quality is what it is, for people
    std::uint8_t oa = 0;
    bool test = false;
    bool negative = false;
    bool unchanged = false;                 // "changed":false: an interrogated value equal to the one before
    std::optional<std::uint8_t> sequence;   // counters: SQ 0-31
    std::optional<std::uint8_t> qualifier;  // QU, QL, KPA
    bool select = false;                    // commands: S/E, select before execute
    SmallOctets<16> raw;                    // element octets without time tag, only where JSON would lose bits
    SmallOctets<7> time_raw;
};

/// Quality flags, in the order in which they are written.
struct FlagName {
    std::string_view name;
    Flag flag;
};
inline constexpr std::array flag_names{
    FlagName{"IV", Flag::IV}, FlagName{"NT", Flag::NT}, FlagName{"SB", Flag::SB},
    FlagName{"BL", Flag::BL}, FlagName{"OV", Flag::OV}, FlagName{"EI", Flag::EI},
    FlagName{"CY", Flag::CY}, FlagName{"CA", Flag::CA}, FlagName{"transient", Flag::transient}};

constexpr std::optional<Flag> flag_named(std::string_view name) {
    for (const FlagName& entry : flag_names) {
        if (entry.name == name) return entry.flag;
    }
    return std::nullopt;
}

/// Types whose value is a short floating point number: their text is read as such, not as a double.
constexpr bool is_float_type(std::uint8_t type) {
    return type == 13 || type == 14 || type == 36 || type == 50 || type == 63 || type == 112;
}

/// Longest text `write_json` makes for a point whose texts (`source`, `reason`) are empty.
inline constexpr std::size_t max_json_size = 1024;

/// Writes the point as the contract has it (members in its order, defaults left out) and returns the end.
/// `out` must have room for max_json_size plus six times the length of `source` and `reason`.
char* write_json(char* out, const Point& point);

/// Reads a point: only `type` and `value` are needed, unknown members are ignored, a member of a wrong kind or out of
/// range is an error that names it. `casdu` and `ioa` are 0 if absent. Texts borrow from `json` (a text with escapes is
/// cut at the first escape). Allocates nothing unless there is an error. At most 16 kB and 8 levels are read.
Result<Point> read_json(std::string_view json);

}  // namespace busbar::point
