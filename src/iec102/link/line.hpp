#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <variant>

#include "base/octets.hpp"
#include "base/time.hpp"
#include "iec102/ft12/control.hpp"
#include "iec102/ft12/frame_reader.hpp"

namespace busbar::iec102 {

struct LineConfig {
    std::chrono::milliseconds request_timeout{3000};   // to the answer's first octet
    std::chrono::milliseconds inter_request_delay{0};  // from an answer to the next frame
    std::chrono::milliseconds gap_limit{1000};         // within a frame: 500 ms suit a serial port
    std::chrono::milliseconds settle{200};             // from the connection to the first frame
    std::optional<unsigned> baud;                      // nothing: not known, behind a converter
    bool operator==(const LineConfig&) const = default;
};

struct LineCounters {
    std::uint64_t frames_sent = 0, answers = 0, silences = 0;
    std::uint64_t octets_sent = 0, octets_received = 0;
    std::uint64_t unasked_octets = 0;  // came while nothing was asked
    std::uint64_t echoes = 0;          // frames with PRM = 1: our own, given back
    std::uint64_t foreign = 0;         // answers of another link address
    std::uint64_t unfitting = 0;       // answers that do not answer what was asked: late ones
};

/// A half-duplex line with several secondary stations, as its one primary station uses it (unbalanced transmission):
/// one frame is outstanding at a time. Octets, frames to send and the time go in; octets, answers and the next deadline
/// come out. Repetition and the frame count bit belong to RemoteLink.
class Line {
public:
    /// `asdu` is valid until the next `send`.
    struct Answer {
        SecondaryControl control;
        Octets asdu;
    };
    /// No answer came in time.
    struct Silence {};
    using Event = std::variant<Answer, Silence>;

    explicit Line(const LineConfig& config) : config_(config), reader_(config.gap_limit) {}

    // In.

    /// Timing that changed holds from the next frame on.
    void configure(const LineConfig& config);
    void open(TimePoint now);
    /// What was outstanding is forgotten without an event.
    void close();
    /// Only while `is_free`.
    void send(const Frame& request, TimePoint now);
    void receive(Octets octets, TimePoint now);
    void on_deadline(TimePoint now);

    // Out.

    bool is_open() const { return open_; }
    /// A frame is outstanding.
    bool is_waiting() const { return waiting_for_.has_value(); }
    bool is_free(TimePoint now) const { return open_ && !is_waiting() && !event_ && now >= free_at(); }
    /// When a frame may be sent, if none is outstanding.
    TimePoint free_at() const;
    std::optional<Event> take_event();
    void take_output(OctetBuffer& into);
    bool has_output() const { return !output_.empty(); }
    /// Of the outstanding frame only: whoever wants to send looks at `free_at` himself.
    std::optional<TimePoint> next_deadline() const;

    const LineCounters& counters() const { return counters_; }
    const ReaderCounters& reader_counters() const { return reader_.counters(); }

private:
    void look_for_answer(TimePoint now);
    void judge(const FrameReader::Received& received, TimePoint now);
    void fall_silent(TimePoint now);
    void finish(TimePoint now, bool disturbed);
    Duration transmission_time(std::size_t octets) const;
    bool was_disturbed() const;

    LineConfig config_;
    FrameReader reader_;
    bool open_ = false;

    struct Outstanding {
        PrimaryFunction function;
        std::uint16_t link_address;
        TimePoint deadline;                 // for the answer's first octet
        std::optional<std::uint64_t> late;  // where the frame begins that was being received then
        std::uint64_t faults_before;
    };
    std::optional<Outstanding> waiting_for_;

    TimePoint free_at_{};         // inter-request delay, settling
    TimePoint idle_until_{};      // after a disturbance the line must have been idle …
    TimePoint idle_at_latest_{};  // … but noise that never ends does not stop us
    bool wait_for_idle_ = false;

    std::optional<Event> event_;
    OctetBuffer answer_asdu_, output_;
    LineCounters counters_;
};

}  // namespace busbar::iec102
