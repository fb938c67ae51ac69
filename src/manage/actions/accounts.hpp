#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "manage/actions/actor.hpp"
#include "manage/actions/installation.hpp"
#include "manage/actions/problem.hpp"
#include "manage/database/user_rows.hpp"

namespace busbar::manage {

inline constexpr std::size_t shortest_password = 12, longest_password = 200;
inline constexpr std::chrono::hours session_life{12};
/// After so many wrong passwords in a row a user is locked: for a minute, then twice as long after each further one.
inline constexpr int free_failures = 5;
inline constexpr std::chrono::minutes first_lock{1}, longest_lock{60};

/// A login: what the cookie holds, and what each request that changes something must carry beside it.
struct LoggedIn {
    Actor actor;
    std::string secret, csrf;
};
using TakeLogin = std::function<void(Outcome<LoggedIn>)>;

/// While there is no user: a new secret for the set-up link, whose former one is void. Else nothing.
std::optional<std::string> offer_set_up(Installation& installation);

/// Makes the first user, an admin, for whoever has the set-up link's secret. Once.
void set_up(Installation& installation, std::string secret, std::string user, std::string password, std::string address,
            TakeLogin done);

void log_in(Installation& installation, std::string user, std::string password, std::string address, TakeLogin done);
void log_out(Installation& installation, const Actor& actor, std::string_view secret);

/// For whoever has proven to be this user.
LoggedIn begin_session(Installation& installation, const UserRow& user, const std::string& address);

/// Who holds this secret; nothing: nobody, or nobody any more. `csrf` is what changes must carry.
std::optional<LoggedIn> find_login(Installation& installation, std::string_view secret);

}  // namespace busbar::manage
