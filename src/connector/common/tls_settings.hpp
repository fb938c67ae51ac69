#pragma once

#include "config/common.hpp"
#include "net/tls_settings.hpp"

namespace busbar::connector {

/// TLS to the store: the server's certificate names the host.
net::TlsSettings tls_settings(const config::Tls& tls);

/// TLS of a line in one of the two roles of TCP: who the peer is says its certificate alone, not the host's name.
net::TlsSettings line_tls_settings(const config::Tls& tls, net::TlsRole role);

}  // namespace busbar::connector
