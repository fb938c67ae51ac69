#include "store/stream_id.hpp"

#include <charconv>

namespace busbar::store {

namespace {

/// Digits only: from_chars alone would take no sign either, but it stops at the first other character.
std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace

char* write_stream_id(char* out, StreamId id) {
    constexpr std::size_t digits = 20;
    out = std::to_chars(out, out + digits, id.milliseconds).ptr;
    *out++ = '-';
    return std::to_chars(out, out + digits, id.sequence).ptr;
}

std::string to_string(StreamId id) {
    std::array<char, max_stream_id_size> text;
    return {text.data(), write_stream_id(text.data(), id)};
}

std::optional<StreamId> parse_stream_id(std::string_view text) {
    const auto dash = text.find('-');
    const auto milliseconds = parse_number(text.substr(0, dash));
    const auto sequence =
        dash == std::string_view::npos ? std::optional<std::uint64_t>{0} : parse_number(text.substr(dash + 1));
    if (!milliseconds || !sequence) return std::nullopt;
    return StreamId{*milliseconds, *sequence};
}

}  // namespace busbar::store
