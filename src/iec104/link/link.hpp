#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/octets.hpp"
#include "base/time.hpp"
#include "iec104/apci/apci.hpp"
#include "iec104/link/frame_times.hpp"

namespace busbar::iec104 {

enum class Role : std::uint8_t { controlling, controlled };

/// Parameters of IEC 60870-5-104, clause 9.6. t0 belongs to whoever connects.
struct LinkConfig {
    std::chrono::seconds t1{15};  // 1-255
    std::chrono::seconds t2{10};  // 1-255, < t1
    std::chrono::seconds t3{20};  // 1-172800
    std::uint16_t k = 12;         // 1-32767
    std::uint16_t w = 8;          // 1-32767, <= k
    /// Octets an ASDU has at least: its header (fewer where the system agreed on smaller fields).
    std::uint8_t shortest_asdu = 6;
    /// Controlling station: take I- and S-frames between STARTDT act and con instead of closing.
    bool accept_early_data = false;
    bool operator==(const LinkConfig&) const = default;
};

/// Says what is wrong with the parameters and their relations (t2 < t1, w <= k), if anything.
std::optional<std::string> check(const LinkConfig& config);

/// Data transfer as this station sees it (figures of clause 5.3).
enum class TransferState : std::uint8_t {
    stopped,
    pending_started,  // controlling: STARTDT con is due
    started,
    unconfirmed_stopped,          // controlled: STOPDT con waits for the last acknowledgements
    pending_unconfirmed_stopped,  // controlling: STOPDT con and acknowledgements are due
    pending_stopped,              // controlling: STOPDT con is due
    closed,
};

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
    /// Closes: Closed is emitted with this reason, nothing more is sent than what was due already.
    void close(std::string reason);
    /// Early calls are harmless.
    void on_deadline(TimePoint now);

    // Out. Drained after every input: first all events, then the output.

    std::optional<Event> take_event(TimePoint now);
    /// Octets to be written; swaps them into `into` (which is cleared first).
    void take_output(OctetBuffer& into);
    bool has_output() const { return !output_.empty() || supervisory_due_; }
    std::optional<TimePoint> next_deadline() const;

    TransferState state() const { return state_; }
    const LinkCounters& counters() const { return counters_; }
    std::uint64_t sent_count() const { return sent_; }                  // I-frames sent since the connection was made
    std::uint64_t acknowledged_count() const { return acknowledged_; }  // of those, acknowledged by the peer
    std::uint64_t received_count() const { return received_; }
    std::uint64_t kept_count() const { return kept_; }
    /// Time from the last TESTFR act to its con, if one was measured.
    std::optional<Duration> test_round_trip() const { return test_round_trip_; }

private:
    std::optional<Event> take_waiting_event();
    Octets next_apdu(TimePoint now);
    Octets complete_partial();

    void handle(const IFrame& frame, TimePoint now);
    void handle(const SFrame& frame, TimePoint now);
    void handle(const UFrame& frame, TimePoint now);
    void handle_as_controlling(UFunction function, TimePoint now);
    void handle_as_controlled(UFunction function, TimePoint now);
    bool may_receive(bool i_frame) const;
    bool may_acknowledge() const;
    bool take_acknowledgement(std::uint16_t receive_number);

    void started(TimePoint now);
    void stopped();
    void send_stop_when_kept(TimePoint now);
    void confirm_stop_when_complete();
    bool stop_is_wanted() const;
    const char* missing_after_t1(TimePoint now) const;
    void acknowledge_if_due(TimePoint now);
    void write_supervisory();
    void write(UFunction function);

    Role role_;
    TransferState state_ = TransferState::stopped;
    LinkConfig config_;
    LinkCounters counters_;

    // V(S), V(R) and what both sides acknowledged, as counts since the connection was made.
    std::uint64_t sent_ = 0, acknowledged_ = 0;
    std::uint64_t received_ = 0, kept_ = 0, confirmed_ = 0;  // confirmed: acknowledged to the peer, never above kept
    FrameTimes sent_times_, received_times_;

    std::optional<TimePoint> start_stop_sent_;  // STARTDT or STOPDT act that waits for its con
    std::optional<TimePoint> test_sent_;        // TESTFR act that waits for its con
    std::optional<TimePoint> stop_wanted_;      // stop_transfer was said, STOPDT act waits for `keep`
    std::uint64_t stop_after_ = 0;              // … of this frame
    TimePoint last_received_;
    std::optional<Duration> test_round_trip_;

    Octets pending_;                              // received, not parsed yet
    std::array<Octet, max_apdu_size> partial_{};  // an APDU that came in pieces
    std::uint8_t partial_size_ = 0;
    TimePoint partial_since_;

    // What take_event has to say next.
    std::uint64_t reported_acknowledged_ = 0;
    std::optional<Octets> asdu_;
    bool report_started_ = false, report_stopped_ = false, report_closed_ = false;
    std::string close_reason_;

    bool supervisory_due_ = false;  // an S-frame, unless an I-frame acknowledges first
    OctetBuffer output_;
};

}  // namespace busbar::iec104
