#include "connector/common/tls_settings.hpp"

namespace busbar::connector {

net::TlsSettings tls_settings(const config::Tls& tls) {
    net::TlsSettings settings;
    settings.certificate_file = tls.certificate;
    settings.key_file = tls.key;
    settings.ca_files = tls.ca;
    settings.crl_files = tls.crl;
    settings.allowed = tls.allowed;
    settings.min_version = tls.min_version == config::TlsVersion::tls_1_3 ? "1.3" : "1.2";
    return settings;
}

net::TlsSettings line_tls_settings(const config::Tls& tls, net::TlsRole role) {
    auto settings = tls_settings(tls);
    settings.role = role;
    settings.any_host = true;
    return settings;
}

}  // namespace busbar::connector
