#pragma once

#include <string>
#include <string_view>

#include "manage/database/user_rows.hpp"

namespace busbar::manage {

/// 256 random bits as text that goes into cookies, links and headers.
std::string make_secret();
/// What the database keeps of such a secret.
SecretHash hash_of_secret(std::string_view secret);
bool same_secret(std::string_view left, std::string_view right);

/// argon2id; takes some 50 ms and 64 MB: for the worker's thread.
std::string hash_password(const std::string& password);
bool is_password(const std::string& hash, const std::string& password);
/// Of a password that nobody knows: for users who are not there, so that refusing them takes as long.
const std::string& nobodys_hash();

}  // namespace busbar::manage
