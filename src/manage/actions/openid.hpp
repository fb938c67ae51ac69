#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "manage/actions/accounts.hpp"

namespace busbar::manage {

/// What the database has; nothing: nobody logs in by OpenID Connect.
std::optional<OpenIdSettings> openid_settings(Installation& installation);
/// Without a secret the present one stays, as long as issuer and client do. Other settings end all logins by the
/// former.
Outcome<OpenIdSettings> put_openid(Installation& installation, const Actor& actor, OpenIdSettings wanted,
                                   bool has_secret);
Outcome<void> remove_openid(Installation& installation, const Actor& actor);

/// The way to the provider: where the browser goes, and the secret that its cookie holds until it is back.
struct OpenIdDeparture {
    std::string page, browser_secret;
};
/// `own_address`: of this service, "https://busbar.example:8104", unless the settings have it.
void begin_openid_login(Installation& installation, const std::string& address, const std::string& own_address,
                        std::function<void(Outcome<OpenIdDeparture>)> done);

/// What the provider sends back, by way of the browser.
struct OpenIdReturn {
    std::string state, code, error, issuer;
    std::string browser_secret;
    std::string address;  // of the browser
};
void finish_openid_login(Installation& installation, const OpenIdReturn& back, TakeLogin done);

inline constexpr std::string_view openid_callback = "/api/v1/openid/callback";

}  // namespace busbar::manage
