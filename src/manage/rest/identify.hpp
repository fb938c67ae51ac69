#pragma once

#include "manage/actions/accounts.hpp"
#include "manage/rest/http.hpp"

namespace busbar::manage {

inline constexpr std::string_view session_cookie = "busbar_session";

/// Who sent this request: by session cookie, or by token (`Authorization: Bearer`). A request that changes something
/// and came with a cookie must have the session's CSRF token, and no foreign origin. Not `needed`: nobody is somebody,
/// too.
Outcome<Actor> identify(Installation& installation, const HttpRequest& request, bool needed);

/// The header that gives a browser its session; empty `secret`: takes it away.
std::pair<std::string, std::string> set_cookie(std::string_view secret, bool secure);

}  // namespace busbar::manage
