#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "manage/actions/accounts.hpp"

namespace busbar::manage {

/// Begins a session of whom the claims are about. Who was never here becomes a user; who was gets the role that his
/// claims say now. It is `iss` and `sub` that say who somebody is: a name is taken once, and a user who has a password
/// is nobody's but its own.
Outcome<LoggedIn> log_in_by_claims(Installation& installation, const OpenIdSettings& settings,
                                   const boost::json::object& claims, const std::string& address);

}  // namespace busbar::manage
