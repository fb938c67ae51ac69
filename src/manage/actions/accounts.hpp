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

/// Whether somebody at this address may have a password looked at; counts as a try. Hashes take their time and memory:
/// only so many wait, and only so often for one address.
bool may_try_password(Installation& installation, const std::string& address);
tl::unexpected<Problem> too_many_logins();
/// A user's password was looked at, and was `good` or not: wrong ones are counted, and lock. The user, if all is well;
/// `purpose` is for the audit.
Outcome<UserRow> judge_password(Installation& installation, const Actor& actor, const std::string& name, bool good,
                                std::string_view purpose);

/// For whoever has proven to be this user.
LoggedIn begin_session(Installation& installation, const UserRow& user, const std::string& address);

/// Who holds this secret; nothing: nobody, or nobody any more. `csrf` is what changes must carry.
std::optional<LoggedIn> find_login(Installation& installation, std::string_view secret);

}  // namespace busbar::manage
