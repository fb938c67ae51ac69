#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "manage/database/database.hpp"

namespace busbar::manage {

struct UserRow {
    std::int64_t id = 0;
    std::string name, role;
    std::optional<std::string> password;  // argon2id
    bool enabled = true;
    int failures = 0;
    UtcTime locked_until;
};

std::vector<UserRow> all_users(Database& database);
std::optional<UserRow> find_user(Database& database, std::string_view name);
/// Inserts a row whose id is 0 and returns its id, else replaces what is there.
std::int64_t save_user(Database& database, const UserRow& row, UtcTime now);
bool has_users(Database& database);
void remove_user(Database& database, std::int64_t id);

/// Who somebody is at an OpenID provider.
struct OpenIdSubject {
    std::string issuer, subject;
};
std::optional<UserRow> find_user_by_subject(Database& database, const OpenIdSubject& subject);
bool has_subject(Database& database, std::int64_t user);
void save_subject(Database& database, std::int64_t user, const OpenIdSubject& subject);

/// The hash of a secret that somebody else holds: of a session's cookie, of a token.
using SecretHash = std::array<unsigned char, 32>;

struct SessionRow {
    std::int64_t user = 0;
    std::string user_name, role, csrf;
    UtcTime expires;
    bool enabled = true;  // the user
};

void add_session(Database& database, const SecretHash& token, const SessionRow& row, UtcTime now);
std::optional<SessionRow> find_session(Database& database, const SecretHash& token);
void remove_session(Database& database, const SecretHash& token);
void remove_sessions_of(Database& database, std::int64_t user);
/// Of all who came by an OpenID provider.
void remove_openid_sessions(Database& database);
void remove_expired_sessions(Database& database, UtcTime now);

/// A secret for programs, with the rights of its user, at most those of `role`.
struct TokenRow {
    std::int64_t id = 0;
    std::string name, user_name, user_role, role;
    UtcTime created, expires, used;  // used: to the minute; 0: never
    bool enabled = true;             // the user
    std::int64_t user = 0;
};

std::int64_t add_token(Database& database, const SecretHash& hash, const TokenRow& row, std::int64_t user);
std::optional<TokenRow> find_token(Database& database, const SecretHash& hash);
std::vector<TokenRow> all_tokens(Database& database);
void note_token_use(Database& database, std::int64_t id, UtcTime now);
/// False: there is none.
bool remove_token(Database& database, std::int64_t id);

/// JSON of a setting; nothing: never set.
std::optional<std::string> find_setting(Database& database, std::string_view name);
void save_setting(Database& database, std::string_view name, std::string_view json);
void remove_setting(Database& database, std::string_view name);

}  // namespace busbar::manage
