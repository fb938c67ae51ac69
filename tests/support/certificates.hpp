#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace busbar::tests {

/// PEM files of an authority and of somebody it vouches for.
struct Certificates {
    std::string authority, certificate, key;
};

/// Makes certificates and revocation lists as PEM files in a folder.
class CertificateAuthority {
public:
    enum class Kind { p256, rsa2048, rsa1024 };
    struct Wish {
        std::string name;        // CN, and the files' names
        std::string also_for{};  // "DNS:store.example", "IP:127.0.0.1"
        long begins = -3600;     // seconds from now
        long ends = 86400;
        Kind key = Kind::p256;
        std::size_t comment = 0;  // octets that make it larger
    };

    explicit CertificateAuthority(std::filesystem::path folder, const std::string& name = "Test authority",
                                  long ends = 86400);
    ~CertificateAuthority();

    Certificates issue(const Wish& wish);
    /// A list with the certificates in these files; one file, replaced by the next list. `ends`: seconds from now.
    std::string revoke(const std::vector<std::string>& certificate_files, long ends = 86400);
    const std::string& file() const { return file_; }

private:
    struct Keys;
    std::filesystem::path folder_;
    std::string file_;
    std::unique_ptr<Keys> keys_;
    long serial_ = 1;
};

/// "sha256:…" of a certificate file.
std::string fingerprint_of_file(const std::string& file);

/// An authority and a server's certificate in `folder`. `subject`: what it is valid for, "DNS:store.example" or
/// "IP:127.0.0.1".
Certificates make_certificates(const std::filesystem::path& folder, const std::string& subject);

}  // namespace busbar::tests
