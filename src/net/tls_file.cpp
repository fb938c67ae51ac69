#include "net/tls_file.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <memory>
#include <optional>

#include "net/tls_certificate.hpp"

namespace busbar::net {

namespace {

template <class Kind, void (*release)(Kind*)>
struct Free {
    void operator()(Kind* what) const { release(what); }
};
using Certificate = std::unique_ptr<X509, Free<X509, X509_free>>;
using Revocations = std::unique_ptr<X509_CRL, Free<X509_CRL, X509_CRL_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY, EVP_PKEY_free>>;

/// One block between BEGIN and END.
struct Block {
    std::string name;
    std::vector<unsigned char> octets;
};

std::optional<Block> next_block(BIO* text) {
    char *name = nullptr, *header = nullptr;
    unsigned char* data = nullptr;
    long size = 0;
    if (PEM_read_bio(text, &name, &header, &data, &size) != 1) return std::nullopt;
    Block block{name, {data, data + size}};
    if (header != nullptr && *header != '\0') block.name = "ENCRYPTED";  // Proc-Type: 4,ENCRYPTED
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_clear_free(data, static_cast<std::size_t>(size));
    return block;
}

Result<TlsFileKind> kind_of(const std::string& name) {
    if (name == "CERTIFICATE" || name == "X509 CERTIFICATE") return TlsFileKind::certificates;
    if (name == "X509 CRL") return TlsFileKind::revocations;
    if (name == "ENCRYPTED" || name == "ENCRYPTED PRIVATE KEY") return fail("the key has a password: take it off");
    if (name.ends_with("PRIVATE KEY")) return TlsFileKind::key;
    return fail("holds " + name + ", which is no certificate, key or revocation list");
}

Result<TlsFile::Entry> read_certificate(const Block& block) {
    const unsigned char* at = block.octets.data();
    const Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(block.octets.size())));
    if (!certificate) return fail("a certificate is damaged");
    return TlsFile::Entry{{"certificate",
                           subject_of(certificate.get()),
                           {},
                           time_of(X509_get0_notBefore(certificate.get())).value_or(UtcTime::min()),
                           time_of(X509_get0_notAfter(certificate.get())).value_or(UtcTime::min())},
                          fingerprint_of(certificate.get())};
}

Result<TlsFile::Entry> read_revocations(const Block& block) {
    const unsigned char* at = block.octets.data();
    const Revocations list(d2i_X509_CRL(nullptr, &at, static_cast<long>(block.octets.size())));
    if (!list) return fail("a revocation list is damaged");
    return TlsFile::Entry{{"revocation list",
                           text_of(X509_CRL_get_issuer(list.get())),
                           {},
                           time_of(X509_CRL_get0_lastUpdate(list.get())).value_or(UtcTime::min()),
                           time_of(X509_CRL_get0_nextUpdate(list.get())).value_or(UtcTime::max())},
                          {}};
}

Result<void> check_key(const Block& block) {
    const unsigned char* at = block.octets.data();
    const Key key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(block.octets.size())));
    if (!key) return fail("the key is damaged");
    return {};
}

Result<void> take(const Block& block, TlsFile& file) {
    if (file.kind == TlsFileKind::key) return check_key(block);
    auto entry = file.kind == TlsFileKind::certificates ? read_certificate(block) : read_revocations(block);
    if (!entry) return tl::make_unexpected(std::move(entry.error()));
    file.entries.push_back(std::move(*entry));
    return {};
}

}  // namespace

Result<TlsFile> read_tls_file(std::string_view pem) {
    const std::unique_ptr<BIO, Free<BIO, BIO_free_all>> text(
        BIO_new_mem_buf(pem.data(), static_cast<int>(std::min<std::size_t>(pem.size(), 1 << 20))));
    if (!text) return fail("no memory");
    TlsFile file;
    unsigned blocks = 0;
    while (const auto block = next_block(text.get())) {
        if (block->name.ends_with("EC PARAMETERS")) continue;  // openssl writes them before an EC key
        const auto kind = kind_of(block->name);
        if (!kind) return tl::make_unexpected(kind.error());
        if (blocks++ != 0 && *kind != file.kind) return fail("holds several kinds: put the key into a file of its own");
        file.kind = *kind;
        if (file.kind == TlsFileKind::key && blocks > 1) return fail("holds several keys");
        if (auto taken = take(*block, file); !taken) return tl::make_unexpected(std::move(taken.error()));
    }
    const bool ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (!ended || blocks == 0) return fail("is no PEM file");
    return file;
}

}  // namespace busbar::net
