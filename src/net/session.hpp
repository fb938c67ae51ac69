#pragma once

#include <optional>
#include <string>

#include "base/octets.hpp"
#include "base/time.hpp"

namespace busbar::net {

/// What a connection carries, seen from the event loop: octets in, octets out, deadlines. Adapters in src/connector and
/// src/sim put protocol sessions behind it. Called from the loop's thread only; never re-entered.
class Session {
public:
    virtual ~Session() = default;
    virtual void receive(Octets octets, TimePoint now) = 0;
    virtual void on_deadline(TimePoint now) = 0;
    /// Octets to be written now, swapped into `into` (cleared by the callee first). Called after every input and wake.
    virtual void take_output(OctetBuffer& into, TimePoint now) = 0;
    virtual std::optional<TimePoint> next_deadline() const = 0;
    /// Set when the session is over; the driver writes what output is left and closes.
    virtual std::optional<std::string> closed() const = 0;
    /// Asked before each write: why nothing may leave any more, not even what was taken before. Then the connection
    /// ends at once. For a process that was held up longer than it may speak.
    virtual std::optional<std::string> barred(TimePoint) const { return std::nullopt; }
    /// The connection is gone, with the reason; called exactly once, last. The session may be destroyed in it.
    virtual void disconnected(const std::string& reason, TimePoint now) = 0;
};

}  // namespace busbar::net
