#include "connector/common/tls_json.hpp"

#include "base/time.hpp"

namespace busbar::connector {

boost::json::object tls_json(const net::TlsPeer& peer) {
    char expires[iso8601_size];
    write_iso8601(expires, peer.expires);
    return {{"subject", peer.subject},
            {"fingerprint", peer.fingerprint},
            {"expires", std::string_view(expires, iso8601_size)},
            {"protocol", peer.protocol},
            {"suite", peer.suite},
            {"resumed", peer.resumed}};
}

}  // namespace busbar::connector
