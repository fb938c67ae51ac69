#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "config/values.hpp"

namespace busbar::config {

enum class TlsVersion : std::uint8_t { tls_1_2, tls_1_3 };

/// TLS of a line or of the store; every text but `allowed` is a file name.
struct Tls {
    std::string certificate, key;
    std::vector<std::string> ca, crl;
    std::vector<std::string> allowed;  // "sha256:<64 hex digits>": in addition to the checks, never instead of them
    TlsVersion min_version = TlsVersion::tls_1_2;
    bool operator==(const Tls&) const = default;
};

/// A type that the standard leaves to agreement, and how many octets each of its objects has.
struct PrivateType {
    std::uint8_t type = 0;
    std::uint8_t size = 0;
    bool operator==(const PrivateType&) const = default;
};

/// Parameters of IEC 60870-5-104, clause 9.6, that both stations have, and the sizes of the application layer.
struct Protocol {
    std::chrono::seconds t1{15}, t2{10}, t3{20};
    std::uint16_t k = 12, w = 8;
    std::uint8_t cot_size = 2, ca_size = 2, ioa_size = 3;
    std::uint8_t asdu_max = 249;
    std::string time_zone = "UTC";
    std::vector<PrivateType> private_types;  // at most 8
    bool operator==(const Protocol&) const = default;
};

/// How supervision treats a connector.
struct Service {
    bool enabled = true;
    std::chrono::milliseconds start_delay{0};
    bool restart = true;
    std::chrono::milliseconds restart_delay{1000};
    bool required = false;
    bool operator==(const Service&) const = default;
};

}  // namespace busbar::config
