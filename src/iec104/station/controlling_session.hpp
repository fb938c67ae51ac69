#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "iec104/link/link.hpp"
#include "iec104/station/controlling_files.hpp"
#include "iec60870/asdu/asdu.hpp"

namespace busbar::iec104 {

struct ControllingConfig {
    iec60870::AsduFormat format;
    LinkConfig link;
    std::uint8_t originator = 0;
    /// Stations to interrogate; empty: all of them at once by common address 65535.
    std::vector<iec60870::CommonAddress> stations;
    bool interrogate_on_start = true;
    std::chrono::seconds interrogate_every{0};  // 0 = never
    std::vector<std::uint8_t> groups;           // 1-16: interrogated instead of the whole station
    std::chrono::seconds counters_every{0};     // C_CI 05
    bool freeze_counters = false;               // C_CI 45 before each of these
    bool synchronize_clock_on_start = false;
    std::chrono::seconds synchronize_clock_every{0};
    std::chrono::seconds confirmation_limit{10};    // ACTCON of C_IC, C_CI, C_CS …
    std::chrono::seconds progress_limit{30};        // no data of a running interrogation for so long: given up
    std::chrono::seconds interrogation_limit{600};  // a whole interrogation
    std::chrono::seconds retry_after{30};           // after a refusal or time-out
    bool close_on_damage = false;                   // ASDU that does not parse: close instead of counting
    bool accept_early_data = false;                 // I-frames before STARTDT con
    FileRules files;
};

struct ControllingCounters {
    std::uint64_t damaged = 0, unknown_type = 0, test_ignored = 0, interrogations = 0, interrogation_failed = 0;
    std::uint64_t file_ignored = 0;  // belongs to no transfer: late, or never asked for
};

/// The controlling station's end of one connection: start-up order, interrogation with time limits, supervision.
/// Pure. Drained after every input: take_event until nothing, then take_output.
class ControllingSession {
public:
    struct TransferStarted {};
    struct TransferStopped {};
    /// Process information. `octets`/`view` valid until the next take_event. `number`: see Link::AsduReceived; the
    /// owner calls `keep(number)` when everything up to it is stored. Every I-frame that is not reported is kept by
    /// itself, but never ahead of an earlier one that is not kept yet.
    struct AsduReceived {
        iec60870::AsduView view;
        std::uint64_t number;
    };
    /// An ASDU that could not be used: unknown type (already answered with cause 44, P/N = 1), damaged, or test.
    /// `number` as above, for an owner that wants to store the octets before they are acknowledged.
    struct AsduRejected {
        Octets octets;
        std::string reason;
        std::uint64_t number;
    };
    /// ACTCON, ACTTERM, refusal of something sent: mirrored ASDU (types 45-64, 100-113).
    struct AnswerReceived {
        iec60870::AsduView view;
        std::uint64_t number;
    };
    /// By common address 65535 each station that answers with its own ends for itself.
    struct InterrogationEnded {
        iec60870::CommonAddress common_address;
        std::uint8_t qualifier;  // QOI, or QCC for counters
        bool counters;
        bool complete;       // ACTTERM came; after a freeze or reset of counters ACTCON is enough
        std::string reason;  // if not
    };
    /// The session wants to synchronize the station's clock: answer with `synchronize_clock`.
    struct ClockWanted {
        iec60870::CommonAddress common_address;
    };
    struct Closed {
        std::string reason;
    };
    using Event = std::variant<TransferStarted, TransferStopped, AsduReceived, AsduRejected, AnswerReceived,
                               InterrogationEnded, ClockWanted, FileEvent, Closed>;

    /// The connection has just been made; transfer starts when `allow_transfer(true)` was said (the store is there).
    ControllingSession(const ControllingConfig& config, TimePoint now);
    ~ControllingSession();
    ControllingSession(ControllingSession&&) noexcept;
    ControllingSession& operator=(ControllingSession&&) noexcept;

    /// Takes what the running connection does not depend on (stations, schedules, limits) at once; format, link and
    /// originator apply to the next connection.
    void configure(const ControllingConfig& config, TimePoint now);

    void receive(Octets octets, TimePoint now);
    void on_deadline(TimePoint now);
    /// True: STARTDT as soon as possible. False: nothing is started any more (a running transfer goes on).
    void allow_transfer(bool allowed, TimePoint now);
    void stop_transfer(TimePoint now);
    void keep(std::uint64_t number, TimePoint now);
    void close(std::string reason);

    // Requests; queued in order (bounded) and sent as the window allows. False: not started, queue full, or an address
    // that does not fit. Interrogations wait for the one that runs.
    bool interrogate(iec60870::CommonAddress common_address, std::uint8_t qoi, TimePoint now);
    bool interrogate_counters(iec60870::CommonAddress common_address, std::uint8_t qcc, TimePoint now);
    bool read(iec60870::CommonAddress common_address, iec60870::Ioa ioa, TimePoint now);
    bool test(iec60870::CommonAddress common_address, TimePoint now);
    bool synchronize_clock(iec60870::CommonAddress common_address, const std::array<Octet, 7>& cp56, TimePoint now);
    bool send(Octets asdu, TimePoint now);
    /// Wishes for files, and answers to a FileEvent; null: there is no data transfer.
    ControllingFiles* files();
    /// For a command: leaves at once or not at all. False: not started, or the window is full; nothing was taken.
    bool send_now(Octets asdu, TimePoint now);

    std::optional<Event> take_event(TimePoint now);
    void take_output(OctetBuffer& into, TimePoint now);
    std::optional<TimePoint> next_deadline() const;

    const Link& link() const;
    const ControllingCounters& counters() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace busbar::iec104
