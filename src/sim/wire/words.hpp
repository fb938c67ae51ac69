#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

namespace busbar::sim {

/// The words of a line, which blanks separate.
inline std::vector<std::string_view> split_words(std::string_view text) {
    std::vector<std::string_view> words;
    constexpr std::string_view blanks = " \t\r\n";
    while (true) {
        const std::size_t start = text.find_first_not_of(blanks);
        if (start == text.npos) return words;
        text.remove_prefix(start);
        words.push_back(text.substr(0, text.find_first_of(blanks)));
        text.remove_prefix(words.back().size());
    }
}

/// The number that the whole word says.
template <class Number>
std::optional<Number> read_number(std::string_view word) {
    Number number{};
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
    return number;
}

}  // namespace busbar::sim
