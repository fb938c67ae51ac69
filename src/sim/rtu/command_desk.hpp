#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "iec60870/asdu/asdu.hpp"
#include "sim/rtu/substation.hpp"

namespace busbar::sim {

struct CommandDeskConfig {
    iec60870::AsduFormat format;
    std::chrono::seconds select_timeout{30};
    /// Time-tagged commands older or newer than this are refused; 0 = any.
    std::chrono::milliseconds greatest_age{0};
};

/// Judges and times commands as IEC 60870-5-101, 6.8 has them: direct, select and execute, cancel. Octets and the time
/// go in, steps to be done come out. It touches no process: whoever takes an Execution does that.
class CommandDesk {
public:
    using SessionId = std::uint64_t;

    /// A mirrored ASDU for the control room that asked.
    struct Answer {
        SessionId session;
        OctetBuffer asdu;
    };
    /// The process obeys now.
    struct Execution {
        const SimCommand* command;
        TypeId type;  // as it came, with or without time tag
        OctetBuffer element;
        double value;
        std::uint64_t count;  // how often this object has been executed
        std::uint8_t originator;
        SessionId session;
    };
    /// The process has obeyed: the status point follows with cause 11, and then `asdu` (empty: no termination).
    struct Completion {
        const SimCommand* command;
        double value;
        SessionId session;
        OctetBuffer asdu;
    };
    using Step = std::variant<Answer, Execution, Completion>;

    /// `commands` must outlive this and not move.
    CommandDesk(const CommandDeskConfig& config, const std::vector<SimCommand>& commands);

    /// An ASDU of types 45-51, 58-64 with cause activation or deactivation; others are refused with their cause.
    void receive(SessionId session, const iec60870::AsduView& asdu, TimePoint now, UtcTime utc);
    /// Drops the connection's selections. What runs is finished, its answers go nowhere.
    void disconnected(SessionId session);
    void on_deadline(TimePoint now);
    std::optional<TimePoint> next_deadline() const;
    /// What is to be done now, in this order.
    std::vector<Step> take_steps();

private:
    struct Selection {
        SessionId session;
        OctetBuffer what;  // originator, type, element without S/E and time tag
        TimePoint until;
    };
    /// A command on its way through confirmation and completion.
    struct Running {
        const SimCommand* command;
        SessionId session;
        OctetBuffer asdu;
        TimePoint due;
        bool confirmed;
    };
    const SimCommand* find(CommonAddress common_address, Ioa ioa) const;
    void answer(SessionId session, Octets asdu, iec60870::Cause cause, bool negative);
    void activate(const SimCommand& command, SessionId session, const iec60870::AsduView& asdu, TimePoint now,
                  UtcTime utc);
    void deactivate(const SimCommand& command, SessionId session, const iec60870::AsduView& asdu);
    /// Takes the selection that this execute is for. False: it may not be executed.
    bool use_selection(const SimCommand& command, SessionId session, const iec60870::AsduView& asdu, TimePoint now);
    bool is_acceptable(const SimCommand& command, const iec60870::AsduView& asdu, UtcTime utc) const;
    bool is_busy(const SimCommand& command) const;
    void confirm(Running& running, TimePoint now);

    CommandDeskConfig config_;
    std::map<std::pair<CommonAddress, Ioa>, const SimCommand*> commands_;
    std::map<const SimCommand*, Selection> selections_;
    std::map<const SimCommand*, std::uint64_t> executed_;
    std::vector<Running> running_;  // at most one an object
    std::vector<Step> steps_;
};

}  // namespace busbar::sim
