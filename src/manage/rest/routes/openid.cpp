#include "manage/actions/openid.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "manage/rest/identify.hpp"
#include "manage/rest/route.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

constexpr std::string_view browser_cookie = "busbar_openid";

/// Lax: it is the provider's page that sends the browser back. Only the callback gets it.
std::pair<std::string, std::string> browser_header(std::string_view secret, bool secure) {
    const auto life = secret.empty() ? 0 : std::chrono::seconds(OpenIdDesk::attempt_holds).count();
    return {"set-cookie", fmt::format("{}={}; Path={}; HttpOnly; SameSite=Lax; Max-Age={}{}", browser_cookie, secret,
                                      openid_callback, life, secure ? "; Secure" : "")};
}

std::string asked(const Call& call, std::string_view name) { return std::string(call.asked(name).value_or("")); }

Outcome<Answer> show(Installation& installation, const Call&) {
    const auto settings = openid_settings(installation);
    if (!settings) return refuse(Problem::Kind::not_found, "no_openid", "nobody logs in by OpenID Connect here");
    return Answer{200, to_json(*settings, false), {}};
}

Outcome<Answer> put(Installation& installation, const Call& call) {
    const auto& body = call.body.as_object();
    return put_openid(installation, call.actor, openid_settings_of(body), body.contains("client_secret"))
        .map([](const OpenIdSettings& settings) {
            return Answer{200, to_json(settings, false), {}};
        });
}

Outcome<Answer> remove(Installation& installation, const Call& call) {
    return remove_openid(installation, call.actor).map([] { return Answer{204, nullptr, {}}; });
}

Outcome<Answer> offer(Installation& installation, const Call&) {
    const auto settings = openid_settings(installation);
    return Answer{200, {{"title", settings ? json::value(settings->title) : json::value()}}, {}};
}

void begin(Installation& installation, const std::shared_ptr<const Call>& call, const Finish& finish) {
    const auto host = call->http.header("host");
    if (host.empty()) return finish(refuse(Problem::Kind::invalid, "no_host", "the request names no host"));
    const auto own = fmt::format("{}://{}", call->http.secure ? "https" : "http", host);
    begin_openid_login(installation, call->http.address, own, [call, finish](const Outcome<OpenIdDeparture>& way) {
        if (!way) return finish(tl::make_unexpected(way.error()));
        finish(Answer{302, nullptr, {{"location", way->page}, browser_header(way->browser_secret, call->http.secure)}});
    });
}

void come_back(Installation& installation, const std::shared_ptr<const Call>& call, const Finish& finish) {
    const OpenIdReturn back{asked(*call, "state"),
                            asked(*call, "code"),
                            asked(*call, "error"),
                            asked(*call, "iss"),
                            std::string(call->http.cookie(browser_cookie)),
                            call->http.address};
    finish_openid_login(installation, back, [call, finish](const Outcome<LoggedIn>& login) {
        if (!login) return finish(tl::make_unexpected(login.error()));
        finish(Answer{
            303,
            nullptr,
            {{"location", "/"}, set_cookie(login->secret, call->http.secure), browser_header("", call->http.secure)}});
    });
}

Route callback_route() {
    using Type = Parameter::Type;
    Route route{"GET",
                openid_callback,
                "finishOpenIdLogin",
                "Accounts",
                "Where the provider sends the browser back to: begins a session, goes on to /",
                std::nullopt,
                {},
                {},
                303,
                {{"state", "Of the login", Type::text, 0, 200},
                 {"code", "For the provider's tokens", Type::text, 0, 8000},
                 {"error",
                  "A word of the provider instead of a code",
                  Type::text,
                  0,
                  200,
                  {"access_denied", "consent_required", "interaction_required", "invalid_request", "invalid_scope",
                   "login_required", "account_selection_required", "server_error", "temporarily_unavailable",
                   "unauthorized_client", "unsupported_response_type"}},
                 {"iss", "The provider", Type::text, 0, 2000}},
                false,
                {"no_openid", "openid_state", "openid_refused", "no_name", "no_role", "local_user", "name_taken",
                 "user_disabled", "provider_away", "too_many_logins", "too_many_users"},
                come_back};
    route.other_parameters = true;
    return route;
}

}  // namespace

std::vector<Route> openid_routes() {
    constexpr std::string_view settings = "/api/v1/openid";
    return {
        {"GET",
         settings,
         "getOpenId",
         "Users",
         "How people log in by OpenID Connect",
         Role::admin,
         {},
         "OpenId",
         200,
         {},
         false,
         {"no_openid"},
         at_once(show)},
        {"PUT",
         settings,
         "putOpenId",
         "Users",
         "Has people log in by OpenID Connect",
         Role::admin,
         "NewOpenId",
         "OpenId",
         200,
         {},
         false,
         {"invalid_openid"},
         at_once(put)},
        {"DELETE",
         settings,
         "removeOpenId",
         "Users",
         "Has nobody log in by OpenID Connect any more, and ends the sessions of who did",
         Role::admin,
         {},
         {},
         204,
         {},
         false,
         {"no_openid"},
         at_once(remove)},
        {"GET",
         "/api/v1/openid/offer",
         "offerOpenId",
         "Accounts",
         "What a page for logging in needs to know: the title of the button, or null",
         std::nullopt,
         {},
         "OpenIdOffer",
         200,
         {},
         false,
         {},
         at_once(offer)},
        {"GET",
         "/api/v1/openid/login",
         "beginOpenIdLogin",
         "Accounts",
         "Sends the browser to the provider",
         std::nullopt,
         {},
         {},
         302,
         {},
         false,
         {"no_openid", "no_host", "provider_away", "too_many_logins"},
         begin},
        callback_route(),
    };
}

}  // namespace busbar::manage
