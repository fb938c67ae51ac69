#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manage/actions/actor.hpp"
#include "manage/actions/installation.hpp"
#include "manage/actions/problem.hpp"
#include "net/tls_file.hpp"

namespace busbar::manage {

inline constexpr std::size_t longest_certificate_file = 64 << 10, most_certificate_files = 500;

/// A PEM file of TLS: one of the installation's own, in `certificates/` of the data directory, or one that a
/// configuration names.
struct CertificateFile {
    std::string name;  // of our own; empty: it lies elsewhere
    std::string path;  // for configurations
    std::optional<net::TlsFile> file;
    std::string fault;                 // why it cannot be used
    std::vector<std::string> used_by;  // connectors
};

std::vector<CertificateFile> certificate_files(Installation& installation);
/// Writes or exchanges one of our own; connectors take a new one within seconds. Keys are never read back.
Outcome<CertificateFile> put_certificate_file(Installation& installation, const Actor& actor, const std::string& name,
                                              const std::string& pem);
/// Not while a configuration names it.
Outcome<void> remove_certificate_file(Installation& installation, const Actor& actor, const std::string& name);

}  // namespace busbar::manage
