#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace busbar::net {

enum class TlsRole : std::uint8_t { client, server };  // of the TCP connection

/// TLS of one end: its files (PEM) and its rules. A server wants a certificate of the peer, as IEC 62351-3 says, but
/// for `any_client`.
struct TlsSettings {
    TlsRole role = TlsRole::client;
    std::vector<std::string> ca_files{};  // none: the authorities of the system
    std::string host_name{};         // client: whom the server's certificate must name; empty: the host of the address
    bool any_host = false;           // client: whom it names does not matter
    bool any_client = false;         // server: of web pages, where people log in by other means
    std::string certificate_file{};  // with the chain above it; empty (client only): no certificate of our own
    std::string key_file{};
    std::vector<std::string> crl_files{};  // none: revocation is not looked at
    std::vector<std::string> allowed{};    // "sha256:<hex>": the only certificates accepted, beside every other check
    std::string min_version = "1.2";       // "1.2" or "1.3"
    Duration resumption_life = std::chrono::hours{6};  // of a session, from its full handshake on
};

/// Something in those files that runs out one day.
struct TlsDated {
    std::string what;  // "certificate", "authority", "revocation list"
    std::string name;  // subject, or who issued the list
    std::string file;
    UtcTime begins, ends;  // ends: the greatest possible if it never does
};

}  // namespace busbar::net
