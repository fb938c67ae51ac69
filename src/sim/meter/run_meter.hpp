#pragma once

#include <optional>
#include <string>

#include "net/serial_settings.hpp"
#include "sim/meter/meter_line.hpp"

namespace busbar::sim {

struct MeterRunOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 4001;     // 0: any
    unsigned max_connections = 1;  // as most converters have it
    std::string serial_port;       // instead of TCP
    net::SerialSettings serial;
    MeterLineConfig line;
    std::string log;           // journal, appended; empty: none
    std::string capture;       // what was on the line, replaced; empty: none
    std::string ready_file;    // gets the port (0: serial) when the line is there
    bool read_orders = false;  // from standard input, see MeterLine::order; "quit" ends
    bool strict = false;       // a violation of the protocol is a failure
};

/// Runs a line of simulated meters until SIGTERM or SIGINT. Prints one line of JSON when it listens, and one with what
/// was seen at the end. Returns the exit code; throws std::runtime_error for a port or file that cannot be used.
int run_meter(MeterRunOptions options);

}  // namespace busbar::sim
