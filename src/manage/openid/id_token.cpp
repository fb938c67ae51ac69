#include "manage/openid/id_token.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <optional>

#include "manage/openid/base64url.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

std::optional<json::object> to_object(std::string_view part) {
    const auto text = from_base64url(part);
    if (!text) return std::nullopt;
    json::error_code error;
    auto value = json::parse(*text, error);
    if (error || !value.is_object()) return std::nullopt;
    return std::move(value.as_object());
}

std::optional<std::string_view> text_of(const json::object& claims, std::string_view name) {
    const auto* value = claims.if_contains(name);
    if (value == nullptr || !value->is_string()) return std::nullopt;
    return std::string_view(value->as_string());
}

/// Seconds since 1970, perhaps with a fraction.
std::optional<double> seconds_of(const json::object& claims, std::string_view name) {
    const auto* value = claims.if_contains(name);
    if (value == nullptr || !value->is_number()) return std::nullopt;
    return value->to_number<double>();
}

double to_seconds(UtcTime time) { return std::chrono::duration<double>(time.time_since_epoch()).count(); }

Result<void> check_audience(const json::object& claims, const std::string& client) {
    const auto* audience = claims.if_contains("aud");
    const auto is_client = [&client](const json::value& each) {
        return each.is_string() && std::string_view(each.as_string()) == client;
    };
    const auto* several = audience != nullptr ? audience->if_array() : nullptr;
    const bool is_for_us = several != nullptr ? std::any_of(several->begin(), several->end(), is_client)
                                              : audience != nullptr && is_client(*audience);
    if (!is_for_us) return fail("it is for somebody else (aud)");
    const auto* party = claims.if_contains("azp");
    if (party == nullptr && several != nullptr && several->size() > 1)
        return fail("it is for several, and does not say who asked for it (azp)");
    if (party != nullptr && !is_client(*party)) return fail("somebody else has asked for it (azp)");
    return {};
}

Result<void> check_times(const json::object& claims, UtcTime begun, UtcTime now) {
    const double skew = static_cast<double>(IdTokenRules::skew.count()), present = to_seconds(now);
    const auto expires = seconds_of(claims, "exp"), issued = seconds_of(claims, "iat");
    if (!expires || !(*expires > present - skew)) return fail("it has expired (exp)");
    if (!issued || !(*issued < present + skew)) return fail("it was issued in the future (iat)");
    if (*issued < to_seconds(begun) - skew) return fail("it was issued before this login began (iat)");
    const auto* from = claims.if_contains("nbf");
    if (from != nullptr && !(seconds_of(claims, "nbf").value_or(present + 2 * skew) < present + skew))
        return fail("it is not good yet (nbf)");
    return {};
}

}  // namespace

Result<IdToken> IdToken::parse(std::string_view text) {
    if (text.size() > longest) return fail("it is too large");
    const auto first = text.find('.'), second = text.find('.', first == text.npos ? first : first + 1);
    if (second == text.npos) return fail("it is not three parts");
    const auto header = to_object(text.substr(0, first));
    auto claims = to_object(text.substr(first + 1, second - first - 1));
    auto signature = from_base64url(text.substr(second + 1));
    if (!header || !claims || !signature) return fail("it is not JSON in base64url");
    const auto algorithm = text_of(*header, "alg").value_or("");
    if (algorithm != "RS256" && algorithm != "ES256")
        return fail(fmt::format("it is signed by neither RS256 nor ES256 but '{}'", algorithm.substr(0, 20)));
    if (header->contains("crit")) return fail("it has critical extensions");
    return IdToken{std::string(algorithm), std::string(text_of(*header, "kid").value_or("")),
                   std::string(text.substr(0, second)), std::move(*signature), std::move(*claims)};
}

Result<void> check_claims(const json::object& claims, const IdTokenRules& rules, UtcTime now) {
    if (text_of(claims, "iss") != rules.issuer) return fail("another provider has issued it (iss)");
    if (auto good = check_audience(claims, rules.client); !good) return good;
    if (auto good = check_times(claims, rules.begun, now); !good) return good;
    if (text_of(claims, "nonce") != rules.nonce) return fail("it belongs to another login (nonce)");
    if (const auto subject = text_of(claims, "sub"); !subject || subject->empty() || subject->size() > 255)
        return fail("it does not say whose it is (sub)");
    return {};
}

}  // namespace busbar::manage
