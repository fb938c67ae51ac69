#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "manage/openid/key_set.hpp"

namespace busbar::manage {

/// An ID token as it came (RFC 7515, compact): nothing in it is believed before both `is_by` and `check` were good.
struct IdToken {
    static constexpr std::size_t longest = std::size_t{64} << 10;

    /// Refuses what RS256 or ES256 did not sign; "none" and HS256 are refused here already.
    static Result<IdToken> parse(std::string_view text);

    bool is_by(const KeySet& keys) const { return keys.verifies(algorithm, key, signed_text, signature); }

    std::string algorithm, key;  // its id; empty: not named
    std::string signed_text, signature;
    boost::json::object claims;
};

/// What the claims must say (OpenID Connect Core, 3.1.3.7).
struct IdTokenRules {
    static constexpr std::chrono::seconds skew{60};

    std::string issuer, client, nonce;
    UtcTime begun;  // the login: no token was issued before
};

Result<void> check_claims(const boost::json::object& claims, const IdTokenRules& rules, UtcTime now);

}  // namespace busbar::manage
