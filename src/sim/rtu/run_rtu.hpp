#pragma once

#include <memory>
#include <optional>
#include <string>

#include "net/accept_gate.hpp"
#include "net/tls_end.hpp"
#include "sim/rtu/replay.hpp"
#include "sim/rtu/rtu.hpp"

namespace busbar::sim {

struct RtuRunOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 2404;  // 0: any
    net::AcceptLimits limits;
    std::shared_ptr<net::TlsEnd> tls;  // null: none
    RtuConfig rtu;
    Substation substation;
    std::optional<Recording> recording;  // replayed instead
    ReplayConfig replay;
    std::string log;              // journal, appended; empty: none
    std::string capture;          // what was on the line, replaced; empty: none
    std::string ready_file;       // gets the port when connections are taken
    bool exit_when_done = false;  // all events (the recording) raised and acknowledged
};

/// Runs a simulated RTU until SIGTERM, SIGINT, or its work is done. Prints one line of JSON with the port when it
/// listens. Returns the exit code; throws std::runtime_error for a port or file that cannot be used.
int run_rtu(RtuRunOptions options);

}  // namespace busbar::sim
