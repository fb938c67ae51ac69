#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace busbar::store {

/// The id of a stream entry, "1763719200000-3": milliseconds of the store's clock and a count within them.
/// 0-0 lies before every entry.
struct StreamId {
    std::uint64_t milliseconds = 0;
    std::uint64_t sequence = 0;

    auto operator<=>(const StreamId&) const = default;
};

/// Longest text of an id: two numbers of 20 digits and a dash.
inline constexpr std::size_t max_stream_id_size = 41;

/// Writes the id (at most max_stream_id_size characters) and returns the end.
char* write_stream_id(char* out, StreamId id);

std::string to_string(StreamId id);

/// Reads "ms-seq" or "ms" (sequence 0); anything else is nothing.
std::optional<StreamId> parse_stream_id(std::string_view text);

}  // namespace busbar::store
