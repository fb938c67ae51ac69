#pragma once

#include <array>

#include "config/common.hpp"
#include "config/table/option.hpp"
#include "config/table/syntax.hpp"

namespace busbar::config {

template <>
inline constexpr std::array<std::string_view, 7> names<LogLevel> = {"trace", "debug",    "info", "warning",
                                                                    "error", "critical", "off"};
template <>
inline constexpr std::array<std::string_view, 2> names<TlsVersion> = {"1.2", "1.3"};

// clang-format off
template <>
inline constexpr auto options<Tls> = std::tuple{
    Option{"certificate", &Tls::certificate, "", {0, 4096}, restarts, "File with our certificate and the chain above it (PEM)."},
    Option{"key", &Tls::key, "", {0, 4096}, restarts, "File with the private key of our certificate (PEM)."},
    Option{"ca", &Tls::ca, "", {1, 4096}, restarts, "Files with the certification authorities that are trusted; none (store only): those of the system."},
    Option{"crl", &Tls::crl, "", {1, 4096}, restarts, "Files with certificate revocation lists; the peer's authority must be in one of them. None: revocation is not looked at."},
    Option{"allowed", &Tls::allowed, "", {1, 4096}, restarts, "Fingerprints of the only certificates that are accepted, in addition to all other checks.", &fingerprint},
    Option{"min_version", &Tls::min_version, "", {}, restarts, "Oldest TLS version that is accepted."},
};

template <>
inline constexpr auto options<PrivateType> = std::tuple{
    Option{"type", &PrivateType::type, "", {41, 255}, required, "Type identification: 128-255, or one that the standard does not use."},
    Option{"size", &PrivateType::size, "octets", {1, 16}, required, "Octets of each object, without its address."},
};

template <>
inline constexpr auto options<Protocol> = std::tuple{
    Option{"t1", &Protocol::t1, "s", {1, 255}, restarts, "Longest wait for the acknowledgement of a sent frame; then the line is closed."},
    Option{"t2", &Protocol::t2, "s", {1, 255}, restarts, "Latest acknowledgement of received frames when there is nothing to send; less than t1."},
    Option{"t3", &Protocol::t3, "s", {1, 172800}, restarts, "Silence after which a test frame is sent; more than t1 is advised."},
    Option{"k", &Protocol::k, "frames", {1, 32767}, restarts, "Most frames sent and not acknowledged."},
    Option{"w", &Protocol::w, "frames", {1, 32767}, restarts, "Latest acknowledgement after this many received frames; at most k, two thirds of k are advised."},
    Option{"cot_size", &Protocol::cot_size, "octets", {1, 2}, restarts, "Size of the cause of transmission; the standard fixes 2."},
    Option{"ca_size", &Protocol::ca_size, "octets", {1, 2}, restarts, "Size of the common address; the standard fixes 2."},
    Option{"ioa_size", &Protocol::ioa_size, "octets", {1, 3}, restarts, "Size of the information object address; the standard fixes 3."},
    Option{"asdu_max", &Protocol::asdu_max, "octets", {32, 249}, restarts, "Longest ASDU that is sent; the standard allows 249."},
    Option{"time_zone", &Protocol::time_zone, "", {1, 64}, live, "Time zone of the time tags on the line: UTC or a name such as Europe/Berlin.", &zone_name},
    Option{"private_types", &Protocol::private_types, "", {}, restarts, "Private types whose objects are passed on octet by octet; at most 8. Without an entry a private type is refused (44)."},
};

template <>
inline constexpr auto options<Service> = std::tuple{
    Option{"enabled", &Service::enabled, "", {}, managed, "Whether the connector is to run."},
    Option{"start_delay", &Service::start_delay, "s", {0, 86400}, managed, "Wait before it is started."},
    Option{"restart", &Service::restart, "", {}, managed, "Whether it is started again when it ended by itself."},
    Option{"restart_delay", &Service::restart_delay, "s", {0, 86400}, managed, "Wait before it is started again."},
    Option{"required", &Service::required, "", {}, managed, "Of an iec104-server: updates are kept until all its redundancy groups have them, whatever these say, also while it does not run."},
};
// clang-format on

}  // namespace busbar::config
