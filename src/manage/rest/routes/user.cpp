#include "manage/actions/users.hpp"

#include <array>
#include <boost/json.hpp>

#include "base/time.hpp"
#include "manage/rest/json_members.hpp"
#include "manage/rest/path_id.hpp"
#include "manage/rest/route.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

json::object to_json(Installation& installation, const UserRow& row) {
    json::array areas;
    for (const UserArea& each : areas_of_user(installation.database, row.id))
        areas.push_back({{"area", each.area}, {"role", each.role}});
    return {{"name", row.name},
            {"role", row.role},
            {"areas", std::move(areas)},
            {"enabled", row.enabled},
            {"password", row.password.has_value()},
            {"locked_until", row.locked_until == UtcTime{} ? json::value() : json::value(iso(row.locked_until))}};
}

std::vector<UserArea> areas_of(const json::value& areas) {
    std::vector<UserArea> all;
    for (const json::value& each : areas.as_array()) all.push_back({text(each, "area"), text(each, "role")});
    return all;
}

TakeUser answer_user(Installation& installation, Finish finish, unsigned status) {
    return [&installation, finish = std::move(finish), status](const Outcome<UserRow>& user) {
        if (!user) return finish(tl::make_unexpected(user.error()));
        finish(Answer{status, to_json(installation, *user), {}});
    };
}

Outcome<Answer> list(Installation& installation, const Call&) {
    json::array users;
    for (const UserRow& row : all_users(installation.database)) users.push_back(to_json(installation, row));
    return Answer{200, {{"users", std::move(users)}}, {}};
}

void create(Installation& installation, const std::shared_ptr<const Call>& call, Finish finish) {
    const auto* areas = call->body.as_object().if_contains("areas");
    create_user(installation, call->actor, text(call->body, "name"), *role_named(text(call->body, "role")),
                text(call->body, "password"), areas != nullptr ? areas_of(*areas) : std::vector<UserArea>{},
                answer_user(installation, std::move(finish), 201));
}

void change(Installation& installation, const std::shared_ptr<const Call>& call, Finish finish) {
    const auto& body = call->body.as_object();
    UserChange change;
    if (body.contains("role")) change.role = role_named(text(call->body, "role"));
    if (const auto* enabled = body.if_contains("enabled")) change.enabled = enabled->as_bool();
    if (body.contains("password")) change.password = text(call->body, "password");
    if (const auto* areas = body.if_contains("areas")) change.areas = areas_of(*areas);
    change_user(installation, call->actor, call->at("name"), change, answer_user(installation, std::move(finish), 200));
}

Outcome<Answer> remove(Installation& installation, const Call& call) {
    return remove_user(installation, call.actor, call.at("name")).map([] { return Answer{204, nullptr, {}}; });
}

void change_own_password(Installation& installation, const std::shared_ptr<const Call>& call, Finish finish) {
    change_password(installation, call->actor, text(call->body, "present"), text(call->body, "password"),
                    answer_user(installation, std::move(finish), 200));
}

Outcome<Answer> list_tokens(Installation& installation, const Call& call) {
    json::array tokens;
    for (const TokenRow& row : all_tokens(installation.database)) {
        if (!call.actor.may(Role::admin) && row.user_name != call.actor.name) continue;
        tokens.push_back({{"id", row.id},
                          {"name", row.name},
                          {"user", row.user_name},
                          {"role", row.role},
                          {"created", iso(row.created)},
                          {"expires", iso(row.expires)},
                          {"used", row.used == UtcTime{} ? json::value() : json::value(iso(row.used))}});
    }
    return Answer{200, {{"tokens", std::move(tokens)}}, {}};
}

Outcome<Answer> make_token(Installation& installation, const Call& call) {
    // Else one that expires tomorrow would live on in those that it makes.
    if (!call.http.header("authorization").empty())
        return refuse(Problem::Kind::forbidden, "forbidden", "a token makes no tokens; log in");
    const auto expires = parse_iso8601(text(call.body, "expires"));
    if (!expires)
        return refuse(Problem::Kind::invalid, "invalid_expiry", "the time of expiry makes no sense",
                      {{"expires", "is no date-time of RFC 3339"}});
    return create_token(installation, call.actor, text(call.body, "name"), *role_named(text(call.body, "role")),
                        *expires)
        .map([](const NewToken& token) {
            return Answer{201, {{"id", token.id}, {"token", token.secret}}, {}};
        });
}

Outcome<Answer> drop_token(Installation& installation, const Call& call) {
    return remove_token(installation, call.actor, path_id(call)).map([] { return Answer{204, nullptr, {}}; });
}

}  // namespace

std::vector<Route> user_routes() {
    return {
        {"GET",
         "/api/v1/users",
         "listUsers",
         "Users",
         "All users",
         Role::admin,
         {},
         "Users",
         200,
         {},
         false,
         {},
         at_once(list)},
        {"POST",
         "/api/v1/users",
         "createUser",
         "Users",
         "Makes a user",
         Role::admin,
         "NewUser",
         "User",
         201,
         {},
         false,
         {"user_exists", "too_many_users", "no_such_area", "area_twice"},
         create},
        {"PATCH",
         "/api/v1/users/{name}",
         "changeUser",
         "Users",
         "Changes role, password or whether he may log in",
         Role::admin,
         "UserChange",
         "User",
         200,
         {},
         false,
         {"no_such_user", "last_admin", "no_such_area", "area_twice"},
         change},
        {"DELETE",
         "/api/v1/users/{name}",
         "removeUser",
         "Users",
         "Removes a user and his tokens",
         Role::admin,
         {},
         {},
         204,
         {},
         false,
         {"no_such_user", "last_admin"},
         at_once(remove)},
        {"PUT",
         "/api/v1/session/password",
         "changePassword",
         "Accounts",
         "Changes one's own password; ends all sessions",
         Role::viewer,
         "PasswordChange",
         "User",
         200,
         {},
         false,
         {"wrong_password", "locked", "too_many_logins"},
         change_own_password},
        {"GET",
         "/api/v1/tokens",
         "listTokens",
         "Users",
         "One's own tokens; an admin sees all",
         Role::viewer,
         {},
         "Tokens",
         200,
         {},
         false,
         {},
         at_once(list_tokens)},
        {"POST",
         "/api/v1/tokens",
         "createToken",
         "Users",
         "Makes a token for programs; it is shown once",
         Role::viewer,
         "NewToken",
         "Token",
         201,
         {},
         false,
         {"invalid_expiry", "too_many_tokens"},
         at_once(make_token)},
        {"DELETE",
         "/api/v1/tokens/{id}",
         "removeToken",
         "Users",
         "Makes a token void",
         Role::viewer,
         {},
         {},
         204,
         {},
         false,
         {"no_such_token"},
         at_once(drop_token)},
    };
}

}  // namespace busbar::manage
