#pragma once

#include <map>
#include <string>

#include "base/time.hpp"
#include "iec104/station/command_words.hpp"

namespace busbar::connector {

/// Which control room has selected which object of a line, so that nobody else's command comes between its select and
/// its execute. A selection is bound to who asked (server connector and session), originator, object, type, value and
/// qualifier. The station keeps its own time for it; here it ends after `limit` at the latest.
class Selections {
public:
    static constexpr Duration limit = std::chrono::seconds{60};

    /// `asker`: the server connector and its session. `what`: with the originator of the control room.
    struct Claim {
        std::string asker;
        iec104::CommandIdentity what;
        bool operator==(const Claim&) const = default;
    };

    void add(const iec104::CommandPlace& place, Claim claim, TimePoint now);
    /// Why this select, execute or cancel must not be sent; empty: it may. An execute that is not what the same asker
    /// selected ends the selection.
    std::string_view refusal(const iec104::CommandPlace& place, const Claim& claim, bool select, bool cancel,
                             TimePoint now);
    /// An execute or cancel was sent.
    void use(const iec104::CommandPlace& place) { held_.erase(place); }
    void clear() { held_.clear(); }
    std::size_t size() const { return held_.size(); }

private:
    struct Held {
        Claim claim;
        TimePoint until;
    };
    std::map<iec104::CommandPlace, Held> held_;
};

}  // namespace busbar::connector
