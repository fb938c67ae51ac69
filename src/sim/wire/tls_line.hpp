#pragma once

#include <string_view>

#include "net/stream.hpp"
#include "sim/wire/journal.hpp"

namespace busbar::sim {

/// A line `tls`: who the peer has proved to be, before its `connected`.
inline void tell_tls(Journal& journal, std::string_view peer, const net::TlsPeer& tls) {
    journal.line("tls")
        .add("peer", peer)
        .add("subject", tls.subject)
        .add("protocol", tls.protocol)
        .add("suite", tls.suite)
        .add("resumed", tls.resumed)
        .end();
}

}  // namespace busbar::sim
