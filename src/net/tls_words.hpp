#pragma once

#include <string>
#include <string_view>

/// How certificates are named in configurations.
namespace busbar::net {

/// "sha256:AB:CD:…" -> "sha256:abcd…".
std::string normalized_fingerprint(std::string_view text);

/// Whether each attribute of `wanted` ("CN=scada-a" or "CN=scada-a,O=Utility") is in `subject`. Types ("CN") in any
/// case, values exactly.
bool has_attributes(std::string_view subject, std::string_view wanted);

}  // namespace busbar::net
