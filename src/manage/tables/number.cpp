#include "manage/tables/number.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace busbar::manage::tables {

namespace {
constexpr std::size_t longest = 64;
}

std::optional<double> read_number(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    if (text.starts_with('+')) {
        text.remove_prefix(1);
        if (text.starts_with('-')) return std::nullopt;
    }
    if (text.empty() || text.size() > longest) return std::nullopt;
    std::string plain(text);
    if (const auto comma = plain.find(','); comma != std::string::npos) {
        if (plain.find('.') != std::string::npos || plain.find(',', comma + 1) != std::string::npos)
            return std::nullopt;
        plain[comma] = '.';
    }
    double number = 0;
    const char* end = plain.data() + plain.size();
    const auto read = std::from_chars(plain.data(), end, number);
    if (read.ec != std::errc{} || read.ptr != end || !std::isfinite(number)) return std::nullopt;
    return number;
}

std::string write_number(double number) { return fmt::format("{}", number); }

}  // namespace busbar::manage::tables
