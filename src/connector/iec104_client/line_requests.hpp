#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "connector/iec104_client/line.hpp"
#include "connector/iec104_client/point_maker.hpp"

namespace busbar::connector {

/// What a request can change besides the line itself.
struct LineActions {
    std::function<void(bool)> set_debug;
    /// Sends the present time to a station; false: not now.
    std::function<bool(iec60870::CommonAddress)> synchronize_clock;
};

/// Does what an entry of `connectors:{ID}:requests` asks of a line. `data` is a JSON object or empty:
///   reconnect; switch_over {"address":"10.2.0.6:2404"} (without it: the next that is connected); stop_transfer;
///   start_transfer; interrogate {"casdu","qoi":20}; counters {"casdu","group":1,"freeze":"freeze"} (group 1-4, without
///   it all; freeze: read, which is the default, freeze, freeze_with_reset, reset; or both as "qcc":5);
///   clock {"casdu"}; read {"casdu","ioa"}; test {"casdu"}; debug {"on":true}; log_level {"level":"debug"}.
/// Without `casdu`: all stations (common address 65535). Returns the reply's data; the error says what was wrong.
Result<std::string> do_line_request(Line& line, const PointMaker& stations, std::string_view action,
                                    std::string_view data, const LineActions& actions);

}  // namespace busbar::connector
