#include "manage/actions/accounts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "manage/actions/areas.hpp"
#include "manage/actions/audit.hpp"
#include "manage/actions/secrets.hpp"
#include "manage/database/user_rows.hpp"

namespace busbar::manage {

namespace {

constexpr std::string_view set_up_setting = "set_up";
constexpr std::size_t max_waiting_hashes = 32;

void note_failure(Installation& installation, UserRow user) {
    ++user.failures;
    if (user.failures >= free_failures) {
        const auto lock = std::min(longest_lock, first_lock * (1 << std::min(user.failures - free_failures, 6)));
        user.locked_until = installation.loop.utc_now() + lock;
    }
    save_user(installation.database, user, installation.loop.utc_now());
}

/// The password was looked at: `good` or not.
Outcome<LoggedIn> judge(Installation& installation, const std::string& name, const std::string& address, bool good) {
    const Actor actor{name.substr(0, 64), Role::viewer, address};
    const auto user = judge_password(installation, actor, name, good, "login");
    if (!user) return tl::make_unexpected(user.error());
    auto login = begin_session(installation, *user, address);
    add_audit(installation, login.actor, "logged in", "user");
    return login;
}

}  // namespace

bool may_try_password(Installation& installation, const std::string& address) {
    return installation.login_limits.admits(address, installation.loop.now()) &&
           installation.worker.waiting() <= max_waiting_hashes;
}

tl::unexpected<Problem> too_many_logins() {
    return refuse(Problem::Kind::too_many, "too_many_logins", "too many logins at the same time; try again");
}

Outcome<UserRow> judge_password(Installation& installation, const Actor& actor, const std::string& name, bool good,
                                std::string_view purpose) {
    auto user = find_user(installation.database, name);  // as it is now, not as it was before the hash
    const UtcTime now = installation.loop.utc_now();
    if (user && user->locked_until > now) {
        add_audit(installation, actor, fmt::format("{} refused: locked", purpose), "user");
        return refuse(Problem::Kind::too_many, "locked", "too many wrong passwords; try again later");
    }
    if (!user || !good || !user->enabled) {
        if (user) note_failure(installation, *user);
        add_audit(installation, actor, fmt::format("{} refused", purpose), "user");
        return refuse(Problem::Kind::not_logged_in, "wrong_password", "user or password is wrong");
    }
    if (user->failures != 0) {
        user->failures = 0;
        user->locked_until = {};
        save_user(installation.database, *user, now);
    }
    return *user;
}

LoggedIn begin_session(Installation& installation, const UserRow& user, const std::string& address) {
    const UtcTime now = installation.loop.utc_now();
    remove_expired_sessions(installation.database, now);
    LoggedIn login{{user.name, *role_named(user.role), address}, make_secret(), make_secret()};
    add_area_rights(installation.database, user.id, Role::admin, login.actor);
    add_session(installation.database, hash_of_secret(login.secret),
                {user.id, user.name, user.role, login.csrf, now + session_life}, now);
    return login;
}

std::optional<std::string> offer_set_up(Installation& installation) {
    if (has_users(installation.database)) return std::nullopt;
    const std::string secret = make_secret();
    const auto hash = hash_of_secret(secret);
    save_setting(installation.database, set_up_setting, fmt::format("\"{:02x}\"", fmt::join(hash, "")));
    return secret;
}

void set_up(Installation& installation, std::string secret, std::string user, std::string password, std::string address,
            TakeLogin done) {
    if (!may_try_password(installation, address)) return done(too_many_logins());
    const auto offered = find_setting(installation.database, set_up_setting);
    const auto given = fmt::format("\"{:02x}\"", fmt::join(hash_of_secret(secret), ""));
    if (!offered || !same_secret(*offered, given))
        return done(refuse(Problem::Kind::forbidden, "no_set_up", "this set-up link is not, or no longer, good"));
    installation.worker.run([&installation, user = std::move(user), password = std::move(password),
                             address = std::move(address), done = std::move(done)]() -> std::function<void()> {
        return [&installation, user, hash = hash_password(password), address, done] {
            if (has_users(installation.database))
                return done(refuse(Problem::Kind::forbidden, "no_set_up", "the installation is set up already"));
            Change transaction(installation.database);
            UserRow row{0, user, "admin", hash, true, 0, {}};
            row.id = save_user(installation.database, row, installation.loop.utc_now());
            remove_setting(installation.database, set_up_setting);
            auto login = begin_session(installation, row, address);
            add_audit(installation, login.actor, "set up", "installation");
            transaction.commit();
            done(std::move(login));
        };
    });
}

void log_in(Installation& installation, std::string user, std::string password, std::string address, TakeLogin done) {
    if (!may_try_password(installation, address)) return done(too_many_logins());
    const auto row = find_user(installation.database, user);
    std::string hash = row && row->password ? *row->password : std::string();
    installation.worker.run([&installation, user = std::move(user), password = std::move(password), hash,
                             address = std::move(address), done = std::move(done)]() -> std::function<void()> {
        const bool good = is_password(hash.empty() ? nobodys_hash() : hash, password) && !hash.empty();
        return [&installation, user, address, done, good] { done(judge(installation, user, address, good)); };
    });
}

void log_out(Installation& installation, const Actor& actor, std::string_view secret) {
    remove_session(installation.database, hash_of_secret(secret));
    add_audit(installation, actor, "logged out", "user");
}

std::optional<LoggedIn> find_login(Installation& installation, std::string_view secret) {
    const auto row = find_session(installation.database, hash_of_secret(secret));
    if (!row || !row->enabled || row->expires <= installation.loop.utc_now()) return std::nullopt;
    LoggedIn login{{row->user_name, *role_named(row->role), {}}, std::string(secret), row->csrf};
    add_area_rights(installation.database, row->user, Role::admin, login.actor);
    return login;
}

}  // namespace busbar::manage
