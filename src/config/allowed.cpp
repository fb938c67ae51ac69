#include "config/allowed.hpp"

#include <fmt/format.h>

#include <cmath>

namespace busbar::config {

namespace {

/// Without an exponent for whole numbers; the ends of a double say nothing to a person.
bool is_end(double bound) { return std::abs(bound) >= std::numeric_limits<double>::max(); }

std::string range_text(const Range& range) {
    if (is_end(range.least) && is_end(range.most)) return {};
    if (is_end(range.most)) return fmt::format("at least {:.16g}", range.least);
    if (is_end(range.least)) return fmt::format("at most {:.16g}", range.most);
    return fmt::format("{:.16g}-{:.16g}", range.least, range.most);
}

}  // namespace

std::string number_range(std::string_view kind, const Range& range, std::string_view unit, bool is_of_kind) {
    std::string text = range_text(range);
    if (!text.empty() && !unit.empty()) text += fmt::format(" {}", unit);
    if (text.empty()) return std::string(kind);
    return is_of_kind ? text : fmt::format("{}, {}", kind, text);
}

std::string length_range(const Range& range) {
    if (range.least <= 0) return fmt::format("at most {} characters", range.most);
    return fmt::format("{}-{} characters long", range.least, range.most);
}

}  // namespace busbar::config
