#pragma once

#include <string_view>

#include "iec60870/asdu/asdu.hpp"
#include "sim/wire/journal.hpp"

namespace busbar::sim {

/// A command that a person or script wants to give.
struct CommandRequest {
    enum class Mode : std::uint8_t { direct, select, select_only, cancel };

    iec60870::TypeId type = 0;  // 45-51, 58-64, 110-113
    iec60870::CommonAddress common_address = 0;
    iec60870::Ioa ioa = 0;
    double value = 0;
    unsigned qualifier = 0;  // QU, QL or QPM
    Mode mode = Mode::direct;
    bool test = false;
};

/// Reads "TYPE CASDU IOA VALUE [direct|select|select-only|cancel] [qualifier=N] [test]"; `select` selects and, when
/// that is confirmed, executes. VALUE is a number, or on, off, lower, higher. The error names the word.
Result<CommandRequest> parse_command(std::string_view words);

/// The ASDU of one step. `select` is the S/E bit, `cause` activation or deactivation.
Octets encode_command(const CommandRequest& request, bool select, iec60870::Cause cause, std::uint8_t originator,
                      UtcTime time, iec60870::AsduWriter& writer);

}  // namespace busbar::sim
