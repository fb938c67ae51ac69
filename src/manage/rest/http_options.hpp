#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "net/tls_end.hpp"

namespace busbar::manage {

/// Where the API listens, and how.
struct HttpOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8104;       // 0: any
    std::string certificate_file{};  // PEM, with the chain above it; empty: without TLS
    std::string key_file{};
    bool plain = false;  // passwords may cross the network in the open: a proxy does TLS
};

/// Why it must not listen like this: an address that others can reach needs TLS, and a certificate its key.
std::optional<std::string> fault_of(const HttpOptions& options);
/// Null: without TLS.
std::shared_ptr<net::TlsEnd> tls_of(const HttpOptions& options);
/// "https://127.0.0.1:8104".
std::string url_of(const HttpOptions& options, std::uint16_t port);

}  // namespace busbar::manage
