#include "net/tls_certificate.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>

#include <array>
#include <ctime>
#include <memory>

#include "base/octets.hpp"
#include "net/tls_words.hpp"

namespace busbar::net {

std::string text_of(const X509_NAME* name) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), BIO_free);
    if (!text || name == nullptr) return {};
    // RFC 2253, but characters beyond ASCII as they are.
    X509_NAME_print_ex(text.get(), name, 0, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
    const char* data = nullptr;
    const long size = BIO_get_mem_data(text.get(), &data);
    return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

std::string subject_of(const X509* certificate) { return text_of(X509_get_subject_name(certificate)); }

std::string fingerprint_of(const X509* certificate) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
    return normalized_fingerprint("sha256:" + to_hex(Octets(digest.data(), size)));
}

std::optional<UtcTime> time_of(const ASN1_TIME* time) {
    std::tm calendar{};
    if (time == nullptr || ASN1_TIME_to_tm(time, &calendar) != 1) return {};
    return UtcTime(std::chrono::seconds(::timegm(&calendar)));
}

}  // namespace busbar::net
