#include "manage/rest/identify.hpp"

#include <fmt/format.h>

#include "manage/actions/secrets.hpp"
#include "manage/actions/users.hpp"

namespace busbar::manage {

namespace {

constexpr std::string_view bearer = "Bearer ";

/// "https://busbar.example:8104" belongs to host "busbar.example:8104".
bool is_own_origin(std::string_view origin, std::string_view host) {
    const auto scheme = origin.find("://");
    return scheme != std::string_view::npos && origin.substr(scheme + 3) == host;
}

}  // namespace

Outcome<Actor> identify(Installation& installation, const HttpRequest& request, bool needed) {
    Actor nobody;
    nobody.address = request.address;
    const bool changes = request.method != "GET" && request.method != "HEAD";
    const auto origin = request.header("origin");
    // A browser lets any page open a WebSocket, cookie included.
    const bool is_guarded = changes || !request.header("upgrade").empty();
    if (is_guarded && !origin.empty() && !is_own_origin(origin, request.header("host")))
        return refuse(Problem::Kind::forbidden, "foreign_origin", "a page of another origin may not do this");
    if (!needed) return nobody;
    if (const auto given = request.header("authorization"); !given.empty()) {
        auto holder =
            given.starts_with(bearer) ? find_token_holder(installation, given.substr(bearer.size())) : std::nullopt;
        if (!holder)
            return refuse(Problem::Kind::not_logged_in, "not_logged_in", "the token is not, or no longer, good");
        holder->address = request.address;
        return *holder;
    }
    const auto secret = request.cookie(session_cookie);
    const auto login = secret.empty() ? std::nullopt : find_login(installation, secret);
    if (!login) return refuse(Problem::Kind::not_logged_in, "not_logged_in", "log in first");
    if (changes && !same_secret(request.header("x-csrf-token"), login->csrf))
        return refuse(Problem::Kind::forbidden, "csrf_token_missing",
                      "the header X-CSRF-Token must have what the login answered");
    Actor actor = login->actor;
    actor.address = request.address;
    return actor;
}

std::pair<std::string, std::string> set_cookie(std::string_view secret, bool secure) {
    const auto life = secret.empty() ? 0 : std::chrono::duration_cast<std::chrono::seconds>(session_life).count();
    return {"set-cookie", fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{}", session_cookie, secret,
                                      life, secure ? "; Secure" : "")};
}

}  // namespace busbar::manage
