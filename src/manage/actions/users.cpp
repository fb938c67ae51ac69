#include "manage/actions/users.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>
#include <utility>

#include "manage/actions/accounts.hpp"
#include "manage/actions/areas.hpp"
#include "manage/actions/audit.hpp"
#include "manage/actions/secrets.hpp"

namespace busbar::manage {

namespace {

tl::unexpected<Problem> no_such_user(std::string_view name) {
    return refuse(Problem::Kind::not_found, "no_such_user", fmt::format("there is no user {}", name));
}

bool can_manage(const UserRow& row) { return row.role == "admin" && row.enabled && row.password; }

/// Whether nobody could manage the installation any more if this one could not.
bool is_last_admin(Database& database, const UserRow& row) {
    const auto users = all_users(database);
    return can_manage(row) && std::none_of(users.begin(), users.end(), [&row](const UserRow& other) {
               return other.id != row.id && can_manage(other);
           });
}

tl::unexpected<Problem> last_admin() {
    return refuse(Problem::Kind::conflict, "last_admin", "nobody could manage the installation any more");
}

std::string text_of(const std::vector<UserArea>& areas) {
    boost::json::array all;
    for (const UserArea& each : areas) all.push_back({{"area", each.area}, {"role", each.role}});
    return boost::json::serialize(all);
}

/// Each area is there, and named once.
Outcome<void> check_areas(Database& database, const std::vector<UserArea>& areas) {
    std::set<std::int64_t> seen;
    for (const UserArea& each : areas) {
        const auto area = find_area(database, each.area);
        if (!area)
            return refuse(Problem::Kind::conflict, "no_such_area", fmt::format("there is no area {}", each.area));
        if (!seen.insert(area->id).second)
            return refuse(Problem::Kind::invalid, "area_twice", fmt::format("{} is there twice", each.area));
    }
    return {};
}

/// Hashes on the worker's thread, goes on in the loop.
void with_hash(Installation& installation, std::string password, std::function<void(std::string hash)> then) {
    installation.worker.run([password = std::move(password), then = std::move(then)]() -> std::function<void()> {
        return [then, hash = hash_password(password)] { then(hash); };
    });
}

Outcome<UserRow> apply(Installation& installation, const Actor& actor, const std::string& name,
                       const UserChange& change, const std::optional<std::string>& hash) {
    auto row = find_user(installation.database, name);
    if (!row) return no_such_user(name);
    if (change.areas) {
        if (const auto good = check_areas(installation.database, *change.areas); !good)
            return tl::make_unexpected(good.error());
    }
    const bool is_last = is_last_admin(installation.database, *row);
    if (change.role) row->role = to_string(*change.role);
    if (change.enabled) row->enabled = *change.enabled;
    if (hash) row->password = *hash;
    row->failures = 0;
    row->locked_until = {};
    if (is_last && !can_manage(*row)) return last_admin();
    Change transaction(installation.database);
    save_user(installation.database, *row, installation.loop.utc_now());
    if (change.areas) save_areas_of_user(installation.database, row->id, *change.areas);
    if (hash || !row->enabled) remove_sessions_of(installation.database, row->id);
    add_audit(installation, actor, "user changed", row->name, std::nullopt,
              fmt::format(R"({{"role":"{}","enabled":{},"password":"{}","areas":{}}})", row->role, row->enabled,
                          hash ? "new" : "the same", text_of(areas_of_user(installation.database, row->id))));
    transaction.commit();
    return *row;
}

}  // namespace

void create_user(Installation& installation, const Actor& actor, std::string name, Role role, std::string password,
                 std::vector<UserArea> areas, TakeUser done) {
    if (const auto good = check_areas(installation.database, areas); !good)
        return done(tl::make_unexpected(good.error()));
    if (find_user(installation.database, name))
        return done(refuse(Problem::Kind::conflict, "user_exists", name + " is there already"));
    if (all_users(installation.database).size() >= max_users)
        return done(refuse(Problem::Kind::conflict, "too_many_users", fmt::format("there are {} users", max_users)));
    with_hash(installation, std::move(password),
              [&installation, actor, name = std::move(name), role, areas = std::move(areas),
               done = std::move(done)](const std::string& hash) {
                  if (find_user(installation.database, name))
                      return done(refuse(Problem::Kind::conflict, "user_exists", name + " is there already"));
                  UserRow row{0, name, std::string(to_string(role)), hash, true, 0, {}};
                  Change transaction(installation.database);
                  row.id = save_user(installation.database, row, installation.loop.utc_now());
                  save_areas_of_user(installation.database, row.id, areas);
                  add_audit(installation, actor, "user created", name, std::nullopt,
                            fmt::format(R"({{"role":"{}","areas":{}}})", row.role, text_of(areas)));
                  transaction.commit();
                  done(row);
              });
}

void change_user(Installation& installation, const Actor& actor, std::string name, UserChange change, TakeUser done) {
    if (!find_user(installation.database, name)) return done(no_such_user(name));
    if (!change.password) return done(apply(installation, actor, name, change, std::nullopt));
    std::string password = *change.password;
    with_hash(installation, std::move(password),
              [&installation, actor, name = std::move(name), change, done = std::move(done)](const std::string& hash) {
                  done(apply(installation, actor, name, change, hash));
              });
}

Outcome<void> remove_user(Installation& installation, const Actor& actor, std::string_view name) {
    const auto row = find_user(installation.database, name);
    if (!row) return no_such_user(name);
    if (is_last_admin(installation.database, *row)) return last_admin();
    Change transaction(installation.database);
    remove_user(installation.database, row->id);
    add_audit(installation, actor, "user removed", row->name);
    transaction.commit();
    return {};
}

void change_password(Installation& installation, const Actor& actor, std::string present, std::string wanted,
                     TakeUser done) {
    const auto row = find_user(installation.database, actor.name);
    if (!row || !row->password) return done(no_such_user(actor.name));
    if (!may_try_password(installation, actor.address)) return done(too_many_logins());
    installation.worker.run([&installation, actor, hash = *row->password, present = std::move(present),
                             wanted = std::move(wanted), done = std::move(done)]() -> std::function<void()> {
        const bool good = is_password(hash, present);
        return [&installation, actor, done, good, made = good ? hash_password(wanted) : std::string()] {
            const auto user = judge_password(installation, actor, actor.name, good, "change of the password");
            if (user) return done(apply(installation, actor, actor.name, {}, made));
            if (user.error().code != "wrong_password") return done(tl::make_unexpected(user.error()));
            done(refuse(Problem::Kind::forbidden, "wrong_password", "the present password is wrong"));
        };
    });
}

Outcome<NewToken> create_token(Installation& installation, const Actor& actor, const std::string& name, Role role,
                               UtcTime expires) {
    const auto user = find_user(installation.database, actor.name);
    if (!user) return no_such_user(actor.name);
    if (!actor.may_somewhere(role))
        return refuse(Problem::Kind::forbidden, "forbidden", "a token has no more rights than whoever makes it");
    const UtcTime now = installation.loop.utc_now();
    if (expires <= now || expires > now + longest_token_life)
        return refuse(Problem::Kind::invalid, "invalid_expiry", "a token lives a year at most",
                      {{"expires", "is not within the next 366 days"}});
    if (all_tokens(installation.database).size() >= max_tokens)
        return refuse(Problem::Kind::conflict, "too_many_tokens", fmt::format("there are {} tokens", max_tokens));
    NewToken token{0, make_secret()};
    TokenRow row;
    row.name = name;
    row.role = to_string(role);
    row.created = now;
    row.expires = expires;
    Change transaction(installation.database);
    token.id = add_token(installation.database, hash_of_secret(token.secret), row, user->id);
    add_audit(installation, actor, "token created", name);
    transaction.commit();
    return token;
}

Outcome<void> remove_token(Installation& installation, const Actor& actor, std::int64_t id) {
    const auto tokens = all_tokens(installation.database);
    const auto found = std::find_if(tokens.begin(), tokens.end(), [id](const TokenRow& row) { return row.id == id; });
    const bool visible = found != tokens.end() && (actor.may(Role::admin) || found->user_name == actor.name);
    if (!visible) return refuse(Problem::Kind::not_found, "no_such_token", fmt::format("there is no token {}", id));
    Change transaction(installation.database);
    remove_token(installation.database, id);
    add_audit(installation, actor, "token removed", found->name);
    transaction.commit();
    return {};
}

std::optional<Actor> find_token_holder(Installation& installation, std::string_view secret) {
    const auto row = find_token(installation.database, hash_of_secret(secret));
    const UtcTime now = installation.loop.utc_now();
    if (!row || !row->enabled || row->expires <= now) return std::nullopt;
    if (now - row->used > std::chrono::minutes{1}) note_token_use(installation.database, row->id, now);
    const Role most = *role_named(row->role);
    Actor actor{row->user_name, std::min(most, *role_named(row->user_role)), {}};
    add_area_rights(installation.database, row->user, most, actor);
    return actor;
}

}  // namespace busbar::manage
