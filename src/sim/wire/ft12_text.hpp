#pragma once

#include <string>

#include "base/octets.hpp"

namespace busbar::sim {

/// The octets of FT1.2 frames in hex. Passwords (of logins, ASDU 183, and of parameters, 129) and the checksum that
/// would give them away become "x", unless they are to be shown - also in frames that are cut or stand behind noise.
std::string ft12_hex(Octets octets, bool show_passwords);

}  // namespace busbar::sim
