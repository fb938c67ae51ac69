#include "manage/actions/sealed.hpp"

#include <sodium.h>

#include <array>
#include <stdexcept>

namespace busbar::manage {

namespace {

constexpr std::string_view mark = "busbar backup 1\n";
constexpr std::size_t salt_size = crypto_pwhash_SALTBYTES, nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
                      header_size = mark.size() + salt_size + nonce_size;

using Key = std::array<unsigned char, crypto_aead_xchacha20poly1305_ietf_KEYBYTES>;

const unsigned char* octets(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* octets(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

Key make_key(const std::string& passphrase, std::string_view salt) {
    require(sodium_init() >= 0, "libsodium finds random numbers");
    Key key;
    if (crypto_pwhash(key.data(), key.size(), passphrase.data(), passphrase.size(), octets(salt),
                      crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        throw std::runtime_error("no memory for the key of a passphrase");
    return key;
}

}  // namespace

/// Mark, salt, nonce, and what is sealed; all before that is authenticated with it.
std::string seal(std::string_view plain, const std::string& passphrase) {
    std::string file(mark);
    file.resize(header_size);
    randombytes_buf(octets(file) + mark.size(), salt_size + nonce_size);
    const Key key = make_key(passphrase, std::string_view(file).substr(mark.size(), salt_size));
    const std::string header = file;
    file.resize(header_size + plain.size() + crypto_aead_xchacha20poly1305_ietf_ABYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(octets(file) + header_size, nullptr, octets(plain), plain.size(),
                                               octets(header), header.size(), nullptr,
                                               octets(header) + mark.size() + salt_size, key.data());
    return file;
}

Result<std::string> unseal(std::string_view sealed, const std::string& passphrase) {
    constexpr auto tag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
    if (!sealed.starts_with(mark) || sealed.size() < header_size + tag) return fail("this is no backup of Busbar");
    const auto header = sealed.substr(0, header_size), rest = sealed.substr(header_size);
    const Key key = make_key(passphrase, header.substr(mark.size(), salt_size));
    std::string plain(rest.size() - tag, '\0');
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(octets(plain), nullptr, nullptr, octets(rest), rest.size(),
                                                   octets(header), header.size(),
                                                   octets(header) + mark.size() + salt_size, key.data()) != 0)
        return fail("the passphrase is wrong, or the file was altered");
    return plain;
}

}  // namespace busbar::manage
