#include "store/keys.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace busbar::store {

namespace {

constexpr std::string_view image_prefix = "process:image:casdu:";
constexpr std::string_view image_middle = ":ioa:";

constexpr std::array patterns{
    KeyPattern{"process:image:casdu:{number}:ioa:{number}", KeyKind::string},
    KeyPattern{"process:updates", KeyKind::stream},
    KeyPattern{"process:updates:retention", KeyKind::string},
    KeyPattern{"process:commands", KeyKind::stream},
    KeyPattern{"process:commands:claim:{name}", KeyKind::string},
    KeyPattern{"process:command-results", KeyKind::stream},
    KeyPattern{"process:owner:{number}", KeyKind::string},
    KeyPattern{"process:errors", KeyKind::stream},
    KeyPattern{"process:image-watch", KeyKind::string},
    KeyPattern{"process:updates:trimmer", KeyKind::string},
    KeyPattern{"connectors:{name}:config", KeyKind::string},
    KeyPattern{"connectors:{name}:mapping", KeyKind::string},
    KeyPattern{"connectors:{name}:status", KeyKind::hash},
    KeyPattern{"connectors:{name}:lease", KeyKind::string},
    KeyPattern{"connectors:{name}:cursor:{name}", KeyKind::string},
    KeyPattern{"connectors:{name}:requests", KeyKind::stream},
    KeyPattern{"connectors:{name}:replies", KeyKind::stream},
};

char* append(char* out, std::string_view text) {
    std::memcpy(out, text.data(), text.size());
    return out + text.size();
}

char* append(char* out, std::uint32_t number) {
    constexpr std::size_t digits = 10;
    return std::to_chars(out, out + digits, number).ptr;
}

std::string connector_key(std::string_view id, std::string_view last) {
    std::string key = "connectors:";
    return key.append(id).append(last);
}

/// A number as write_image_key writes it: no sign, no leading zero.
template <class Number>
std::optional<Number> parse_canonical(std::string_view text) {
    if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
    Number number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

bool is_digit(char character) { return character >= '0' && character <= '9'; }

bool matches(std::string_view pattern, std::string_view key) {
    const auto brace = pattern.find('{');
    if (brace == std::string_view::npos) return pattern == key;
    if (!key.starts_with(pattern.substr(0, brace))) return false;
    const auto close = pattern.find('}', brace);
    const bool number = pattern.substr(brace + 1, close - brace - 1) == "number";
    const auto rest = pattern.substr(close + 1);
    for (auto end = brace + 1; end <= key.size(); ++end) {  // every length a value may have, the shortest first
        if (number && !is_digit(key[end - 1])) return false;
        if (matches(rest, key.substr(end))) return true;
    }
    return false;
}

}  // namespace

namespace keys {

std::string retention(std::string_view updates_stream) { return std::string{updates_stream} + ":retention"; }
std::string owner(std::uint16_t casdu) { return "process:owner:" + std::to_string(casdu); }
std::string command_claim(std::string_view command) { return std::string{"process:commands:claim:"}.append(command); }

std::string config(std::string_view id) { return connector_key(id, ":config"); }
std::string mapping(std::string_view id) { return connector_key(id, ":mapping"); }
std::string status(std::string_view id) { return connector_key(id, ":status"); }
std::string lease(std::string_view id) { return connector_key(id, ":lease"); }
std::string cursor(std::string_view id, std::string_view group) { return connector_key(id, ":cursor:").append(group); }

std::string cursor_pattern(std::string_view id) {
    std::string escaped;
    for (const char character : id) {
        if (std::string_view{"*?[]\\^"}.find(character) != std::string_view::npos) escaped += '\\';
        escaped += character;
    }
    return cursor(escaped, "*");
}

std::optional<std::string_view> cursor_group(std::string_view id, std::string_view key) {
    const auto prefix = cursor(id, "");
    if (!key.starts_with(prefix) || key.size() == prefix.size()) return std::nullopt;
    return key.substr(prefix.size());
}

std::string requests(std::string_view id) { return connector_key(id, ":requests"); }
std::string replies(std::string_view id) { return connector_key(id, ":replies"); }
std::string trace(std::string_view id) { return connector_key(id, ":trace"); }
std::string log(std::string_view id) { return connector_key(id, ":log"); }
std::string changed(std::string_view id) { return connector_key(id, ""); }

}  // namespace keys

char* write_image_key(char* out, ImageAddress address) {
    out = append(out, image_prefix);
    out = append(out, address.casdu);
    out = append(out, image_middle);
    return append(out, address.ioa);
}

std::string image_key(ImageAddress address) {
    std::array<char, max_image_key_size> key;
    return {key.data(), write_image_key(key.data(), address)};
}

std::optional<ImageAddress> parse_image_key(std::string_view key) {
    if (!key.starts_with(image_prefix)) return std::nullopt;
    key.remove_prefix(image_prefix.size());
    const auto middle = key.find(image_middle);
    if (middle == std::string_view::npos) return std::nullopt;
    const auto casdu = parse_canonical<std::uint16_t>(key.substr(0, middle));
    const auto ioa = parse_canonical<std::uint32_t>(key.substr(middle + image_middle.size()));
    if (!casdu || !ioa) return std::nullopt;
    return ImageAddress{*casdu, *ioa};
}

std::span<const KeyPattern> key_patterns() { return patterns; }

const KeyPattern* find_key_pattern(std::string_view key) {
    const auto found = std::ranges::find_if(patterns, [&](const KeyPattern& row) { return matches(row.pattern, key); });
    return found == patterns.end() ? nullptr : &*found;
}

}  // namespace busbar::store
