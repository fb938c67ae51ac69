#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace busbar::manage::tables {

/// "12", "-1.5e3", and with a decimal comma "1,5". Nothing for anything else, also for "1,234.5" and what is not
/// finite.
std::optional<double> read_number(std::string_view text);
/// The shortest text that reads as the same number: "12", "0.1".
std::string write_number(double number);

}  // namespace busbar::manage::tables
