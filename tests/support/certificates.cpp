#include "support/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace busbar::tests {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    if (extension == nullptr) throw std::runtime_error("no certificate extension " + value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

/// A certificate for `key`, valid for a day; self-signed if there is no issuer.
Certificate make(EVP_PKEY* key, const std::string& name, long serial, X509* issuer, EVP_PKEY* issuer_key) {
    Certificate certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 86400);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME* subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1,
                               -1, 0);
    X509* by = issuer ? issuer : certificate.get();
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(by));
    extend(certificate.get(), by, NID_basic_constraints, issuer ? "CA:FALSE" : "critical,CA:TRUE");
    if (issuer) extend(certificate.get(), by, NID_subject_alt_name, name);
    if (X509_sign(certificate.get(), issuer ? issuer_key : key, EVP_sha256()) == 0) {
        throw std::runtime_error("the certificate was not signed");
    }
    return certificate;
}

template <class Write>
std::string save(const std::filesystem::path& path, Write write) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "w"), std::fclose);
    if (!file || write(file.get()) != 1) throw std::runtime_error(path.string() + " was not written");
    return path.string();
}

std::string save(const std::filesystem::path& path, X509* certificate) {
    return save(path, [&](std::FILE* file) { return PEM_write_X509(file, certificate); });
}

}  // namespace

Certificates make_certificates(const std::filesystem::path& folder, const std::string& subject) {
    const Key authority_key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const auto authority = make(authority_key.get(), "Test authority", 1, nullptr, nullptr);
    const auto certificate = make(key.get(), subject, 2, authority.get(), authority_key.get());
    return {save(folder / "authority.pem", authority.get()), save(folder / "server.pem", certificate.get()),
            save(folder / "server.key", [&](std::FILE* file) {
                return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
            })};
}

}  // namespace busbar::tests
