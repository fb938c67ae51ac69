#include "manage/openid/settings.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <boost/url.hpp>

#include "net/ip_address.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

bool is_loopback(std::string_view host) {
    if (host == "localhost" || host == "[::1]") return true;
    return host.starts_with("127.") && net::IpAddress::parse(host);
}

void take(const json::object& object, std::string_view member, std::string& into) {
    if (const auto* value = object.if_contains(member)) into = std::string(value->as_string());
}

}  // namespace

json::object to_json(const OpenIdSettings& settings, bool with_secret) {
    json::object roles;
    for (const auto& [value, role] : settings.roles) roles[value] = role;
    json::object object{{"issuer", settings.issuer},
                        {"client_id", settings.client},
                        {"scopes", json::array(settings.scopes.begin(), settings.scopes.end())},
                        {"name_claim", settings.name_claim},
                        {"role_claim", settings.role_claim},
                        {"roles", std::move(roles)},
                        {"default_role", settings.default_role ? json::value(*settings.default_role) : json::value()},
                        {"title", settings.title},
                        {"ca_file", settings.ca_file},
                        {"address", settings.address}};
    if (with_secret)
        object["client_secret"] = settings.secret;
    else
        object["has_client_secret"] = !settings.secret.empty();
    return object;
}

OpenIdSettings openid_settings_of(const json::object& object) {
    OpenIdSettings settings;
    take(object, "issuer", settings.issuer);
    take(object, "client_id", settings.client);
    take(object, "client_secret", settings.secret);
    take(object, "name_claim", settings.name_claim);
    take(object, "role_claim", settings.role_claim);
    take(object, "title", settings.title);
    take(object, "ca_file", settings.ca_file);
    take(object, "address", settings.address);
    if (const auto* scopes = object.if_contains("scopes")) {
        settings.scopes.clear();
        for (const auto& scope : scopes->as_array()) settings.scopes.emplace_back(scope.as_string());
    }
    if (const auto* roles = object.if_contains("roles")) {
        for (const auto& [value, role] : roles->as_object()) settings.roles[value] = std::string(role.as_string());
    }
    if (const auto* role = object.if_contains("default_role"); role != nullptr && role->is_string())
        settings.default_role = std::string(role->as_string());
    return settings;
}

std::vector<std::pair<std::string, std::string>> faults_of(const OpenIdSettings& settings) {
    std::vector<std::pair<std::string, std::string>> faults;
    constexpr auto* wanted = "is an https:// URL without user, query and fragment (http:// on this machine only)";
    if (!is_safe_url(settings.issuer)) faults.emplace_back("issuer", wanted);
    if (!settings.address.empty()) {
        const auto url = boost::urls::parse_absolute_uri(settings.address);
        const bool good = url && (url->scheme() == "https" || url->scheme() == "http") && !url->host().empty() &&
                          !url->has_userinfo() && !url->has_query() && url->encoded_path().empty();
        if (!good) faults.emplace_back("address", "is like https://busbar.example:8104, without a path");
    }
    if (std::find(settings.scopes.begin(), settings.scopes.end(), "openid") == settings.scopes.end())
        faults.emplace_back("scopes", "does not have openid");
    return faults;
}

bool is_safe_url(std::string_view text) {
    const auto url = boost::urls::parse_absolute_uri(text);  // has no fragment
    if (!url || url->host().empty() || url->has_userinfo() || url->has_query()) return false;
    // Boost.URL 1.81 takes 127.0.0.1.evil.example for 127.0.0.1 and a path; others would ask another host than we
    // checked.
    const auto authority = text.substr(url->scheme().size() + 3);
    if (authority.substr(0, authority.find('/')) != url->encoded_authority()) return false;
    return url->scheme() == "https" || (url->scheme() == "http" && is_loopback(url->encoded_host()));
}

}  // namespace busbar::manage
