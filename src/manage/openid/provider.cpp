#include "manage/openid/provider.hpp"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <boost/url.hpp>

#include "manage/openid/base64url.hpp"
#include "manage/openid/id_token.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

using Pairs = std::vector<std::pair<std::string_view, std::string>>;

tl::unexpected<ProviderTrouble> away(std::string what) {
    return tl::make_unexpected(ProviderTrouble{true, std::move(what)});
}
tl::unexpected<ProviderTrouble> refused(std::string what) {
    return tl::make_unexpected(ProviderTrouble{false, std::move(what)});
}

std::string encoded(std::string_view text) { return boost::urls::encode(text, boost::urls::unreserved_chars); }

std::string form_of(const Pairs& pairs) {
    std::string form;
    for (const auto& [name, value] : pairs)
        form += fmt::format("{}{}={}", form.empty() ? "" : "&", name, encoded(value));
    return form;
}

std::string text_of(const json::object& object, std::string_view member) {
    const auto* value = object.if_contains(member);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

std::string challenge_of(const std::string& verifier) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(verifier.data()), verifier.size(), digest.data());
    return to_base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string basic(const std::string& client, const std::string& secret) {
    const std::string text = encoded(client) + ':' + encoded(secret);
    std::string base64 = to_base64url(text);
    std::replace(base64.begin(), base64.end(), '-', '+');
    std::replace(base64.begin(), base64.end(), '_', '/');
    base64.resize((base64.size() + 3) / 4 * 4, '=');
    return "Basic " + base64;
}

bool has(const json::object& object, std::string_view member, std::string_view word, bool otherwise) {
    const auto* list = object.if_contains(member);
    if (list == nullptr || !list->is_array()) return otherwise;
    const auto& words = list->as_array();
    return std::any_of(words.begin(), words.end(), [word](const json::value& each) {
        return each.is_string() && std::string_view(each.as_string()) == word;
    });
}

/// A word that the provider says, and not more than a word.
std::string plain(std::string_view text) {
    std::string word;
    for (const char letter : text.substr(0, 64)) word += letter > ' ' && letter < '\x7f' ? letter : ' ';
    return word;
}

}  // namespace

Answered<std::string> Provider::login_page(const OpenIdAttempt& attempt, UtcTime now) {
    if (auto known = describe(now); !known) return tl::make_unexpected(known.error());
    const Pairs query{{"response_type", "code"},
                      {"client_id", settings_.client},
                      {"redirect_uri", attempt.redirect},
                      {"scope", fmt::format("{}", fmt::join(settings_.scopes, " "))},
                      {"state", attempt.state},
                      {"nonce", attempt.nonce},
                      {"code_challenge", challenge_of(attempt.verifier)},
                      {"code_challenge_method", "S256"}};
    const auto& page = description_->login_page;
    return page + (page.find('?') == page.npos ? '?' : '&') + form_of(query);
}

Answered<json::object> Provider::claims_of(const std::string& code, const OpenIdAttempt& attempt, UtcTime now) {
    if (auto known = describe(now); !known) return tl::make_unexpected(known.error());
    auto tokens = redeem(code, attempt);
    if (!tokens) return tokens;
    auto claims = verified(text_of(*tokens, "id_token"), attempt, now);
    if (!claims) return claims;
    const bool is_whole = find_claim(*claims, settings_.name_claim) && find_claim(*claims, settings_.role_claim);
    const auto access = text_of(*tokens, "access_token");
    if (is_whole || description_->user_address.empty() || access.empty()) return claims;
    return with_user_claims(std::move(*claims), access);
}

Answered<void> Provider::describe(UtcTime now) {
    if (description_ && now - description_->read < description_holds) return {};
    std::string url = settings_.issuer;
    if (url.ends_with('/')) url.pop_back();
    const auto said = ask({url + "/.well-known/openid-configuration", std::nullopt, {}});
    if (!said) return away(said.error().what);
    Description found{text_of(*said, "issuer"),
                      text_of(*said, "authorization_endpoint"),
                      text_of(*said, "token_endpoint"),
                      text_of(*said, "jwks_uri"),
                      text_of(*said, "userinfo_endpoint"),
                      has(*said, "token_endpoint_auth_methods_supported", "client_secret_basic", true),
                      now};
    if (found.issuer != settings_.issuer)
        return away(fmt::format("it calls itself {}, not {}", plain(found.issuer), settings_.issuer));
    const std::string_view page = found.login_page;
    if (!is_safe_url(page.substr(0, page.find('?'))) || page.find_first_of("# \r\n") != page.npos)
        return away("its authorization_endpoint is no safe URL");
    if (!is_safe_url(found.token_address)) return away("its token_endpoint is no safe URL");
    if (!is_safe_url(found.keys_address)) return away("its jwks_uri is no safe URL");
    if (!found.user_address.empty() && !is_safe_url(found.user_address))
        return away("its userinfo_endpoint is no safe URL");
    if (!has(*said, "code_challenge_methods_supported", "S256", true)) return away("it does not do PKCE with S256");
    description_ = std::move(found);
    keys_.reset();
    return {};
}

Answered<json::object> Provider::redeem(const std::string& code, const OpenIdAttempt& attempt) {
    Pairs form{{"grant_type", "authorization_code"},
               {"code", code},
               {"redirect_uri", attempt.redirect},
               {"code_verifier", attempt.verifier}};
    WebRequest request{description_->token_address, {}, {}};
    if (!settings_.secret.empty() && description_->takes_basic) {
        request.authorization = basic(settings_.client, settings_.secret);
    } else {
        form.emplace_back("client_id", settings_.client);
        if (!settings_.secret.empty()) form.emplace_back("client_secret", settings_.secret);
    }
    request.form = form_of(form);
    auto tokens = ask(request);
    if (tokens && text_of(*tokens, "id_token").empty()) return refused("it gave no ID token");
    return tokens;
}

/// Keys are rotated: what the known ones did not sign may be by a new one.
Answered<json::object> Provider::verified(const std::string& token, const OpenIdAttempt& attempt, UtcTime now) {
    const auto parsed = IdToken::parse(token);
    if (!parsed) return refused("the ID token is no good: " + parsed.error().what);
    const bool were_known = keys_.has_value();
    if (!were_known) {
        if (auto read = read_keys(); !read) return tl::make_unexpected(read.error());
    }
    if (!parsed->is_by(*keys_)) {
        if (!were_known) return refused("the ID token is no good: none of the provider's keys has signed it");
        if (auto read = read_keys(); !read) return tl::make_unexpected(read.error());
        if (!parsed->is_by(*keys_))
            return refused("the ID token is no good: none of the provider's keys has signed it");
    }
    const IdTokenRules rules{settings_.issuer, settings_.client, attempt.nonce, attempt.begun};
    if (const auto good = check_claims(parsed->claims, rules, now); !good)
        return refused("the ID token is no good: " + good.error().what);
    return parsed->claims;
}

Answered<void> Provider::read_keys() {
    const auto said = ask({description_->keys_address, std::nullopt, {}});
    if (!said) return away(said.error().what);
    auto keys = KeySet::parse(*said);
    if (!keys) return away(keys.error().what);
    keys_ = std::move(*keys);
    return {};
}

/// The ID token is signed and goes before; userinfo adds what it does not have.
Answered<json::object> Provider::with_user_claims(json::object claims, const std::string& access) {
    const auto said = ask({description_->user_address, std::nullopt, "Bearer " + access});
    if (!said) return tl::make_unexpected(said.error());
    if (text_of(*said, "sub") != text_of(claims, "sub")) return refused("its userinfo is somebody else's");
    for (const auto& [name, value] : *said) {
        if (!claims.contains(name)) claims[name] = value;
    }
    return claims;
}

Answered<json::object> Provider::ask(const WebRequest& request) {
    const auto answer = fetch_(request);
    if (!answer) return away(fmt::format("{}: {}", request.url, answer.error().what));
    json::error_code error;
    auto value = json::parse(answer->body, error);
    const bool is_object = !error && value.is_object();
    if (answer->status == 400 || answer->status == 401) {
        const auto word = is_object ? plain(text_of(value.as_object(), "error")) : std::string();
        return refused(fmt::format("{} refuses: {}", request.url, word.empty() ? "it does not say why" : word));
    }
    if (answer->status != 200) return away(fmt::format("{} answers with status {}", request.url, answer->status));
    if (!is_object) return away(request.url + " does not answer with a JSON object");
    return std::move(value.as_object());
}

const json::value* find_claim(const json::object& claims, std::string_view name) {
    if (const auto* found = claims.if_contains(name)) return found;
    const auto dot = name.find('.');
    if (dot == name.npos) return nullptr;
    const auto* inner = claims.if_contains(name.substr(0, dot));
    return inner != nullptr && inner->is_object() ? find_claim(inner->as_object(), name.substr(dot + 1)) : nullptr;
}

}  // namespace busbar::manage
