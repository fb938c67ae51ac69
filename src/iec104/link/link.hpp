#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/octets.hpp"
#include "base/time.hpp"

namespace busbar::iec104 {

enum class Role : std::uint8_t { controlling, controlled };

/// Parameters of IEC 60870-5-104, clause 9.6. t0 belongs to whoever connects.
struct LinkConfig {
    std::chrono::seconds t1{15};  // 1-255
    std::chrono::seconds t2{10};  // 1-255, < t1
    std::chrono::seconds t3{20};  // 1-172800
    std::uint16_t k = 12;         // 1-32767
    std::uint16_t w = 8;          // 1-32767, <= k
    bool operator==(const LinkConfig&) const = default;
};

/// Says what is wrong with the parameters and their relations (t2 < t1, w <= k), if anything.
std::optional<std::string> check(const LinkConfig& config);

/// Data transfer as this station sees it (figures of clause 5.3).
enum class TransferState : std::uint8_t { stopped, pending_started, started, unconfirmed_stopped, pending_unconfirmed_stopped, pending_stopped, closed };

struct LinkCounters {
    std::uint64_t i_sent = 0, i_received = 0, s_sent = 0, s_received = 0, u_sent = 0, u_received = 0;
    std::uint64_t ignored = 0;  // U frames that mean nothing here (section 2 of the protocol reference)
    std::uint64_t t1_expired = 0, t2_expired = 0, t3_expired = 0;
    std::uint64_t octets_sent = 0, octets_received = 0;
};

/// One 104 connection as either station sees it: V(S), V(R), k, w, t1 to t3 (IEC 60870-5-104, clause 5).
/// No sockets, no clock: octets, wishes and the time go in; octets, events and the next deadline come out.
class Link {
public:
    struct TransferStarted {};
    struct TransferStopped {};
    /// An I-frame. `octets` is valid until the next call of take_event, receive. `number` counts I-frames from 1 since
    /// the connection was made: it is what `keep` takes.
    struct AsduReceived {
        Octets octets;
        std::uint64_t number;
    };
    /// The peer's N(R): all I-frames up to and including number `up_to` (counted from 1) are acknowledged.
    struct AsduAcknowledged {
        std::uint64_t up_to;
    };
    /// The link is over; the owner writes what output there is and closes the socket. Emitted once, last.
    struct Closed {
        std::string reason;
    };
    using Event = std::variant<TransferStarted, TransferStopped, AsduReceived, AsduAcknowledged, Closed>;

    Link(Role role, const LinkConfig& config, TimePoint now);

    // In. The caller always says what time it is.

    /// `octets` must stay valid until take_event has returned nothing; frames are parsed as events are taken.
    /// What is left of a frame cut in two is kept inside (at most 255 octets).
    void receive(Octets octets, TimePoint now);
    /// Controlling station only; ignored unless stopped / started.
    void start_transfer(TimePoint now);
    void stop_transfer(TimePoint now);
    /// True while `send` would take an ASDU: started, k not reached.
    bool can_send() const;
    /// Frames that `send` would take at once: 0 … k.
    unsigned window() const;
    /// False: not started or k reached; nothing taken. The octets are copied into the output behind their APCI.
    /// Sent ASDUs are numbered from 1 (`sent_count`).
    bool send(Octets asdu, TimePoint now);
    /// All I-frames up to `number` are safe and may now be acknowledged (N(R) never passes it). Rising calls only.
    void keep(std::uint64_t number, TimePoint now);
    /// Closes: Closed is emitted with this reason, nothing more is sent.
    void close(std::string reason);
    /// Early calls are harmless.
    void on_deadline(TimePoint now);

    // Out. Drained after every input: first all events, then the output.

    std::optional<Event> take_event(TimePoint now);
    /// Octets to be written; swaps them into `into` (which is cleared first).
    void take_output(OctetBuffer& into);
    bool has_output() const { return !output_.empty(); }
    std::optional<TimePoint> next_deadline() const;

    TransferState state() const;
    const LinkCounters& counters() const;
    std::uint64_t sent_count() const;          // I-frames sent since the connection was made
    std::uint64_t acknowledged_count() const;  // of those, acknowledged by the peer
    std::uint64_t received_count() const;
    std::uint64_t kept_count() const;
    /// Time from the last TESTFR act to its con, if one was measured.
    std::optional<Duration> test_round_trip() const;

private:
    OctetBuffer output_;
};

}  // namespace busbar::iec104
