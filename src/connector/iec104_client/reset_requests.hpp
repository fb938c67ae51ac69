#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "connector/iec104_client/commands.hpp"
#include "iec60870/asdu/asdu.hpp"
#include "net/timer.hpp"

namespace busbar::connector {

/// A reset process command (C_RP_NA_1) that an operator asked for: sent once, at once or not at all, and never
/// repeated. The operator is told what the station said; nothing said in time, or the line lost, is "unknown".
class ResetRequests {
public:
    static constexpr Duration confirmation_limit = std::chrono::seconds{10};

    using Reply = std::function<void(const Result<std::string>& data)>;

    ResetRequests(net::EventLoop& loop, iec60870::AsduFormat format) : format_(format), limit_(loop) {}

    void configure(iec60870::AsduFormat format) { format_ = format; }
    /// Does what a request `reset_process` {"casdu","qrp":1} asks. As for a command: only of a listed station that is
    /// this connector's at this very moment, and at once or not at all.
    void request(std::string_view data, const config::ClientConfig& config, const ClientCommands::Owner& owner,
                 Reply reply);
    /// `send` puts an ASDU on the line now. `reply` is called once, in this call or later.
    void reset(iec60870::CommonAddress station, std::uint8_t qualifier, std::uint8_t originator,
               const std::function<bool(Octets asdu)>& send, Reply reply);
    /// A mirrored ASDU of whatever type.
    void answered(const iec60870::AsduView& answer);
    void line_lost() { end(fail("unknown: the line was lost before the station confirmed")); }

private:
    void end(const Result<std::string>& what);

    iec60870::AsduFormat format_;
    net::Timer limit_;
    iec60870::CommonAddress station_ = 0;
    Octet qualifier_ = 0;
    Reply reply_;  // empty: nothing is under way
};

}  // namespace busbar::connector
