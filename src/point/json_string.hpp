#pragma once

#include <string_view>

namespace busbar::point {

/// Writes `text` as a JSON string, quoted and escaped (at most two characters and six for each one), returns the end.
char* write_json_string(char* out, std::string_view text);

}  // namespace busbar::point
