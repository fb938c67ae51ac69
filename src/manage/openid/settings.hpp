#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace busbar::manage {

/// How people log in by OpenID Connect: at whom, and who gets which role.
struct OpenIdSettings {
    std::string issuer, client, secret;  // secret: empty for a public client
    std::vector<std::string> scopes{"openid", "profile"};
    std::string name_claim = "preferred_username", role_claim = "roles";
    std::map<std::string, std::string, std::less<>> roles;  // by value of the role claim
    std::optional<std::string> default_role;                // of who has no value with a role; nothing: does not get in
    std::string title = "OpenID Connect";                   // of the button
    std::string ca_file;                                    // PEM; empty: the system's authorities
    std::string address;  // "https://busbar.example:8104" as browsers see it; empty: as the request names it
};

/// As the API takes and shows them; `with_secret`: as the database keeps them. The text of the members is what the
/// API's schema demands.
boost::json::object to_json(const OpenIdSettings& settings, bool with_secret);
OpenIdSettings openid_settings_of(const boost::json::object& object);

/// What is wrong beyond the schema: member and what.
std::vector<std::pair<std::string, std::string>> faults_of(const OpenIdSettings& settings);

/// https, or http on this machine only; nothing behind the path.
bool is_safe_url(std::string_view url);

}  // namespace busbar::manage
