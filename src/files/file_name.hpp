#pragma once

#include <string>
#include <string_view>

#include "iec104/station/file_asdu.hpp"

namespace busbar::files {

/// A name that stays in its folder and is not hidden: no "/", no control characters, not "." in front.
bool is_plain_name(std::string_view name);

/// "casdu1-ioa17-file2": what a file is called that comes without a name.
std::string name_of(const iec104::FileAddress& file);

/// For logs and status: what is not printable ASCII or UTF-8 becomes "?".
std::string printable(std::string_view name);

}  // namespace busbar::files
