#include "manage/actions/openid_users.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "manage/actions/audit.hpp"
#include "manage/actions/users.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

constexpr std::size_t longest_name = 64;

Outcome<std::string> name_of(const OpenIdSettings& settings, const json::object& claims) {
    const auto* claim = find_claim(claims, settings.name_claim);
    if (claim != nullptr && claim->is_string()) {
        std::string name(claim->as_string());
        const bool is_plain =
            std::none_of(name.begin(), name.end(), [](unsigned char letter) { return letter < ' ' || letter == 0x7f; });
        if (!name.empty() && name.size() <= longest_name && is_plain) return name;
    }
    return refuse(Problem::Kind::not_logged_in, "no_name",
                  fmt::format("the provider gives no name of 1 to {} octets in {}", longest_name, settings.name_claim));
}

/// The highest of all that his values give him.
Outcome<Role> role_of(const OpenIdSettings& settings, const json::object& claims) {
    std::optional<Role> role;
    if (settings.default_role) role = role_named(*settings.default_role);
    const auto take = [&](const json::value& value) {
        if (!value.is_string()) return;
        const auto row = settings.roles.find(std::string_view(value.as_string()));
        if (row == settings.roles.end()) return;
        const auto given = role_named(row->second);
        if (given && (!role || *given > *role)) role = given;
    };
    if (const auto* claim = find_claim(claims, settings.role_claim)) {
        if (const auto* several = claim->if_array())
            for (const json::value& value : *several) take(value);
        else
            take(*claim);
    }
    if (role) return *role;
    return refuse(Problem::Kind::forbidden, "no_role", "the provider gives no role that this installation knows");
}

Outcome<UserRow> find_or_make(Installation& installation, const std::string& name, const OpenIdSubject& subject) {
    auto& database = installation.database;
    if (auto known = find_user_by_subject(database, subject)) return *known;
    auto row = find_user(database, name);
    if (row && row->password) return *row;
    if (row && has_subject(database, row->id))
        return refuse(Problem::Kind::forbidden, "name_taken",
                      fmt::format("{} is another person at the provider; an admin can remove that user", name));
    if (!row) {
        if (all_users(database).size() >= max_users)
            return refuse(Problem::Kind::conflict, "too_many_users", fmt::format("there are {} users", max_users));
        row = UserRow{0, name, "viewer", std::nullopt, true, 0, {}};
        row->id = save_user(database, *row, installation.loop.utc_now());
    }
    save_subject(database, row->id, subject);
    return *row;
}

}  // namespace

Outcome<LoggedIn> log_in_by_claims(Installation& installation, const OpenIdSettings& settings,
                                   const json::object& claims, const std::string& address) {
    auto& database = installation.database;
    const OpenIdSubject subject{settings.issuer, std::string(claims.at("sub").as_string())};
    const auto role = role_of(settings, claims);
    if (!role) {
        if (const auto known = find_user_by_subject(database, subject)) remove_sessions_of(database, known->id);
        return tl::make_unexpected(role.error());
    }
    const auto name = name_of(settings, claims);
    if (!name) return tl::make_unexpected(name.error());
    SQLite::Transaction transaction(database.handle());  // what is refused is not kept either
    auto user = find_or_make(installation, *name, subject);
    if (!user) return tl::make_unexpected(user.error());
    if (user->password)
        return refuse(Problem::Kind::forbidden, "local_user",
                      fmt::format("{} is a user of this installation, who logs in with a password", user->name));
    if (!user->enabled)
        return refuse(Problem::Kind::forbidden, "user_disabled", fmt::format("{} may not log in", user->name));
    const bool is_other_role = user->role != to_string(*role);
    user->role = to_string(*role);
    save_user(database, *user, installation.loop.utc_now());
    auto login = begin_session(installation, *user, address);
    if (is_other_role)
        add_audit(installation, login.actor, "role by OpenID Connect", user->name, std::nullopt,
                  fmt::format(R"({{"role":"{}"}})", user->role));
    add_audit(installation, login.actor, "logged in by OpenID Connect", "user");
    transaction.commit();
    return login;
}

}  // namespace busbar::manage
