#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "base/time.hpp"
#include "manage/openid/key_set.hpp"
#include "manage/openid/settings.hpp"
#include "manage/openid/web_client.hpp"

namespace busbar::manage {

/// Why a provider was of no use.
struct ProviderTrouble {
    bool is_away;      // it, or the way to it, does not work; else it has refused, or what it says is no good
    std::string what;  // for a person
};
template <class Value>
using Answered = tl::expected<Value, ProviderTrouble>;

/// One person's way to the provider and back.
struct OpenIdAttempt {
    std::string state, nonce, verifier;  // verifier: of PKCE (RFC 7636)
    std::string redirect;                // where the provider sends him back to
    UtcTime begun;
};

/// An OpenID provider: where its pages are, who somebody is. Blocks; belongs to one thread.
class Provider {
public:
    static constexpr std::chrono::hours description_holds{1};

    Provider(OpenIdSettings settings, Fetch fetch) : settings_(std::move(settings)), fetch_(std::move(fetch)) {}

    /// Where the browser goes to log in.
    Answered<std::string> login_page(const OpenIdAttempt& attempt, UtcTime now);
    /// The claims of whoever has brought `code` back: those of the ID token, and of the provider's userinfo where name
    /// or role are not in it.
    Answered<boost::json::object> claims_of(const std::string& code, const OpenIdAttempt& attempt, UtcTime now);

private:
    struct Description {
        std::string issuer, login_page, token_address, keys_address, user_address;
        bool takes_basic = true;  // the client's secret in a header
        UtcTime read;
    };
    Answered<void> describe(UtcTime now);
    Answered<boost::json::object> redeem(const std::string& code, const OpenIdAttempt& attempt);
    Answered<boost::json::object> verified(const std::string& token, const OpenIdAttempt& attempt, UtcTime now);
    Answered<void> read_keys();
    Answered<boost::json::object> with_user_claims(boost::json::object claims, const std::string& access);
    Answered<boost::json::object> ask(const WebRequest& request);

    OpenIdSettings settings_;
    Fetch fetch_;
    std::optional<Description> description_;
    std::optional<KeySet> keys_;
};

/// A claim by its name, or by its path: "realm_access.roles". Null: there is none.
const boost::json::value* find_claim(const boost::json::object& claims, std::string_view name);

}  // namespace busbar::manage
