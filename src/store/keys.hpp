#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace busbar::store {

/// The keys of the store contract; key_patterns() is its table.
namespace keys {

inline constexpr std::string_view updates = "process:updates";
inline constexpr std::string_view commands = "process:commands";
inline constexpr std::string_view command_results = "process:command-results";
inline constexpr std::string_view errors = "process:errors";
inline constexpr std::string_view image_watch = "process:image-watch";
inline constexpr std::string_view trimmer = "process:updates:trimmer";
inline constexpr std::string_view image_pattern = "process:image:*";

/// process:updates:retention; a stream of another name has its own.
std::string retention(std::string_view updates_stream = updates);
std::string owner(std::uint16_t casdu);
std::string command_claim(std::string_view command);

std::string config(std::string_view id);
std::string mapping(std::string_view id);
std::string status(std::string_view id);
std::string lease(std::string_view id);
std::string cursor(std::string_view id, std::string_view group);
/// Pattern of all cursors of a connector, its id escaped for SCAN MATCH.
std::string cursor_pattern(std::string_view id);
/// The group of a cursor key of this connector; nothing for any other key.
std::optional<std::string_view> cursor_group(std::string_view id, std::string_view key);
std::string requests(std::string_view id);
std::string replies(std::string_view id);
/// Channels: they are no keys and never listed.
std::string trace(std::string_view id);
std::string log(std::string_view id);
std::string changed(std::string_view id);

}  // namespace keys

/// Address of a point in the store; an IOA has at most 24 bits on a line, 32 here.
struct ImageAddress {
    std::uint16_t casdu = 0;
    std::uint32_t ioa = 0;

    auto operator<=>(const ImageAddress&) const = default;
};

/// Length of the longest image key: "process:image:casdu:65535:ioa:4294967295".
inline constexpr std::size_t max_image_key_size = 40;

/// Writes "process:image:casdu:{CASDU}:ioa:{IOA}" (at most max_image_key_size characters) and returns the end.
char* write_image_key(char* out, ImageAddress address);
std::string image_key(ImageAddress address);

/// The address in an image key; nothing for any other text, also for one with leading zeros or out of range, because
/// its canonical key is another.
std::optional<ImageAddress> parse_image_key(std::string_view key);

/// What kind of value a key of the contract holds.
enum class KeyKind : std::uint8_t { string, stream, hash };

struct KeyPattern {
    std::string_view pattern;  // {name} = one or more characters, {number} = digits
    KeyKind kind;
};

/// Every key that may ever lie in a store that only Busbar writes, in the contract's order and with its default names.
std::span<const KeyPattern> key_patterns();

/// The row of key_patterns() that `key` belongs to; nothing: Busbar must not write it.
const KeyPattern* find_key_pattern(std::string_view key);

}  // namespace busbar::store
