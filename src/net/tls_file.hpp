#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "net/tls_settings.hpp"

namespace busbar::net {

/// What a PEM file of TLS is for.
enum class TlsFileKind : std::uint8_t { certificates, key, revocations };

/// What stands in such a file; of a key nothing.
struct TlsFile {
    struct Entry {
        TlsDated dated;           // without its file
        std::string fingerprint;  // of a certificate: "sha256:…"
    };
    TlsFileKind kind = TlsFileKind::certificates;
    std::vector<Entry> entries;
};

/// The error says what of `pem` makes no sense: no PEM, a key with a password, several kinds in one file.
Result<TlsFile> read_tls_file(std::string_view pem);

}  // namespace busbar::net
