#include "manage/actions/secrets.hpp"

#include <sodium.h>

#include <array>
#include <stdexcept>

#include "base/result.hpp"

namespace busbar::manage {

namespace {

void prepare() {
    static const bool ready = sodium_init() >= 0;
    require(ready, "libsodium finds random numbers");
}

}  // namespace

std::string make_secret() {
    prepare();
    std::array<unsigned char, 32> random{};
    randombytes_buf(random.data(), random.size());
    std::string text(sodium_base64_ENCODED_LEN(random.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
    sodium_bin2base64(text.data(), text.size(), random.data(), random.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    text.pop_back();  // the NUL
    return text;
}

SecretHash hash_of_secret(std::string_view secret) {
    prepare();
    SecretHash hash;
    crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(secret.data()), secret.size(),
                       nullptr, 0);
    return hash;
}

bool same_secret(std::string_view left, std::string_view right) {
    const auto a = hash_of_secret(left), b = hash_of_secret(right);
    return sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string hash_password(const std::string& password) {
    prepare();
    std::array<char, crypto_pwhash_STRBYTES> text{};
    if (crypto_pwhash_str_alg(text.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                              crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0)
        throw std::runtime_error("no memory for the hash of a password");
    return text.data();
}

bool is_password(const std::string& hash, const std::string& password) {
    prepare();
    return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

const std::string& nobodys_hash() {
    static const std::string hash = hash_password(make_secret());
    return hash;
}

}  // namespace busbar::manage
