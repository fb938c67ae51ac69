#include "manage/openid/key_set.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <boost/json.hpp>
#include <optional>

#include "manage/openid/base64url.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

constexpr int least_rsa_bits = 2048, most_rsa_bits = 8192;
constexpr std::size_t p256_octets = 32;

using PublicKey = std::shared_ptr<EVP_PKEY>;
using Number = std::unique_ptr<BIGNUM, void (*)(BIGNUM*)>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, void (*)(OSSL_PARAM_BLD*)>;

const unsigned char* octets(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string text_of(const json::object& object, std::string_view member) {
    const auto* value = object.if_contains(member);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

Number to_number(std::string_view text) {
    return {BN_bin2bn(octets(text), static_cast<int>(text.size()), nullptr), BN_free};
}

PublicKey make_key(const char* kind, OSSL_PARAM_BLD* builder) {
    const std::unique_ptr<OSSL_PARAM, void (*)(OSSL_PARAM*)> parameters(OSSL_PARAM_BLD_to_param(builder),
                                                                        OSSL_PARAM_free);
    const std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)> context(
        EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr), EVP_PKEY_CTX_free);
    EVP_PKEY* key = nullptr;
    if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
        return nullptr;
    return {key, EVP_PKEY_free};
}

PublicKey make_rsa(const json::object& given) {
    const auto modulus = from_base64url(text_of(given, "n")), exponent = from_base64url(text_of(given, "e"));
    if (!modulus || !exponent || modulus->size() > most_rsa_bits / 8 + 1 || exponent->empty() || exponent->size() > 8)
        return nullptr;
    const Number n = to_number(*modulus), e = to_number(*exponent);
    const int bits = BN_num_bits(n.get());
    if (bits < least_rsa_bits || bits > most_rsa_bits || BN_is_odd(e.get()) == 0 || BN_is_one(e.get()) == 1)
        return nullptr;
    const Builder builder(OSSL_PARAM_BLD_new(), OSSL_PARAM_BLD_free);
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
    return make_key("RSA", builder.get());
}

PublicKey make_p256(const json::object& given) {
    const auto x = from_base64url(text_of(given, "x")), y = from_base64url(text_of(given, "y"));
    if (!x || !y || x->size() != p256_octets || y->size() != p256_octets || text_of(given, "crv") != "P-256")
        return nullptr;
    const std::string point = '\x04' + *x + *y;  // uncompressed
    const Builder builder(OSSL_PARAM_BLD_new(), OSSL_PARAM_BLD_free);
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
    return make_key("EC", builder.get());
}

/// r and s one after the other (RFC 7518, 3.4), as OpenSSL wants them.
std::optional<std::string> to_der(std::string_view signature) {
    if (signature.size() != 2 * p256_octets) return std::nullopt;
    const std::unique_ptr<ECDSA_SIG, void (*)(ECDSA_SIG*)> both(ECDSA_SIG_new(), ECDSA_SIG_free);
    ECDSA_SIG_set0(both.get(), to_number(signature.substr(0, p256_octets)).release(),
                   to_number(signature.substr(p256_octets)).release());
    std::string der(static_cast<std::size_t>(i2d_ECDSA_SIG(both.get(), nullptr)), '\0');
    auto* out = reinterpret_cast<unsigned char*>(der.data());
    i2d_ECDSA_SIG(both.get(), &out);
    return der;
}

bool is_signed(EVP_PKEY* key, std::string_view text, std::string_view signature) {
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
           EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(text), text.size()) == 1;
}

}  // namespace

Result<KeySet> KeySet::parse(const json::value& document) {
    const auto* object = document.if_object();
    const auto* keys = object != nullptr ? object->if_contains("keys") : nullptr;
    if (keys == nullptr || !keys->is_array()) return fail("its keys are no key set");
    if (keys->as_array().size() > most_keys) return fail("it has too many keys");
    KeySet set;
    for (const json::value& each : keys->as_array()) {
        const auto* given = each.if_object();
        if (given == nullptr) continue;
        if (const auto use = text_of(*given, "use"); !use.empty() && use != "sig") continue;
        const auto kind = text_of(*given, "kty");
        const std::string algorithm = kind == "RSA" ? "RS256" : kind == "EC" ? "ES256" : "";
        if (const auto only = text_of(*given, "alg"); algorithm.empty() || (!only.empty() && only != algorithm))
            continue;
        if (auto key = algorithm == "RS256" ? make_rsa(*given) : make_p256(*given))
            set.keys_.push_back({text_of(*given, "kid"), algorithm, std::move(key)});
    }
    return set;
}

bool KeySet::verifies(std::string_view algorithm, std::string_view key, std::string_view text,
                      std::string_view signature) const {
    const auto der = algorithm == "ES256" ? to_der(signature) : std::optional<std::string>(signature);
    return der && std::any_of(keys_.begin(), keys_.end(), [&](const Key& each) {
               return each.algorithm == algorithm && (key.empty() || each.id == key) &&
                      is_signed(each.key.get(), text, *der);
           });
}

}  // namespace busbar::manage
