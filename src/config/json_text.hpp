#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace busbar::config {

/// Reads a JSON document of at most `max_size` octets; the error says at which line and column.
Result<boost::json::value> parse_json(std::string_view text, std::size_t max_size);

/// JSON on one line with a blank after ':' and ','; numbers without an exponent where they are short enough without.
std::string to_line(const boost::json::value& value);

/// JSON over several lines, two blanks a level; short lists stay on one line.
std::string to_lines(const boost::json::value& value);

}  // namespace busbar::config
