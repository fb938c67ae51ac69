#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "net/stream_connector.hpp"
#include "sim/scada/scada.hpp"
#include "sim/wire/fault.hpp"

namespace busbar::sim {

struct ScadaRunOptions {
    net::StreamAddress address{"127.0.0.1", 2404, {}, {}};
    std::chrono::milliseconds t0{30'000};
    ScadaConfig scada;
    bool reconnect = false;
    std::chrono::milliseconds reconnect_delay{2'000};
    bool json = false;   // JSON lines on standard output instead of text
    bool quiet = false;  // nothing there
    ObjectNames names;
    std::string log;                        // journal, appended; empty: none
    std::string capture;                    // what was on the line, replaced; empty: none
    std::string ready_file;                 // gets the station's port when data transfer runs
    std::uint64_t count = 0;                // end after so many objects; 0: never
    std::chrono::milliseconds duration{0};  // end after so long; 0: never
    bool read_requests = false;             // lines on standard input are requests; `quit` ends the program
    std::vector<Fault> faults;
};

/// Runs a simulated control room until SIGTERM, SIGINT, or what `count` and `duration` say. On a terminal it draws a
/// table. Returns 0; 1 if the connection was lost (and there is no `reconnect`), never ready, or `count` was not
/// reached. Throws std::runtime_error for a file that cannot be used.
int run_scada(ScadaRunOptions options);

}  // namespace busbar::sim
