#include "support/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdio>
#include <memory>
#include <stdexcept>

namespace busbar::tests {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Key make_key(CertificateAuthority::Kind kind) {
    if (kind == CertificateAuthority::Kind::p256)
        return {EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free};
    return {EVP_RSA_gen(kind == CertificateAuthority::Kind::rsa2048 ? 2048U : 1024U), EVP_PKEY_free};
}

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    if (extension == nullptr) throw std::runtime_error("no certificate extension " + value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

/// A certificate for `key`; self-signed if there is no issuer.
Certificate make(EVP_PKEY* key, const CertificateAuthority::Wish& wish, long serial, X509* issuer,
                 EVP_PKEY* issuer_key) {
    Certificate certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), wish.begins);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), wish.ends);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME* subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(wish.name.c_str()),
                               -1, -1, 0);
    X509* by = issuer ? issuer : certificate.get();
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(by));
    extend(certificate.get(), by, NID_basic_constraints, issuer ? "CA:FALSE" : "critical,CA:TRUE");
    if (!wish.also_for.empty()) extend(certificate.get(), by, NID_subject_alt_name, wish.also_for);
    if (wish.comment > 0) extend(certificate.get(), by, NID_netscape_comment, std::string(wish.comment, 'x'));
    if (X509_sign(certificate.get(), issuer ? issuer_key : key, EVP_sha256()) == 0) {
        throw std::runtime_error("the certificate was not signed");
    }
    return certificate;
}

/// Replaces the file whole, as whoever exchanges certificates ought to.
template <class Write>
std::string save(const std::filesystem::path& path, Write write) {
    const std::string fresh = path.string() + ".new";
    {
        const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(fresh.c_str(), "w"), std::fclose);
        if (!file || write(file.get()) != 1) throw std::runtime_error(path.string() + " was not written");
    }
    std::filesystem::rename(fresh, path);
    return path.string();
}

std::string save(const std::filesystem::path& path, X509* certificate) {
    return save(path, [&](std::FILE* file) { return PEM_write_X509(file, certificate); });
}

Certificate load(const std::string& path) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "r"), std::fclose);
    Certificate certificate(file ? PEM_read_X509(file.get(), nullptr, nullptr, nullptr) : nullptr, X509_free);
    if (!certificate) throw std::runtime_error(path + " was not read");
    return certificate;
}

}  // namespace

struct CertificateAuthority::Keys {
    Key key;
    Certificate certificate;
};

CertificateAuthority::CertificateAuthority(std::filesystem::path folder, const std::string& name, long ends)
    : folder_(std::move(folder)) {
    Key key = make_key(Kind::p256);
    auto certificate = make(key.get(), {.name = name, .ends = ends}, serial_, nullptr, nullptr);
    file_ = save(folder_ / (name + ".pem"), certificate.get());
    keys_ = std::make_unique<Keys>(Keys{std::move(key), std::move(certificate)});
}

CertificateAuthority::~CertificateAuthority() = default;

Certificates CertificateAuthority::issue(const Wish& wish) {
    const Key key = make_key(wish.key);
    const auto certificate = make(key.get(), wish, ++serial_, keys_->certificate.get(), keys_->key.get());
    return {file_, save(folder_ / (wish.name + ".pem"), certificate.get()),
            save(folder_ / (wish.name + ".key"), [&](std::FILE* file) {
                return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
            })};
}

std::string CertificateAuthority::revoke(const std::vector<std::string>& certificate_files, long ends) {
    const std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)> list(X509_CRL_new(), X509_CRL_free);
    const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> time(ASN1_TIME_new(), ASN1_TIME_free);
    X509_CRL_set_version(list.get(), 1);
    X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(keys_->certificate.get()));
    X509_gmtime_adj(time.get(), -7200);
    X509_CRL_set1_lastUpdate(list.get(), time.get());
    for (const auto& file : certificate_files) {
        X509_REVOKED* revoked = X509_REVOKED_new();
        X509_REVOKED_set_serialNumber(revoked, X509_get_serialNumber(load(file).get()));
        X509_REVOKED_set_revocationDate(revoked, time.get());
        X509_CRL_add0_revoked(list.get(), revoked);
    }
    X509_gmtime_adj(time.get(), ends);
    X509_CRL_set1_nextUpdate(list.get(), time.get());
    X509_CRL_sort(list.get());
    if (X509_CRL_sign(list.get(), keys_->key.get(), EVP_sha256()) == 0) throw std::runtime_error("no signature");
    return save(folder_ / "revocations.crl", [&](std::FILE* file) { return PEM_write_X509_CRL(file, list.get()); });
}

std::string fingerprint_of_file(const std::string& file) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    X509_digest(load(file).get(), EVP_sha256(), digest.data(), &size);
    std::string text = "sha256:";
    for (unsigned i = 0; i < size; ++i) {
        std::array<char, 3> two{};
        std::snprintf(two.data(), two.size(), "%02X", static_cast<unsigned>(digest[i]));
        text += (i ? ":" : "") + std::string(two.data());
    }
    return text;
}

Certificates make_certificates(const std::filesystem::path& folder, const std::string& subject) {
    return CertificateAuthority(folder).issue({.name = "server", .also_for = subject});
}

}  // namespace busbar::tests
