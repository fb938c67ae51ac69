#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace busbar::manage {

/// `plain` behind a passphrase: argon2id makes the key, XChaCha20-Poly1305 seals. For the worker's thread.
std::string seal(std::string_view plain, const std::string& passphrase);
/// The error: it is no such file, or the passphrase is wrong, or it was altered.
Result<std::string> unseal(std::string_view sealed, const std::string& passphrase);

}  // namespace busbar::manage
