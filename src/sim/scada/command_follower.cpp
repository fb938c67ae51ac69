#include "sim/scada/command_follower.hpp"

#include <algorithm>
#include <array>

#include "iec104/station/command_words.hpp"

namespace busbar::sim {

using iec60870::Cause;

std::string_view to_string(CommandFollower::Outcome outcome) {
    constexpr std::array<std::string_view, 6> names{"selected",  "confirmed",  "refused",
                                                    "cancelled", "terminated", "unknown"};
    return names[static_cast<std::size_t>(outcome)];
}

std::optional<CommandFollower::Step> CommandFollower::start(const CommandRequest& request, TimePoint now) {
    using Mode = CommandRequest::Mode;
    if (pending_.size() >= most_pending) return std::nullopt;
    const bool selecting = request.mode == Mode::select || request.mode == Mode::select_only;
    pending_.push_back({request, selecting, false, now + limit_});
    if (request.mode == Mode::cancel) return Step{request, true, Cause::deactivation};
    return Step{request, selecting, Cause::activation};
}

std::optional<CommandFollower::Answered> CommandFollower::answer(const iec60870::AsduView& asdu, TimePoint now) {
    const auto& header = asdu.header();
    if (asdu.size() == 0) return std::nullopt;
    const auto found = std::ranges::find_if(pending_, [&](const Pending& pending) {
        return pending.request.type == header.type && pending.request.common_address == header.common_address &&
               pending.request.ioa == asdu[0].ioa;
    });
    if (found == pending_.end()) return std::nullopt;
    Answered answered{Outcome::refused, found->request, {}};
    const bool refused = header.negative || header.cause >= Cause::unknown_type;
    if (!refused && header.cause == Cause::activation_con && found->selecting) {
        answered.outcome = Outcome::selected;
        if (found->request.mode == CommandRequest::Mode::select) {
            answered.next = Step{found->request, false, Cause::activation};
            found->selecting = false;
            found->until = now + limit_;
            return answered;
        }
    } else if (!refused && header.cause == Cause::activation_con) {
        answered.outcome = Outcome::confirmed;
        if (iec104::is_parameter(header.type)) {
            pending_.erase(found);
            return answered;
        }
        found->confirmed = true;  // the termination may follow, and may not
        found->until = now + limit_;
        return answered;
    } else if (!refused) {
        answered.outcome = header.cause == Cause::deactivation_con ? Outcome::cancelled : Outcome::terminated;
    }
    pending_.erase(found);
    return answered;
}

std::optional<CommandRequest> CommandFollower::take_unknown(TimePoint now) {
    std::erase_if(pending_, [&](const Pending& pending) { return pending.confirmed && pending.until <= now; });
    const auto found = std::ranges::find_if(pending_, [&](const Pending& pending) { return pending.until <= now; });
    if (found == pending_.end()) return std::nullopt;
    const CommandRequest request = found->request;
    pending_.erase(found);
    return request;
}

std::optional<TimePoint> CommandFollower::next_deadline() const {
    const auto first = std::ranges::min_element(pending_, {}, &Pending::until);
    return first == pending_.end() ? std::nullopt : std::optional(first->until);
}

}  // namespace busbar::sim
