#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "sim/scada/command_request.hpp"

namespace busbar::sim {

/// Follows commands from the first ASDU to their last answer: sends the execute when the selection is confirmed, and
/// knows which of them nobody answered. Nothing is ever sent twice.
class CommandFollower {
public:
    static constexpr std::size_t most_pending = 1000;

    enum class Outcome : std::uint8_t { selected, confirmed, refused, cancelled, terminated, unknown };

    explicit CommandFollower(Duration limit = std::chrono::seconds{15}) : limit_(limit) {}

    /// What to send at first.
    struct Step {
        CommandRequest request;
        bool select;
        iec60870::Cause cause;
    };
    /// Nothing: too many commands wait for answers.
    std::optional<Step> start(const CommandRequest& request, TimePoint now);
    struct Answered {
        Outcome outcome;
        CommandRequest request;
        std::optional<Step> next;
    };
    /// A mirrored ASDU; nothing if it belongs to no command of ours.
    std::optional<Answered> answer(const iec60870::AsduView& asdu, TimePoint now);
    /// A command whose confirmation did not come in time, or never will: the connection is gone (`now` far ahead).
    std::optional<CommandRequest> take_unknown(TimePoint now);
    std::optional<TimePoint> next_deadline() const;

private:
    struct Pending {
        CommandRequest request;
        bool selecting;
        bool confirmed;
        TimePoint until;
    };
    Duration limit_;
    std::vector<Pending> pending_;
};

std::string_view to_string(CommandFollower::Outcome outcome);

}  // namespace busbar::sim
