#include "manage/actions/accounts.hpp"

#include <boost/json.hpp>

#include "manage/rest/identify.hpp"
#include "manage/rest/json_members.hpp"
#include "manage/rest/route.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

TakeLogin answer_login(const std::shared_ptr<const Call>& call, Finish finish) {
    return [call, finish = std::move(finish)](const Outcome<LoggedIn>& login) {
        if (!login) return finish(tl::make_unexpected(login.error()));
        finish(Answer{201,
                      {{"user", login->actor.name}, {"role", to_string(login->actor.role)}, {"csrf", login->csrf}},
                      {set_cookie(login->secret, call->http.secure)}});
    };
}

void set_up_first(Installation& installation, const std::shared_ptr<const Call>& call, Finish finish) {
    set_up(installation, text(call->body, "token"), text(call->body, "user"), text(call->body, "password"),
           call->http.address, answer_login(call, std::move(finish)));
}

void begin(Installation& installation, const std::shared_ptr<const Call>& call, Finish finish) {
    log_in(installation, text(call->body, "user"), text(call->body, "password"), call->http.address,
           answer_login(call, std::move(finish)));
}

Outcome<Answer> end(Installation& installation, const Call& call) {
    log_out(installation, call.actor, call.http.cookie(session_cookie));
    return Answer{204, nullptr, {set_cookie("", call.http.secure)}};
}

json::array areas_of(const Actor& actor) {
    json::array areas;
    for (const AreaRight& each : actor.areas) {
        json::array stations;
        for (const auto& range : each.area.stations) stations.push_back({{"first", range.first}, {"last", range.last}});
        areas.push_back({{"area", each.area.name},
                         {"role", to_string(each.role)},
                         {"stations", std::move(stations)},
                         {"connectors", json::array(each.area.connectors.begin(), each.area.connectors.end())}});
    }
    return areas;
}

/// With the CSRF token where a cookie came: a page that was loaded anew has none, and only our own pages can read this.
Outcome<Answer> show(Installation& installation, const Call& call) {
    json::object session{
        {"user", call.actor.name}, {"role", to_string(call.actor.role)}, {"areas", areas_of(call.actor)}};
    if (call.http.header("authorization").empty()) {
        if (const auto login = find_login(installation, call.http.cookie(session_cookie)))
            session["csrf"] = login->csrf;
    }
    return Answer{200, std::move(session), {}};
}

}  // namespace

std::vector<Route> account_routes() {
    return {
        {"POST",
         "/api/v1/setup",
         "setUp",
         "Accounts",
         "Makes the first user, an admin",
         std::nullopt,
         "SetUp",
         "Session",
         201,
         {},
         false,
         {"no_set_up", "too_many_logins"},
         set_up_first},
        {"POST",
         "/api/v1/session",
         "logIn",
         "Accounts",
         "Logs in: a cookie, and a CSRF token",
         std::nullopt,
         "Login",
         "Session",
         201,
         {},
         false,
         {"wrong_password", "locked", "too_many_logins"},
         begin},
        {"GET",
         "/api/v1/session",
         "whoAmI",
         "Accounts",
         "Who is logged in",
         Role::viewer,
         {},
         "Session",
         200,
         {},
         false,
         {},
         at_once(show)},
        {"DELETE",
         "/api/v1/session",
         "logOut",
         "Accounts",
         "Logs out",
         Role::viewer,
         {},
         {},
         204,
         {},
         false,
         {},
         at_once(end)},
    };
}

}  // namespace busbar::manage
