#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "iec102/meter/session.hpp"

namespace busbar::iec102 {

/// Takes a device off-scan that does not answer, so that it does not hold up the others.
struct AutoDemotion {
    bool enabled = true;
    unsigned failures = 3;  // rounds in a row: a frame and all its repetitions each
    std::chrono::milliseconds delay{60'000};
    bool operator==(const AutoDemotion&) const = default;
};

/// The three objects of instantaneous values, in the order 192, 193, 194.
inline constexpr std::array<Octet, 3> value_objects{energy_object, power_object, voltage_object};

struct DeviceConfig {
    std::string name;
    bool enabled = true;
    std::uint16_t link_address = 0, point_address = 0;
    Password password{};
    AutoDemotion demotion;
    /// How often each of `value_objects` is read; nothing: not at all.
    std::array<std::optional<std::chrono::milliseconds>, value_objects.size()> periods;
    bool read_ratios = false;  // of the transformers: before the first values of a session, then every hour
    bool operator==(const DeviceConfig&) const = default;
};

enum class DeviceState : std::uint8_t {
    disabled,
    starting,       // on-scan, nothing heard yet
    good,           // the last round was answered
    failing,        // on-scan, the last round was not answered
    demoted,        // off-scan until a time
    login_refused,  // left alone until a time
    refusing,       // answers, but does not give its instantaneous values
};
std::string_view state_text(DeviceState state);

struct DeviceStatus {
    DeviceState state = DeviceState::starting;
    std::string reason;              // of the state, for the operator
    std::optional<TimePoint> until;  // of demoted, login_refused
    unsigned failures = 0;           // rounds in a row
    std::uint64_t rounds_failed = 0, answers = 0, refusals = 0, demotions = 0;
    /// Time between two readings of each object, smoothed: what is reached of its period.
    std::array<std::optional<Duration>, value_objects.size()> intervals;
};

/// Reads all objects that the device has a period for (all three if none), due or not.
struct ReadNow {};
struct Request {
    std::uint64_t id = 0;
    std::variant<ReadNow, Question> what;
};

struct ValuesRead {
    std::string device;
    InstantaneousValues values;  // the objects that came
};
/// An object that was asked for is not given; its variables have no value.
struct ObjectRefused {
    std::string device;
    Octet object;
    std::string reason;
};
/// The transformer ratios, or why the meter does not give them. Before the values that they are for.
struct RatiosRead {
    std::string device;
    std::optional<Ratios> ratios;
    std::string reason;
};
struct DeviceChanged {
    std::string device;
    DeviceState state;
    std::string reason;
};
/// One ASDU of the answer to a request.
struct RequestAnswer {
    std::string device;
    std::uint64_t id;
    OctetBuffer asdu;
};
struct RequestFinished {
    std::string device;
    std::uint64_t id;
    std::optional<std::string> error;
};
/// Every open session is ended and nothing is outstanding: the line may be given to somebody else, or closed.
struct LineFree {};

using ChannelEvent =
    std::variant<ValuesRead, ObjectRefused, RatiosRead, DeviceChanged, RequestAnswer, RequestFinished, LineFree>;
using ChannelEvents = std::deque<ChannelEvent>;

/// How a channel talks to all its devices.
struct Patience {
    unsigned retries = 3;
    std::chrono::milliseconds request_timeout{3000}, inter_request_delay{0};
    bool operator==(const Patience&) const = default;
};

/// One meter of a channel: what of it is due, what became of it, and whether it is on-scan.
class Device {
public:
    Device(const DeviceConfig& config, const Patience& patience, TimePoint now, ChannelEvents& events);

    /// Same link address; the session goes on unless point or password changed.
    void configure(const DeviceConfig& config, const Patience& patience, TimePoint now);

    /// When it wants the line; nothing: not until something changes.
    std::optional<TimePoint> wants_line_at() const;
    /// Begins what is due; true if there is a frame to send now.
    bool is_ready(TimePoint now);
    Frame take_frame() { return session_.take_frame(); }
    void answered(const SecondaryControl& control, Octets asdu, TimePoint now);
    void silent(TimePoint now);
    /// Ends a demotion whose time is over.
    void on_deadline(TimePoint now);
    std::optional<TimePoint> next_deadline() const;

    /// Says why it cannot be served, if so.
    std::optional<std::string> request(Request request);
    bool end_demotion(TimePoint now);
    /// Leaves what is going on, and logs out where a session is open. `is_quiet` when that is done.
    void leave(std::string_view why, TimePoint now);
    bool is_quiet() const { return session_.is_idle() && !session_.is_open(); }
    bool is_ending() const { return session_.is_ending(); }
    /// The line was lost, or somebody else used it: the session and its frame count bit are not known any more.
    void forget(std::string_view why);
    void line_lost(std::string_view why);
    /// The connection was closed instead of an answer of this device: a failed round. Once may be a chance; a device
    /// that does so again and again is off-scan like one that keeps silent, or the others would never be heard.
    void lost_the_line(std::string_view why, TimePoint now);

    const DeviceConfig& config() const { return config_; }
    const DeviceStatus& status() const { return status_; }

private:
    struct ObjectState {
        TimePoint due{};
        std::optional<TimePoint> not_before;  // after a refusal
        bool alone = false;                   // is asked for by itself, to learn which of several is refused
        bool refused = false;
        std::optional<TimePoint> read_at;
    };

    bool is_on_scan() const;
    void begin_round(TimePoint now);
    void begin_ratios(TimePoint now);
    void begin_read(std::vector<Octet> objects, TimePoint now);
    void put_off(Octet object, TimePoint now);
    std::vector<Octet> due_objects(TimePoint now) const;
    std::optional<TimePoint> earliest_due() const;
    TimePoint due_of(std::size_t index) const;

    void handle(const Session::Outcome& outcome, TimePoint now);
    void take(const Session::Data& data, TimePoint now);
    void take(const Session::Answered& answer, TimePoint now);
    void take(const Session::Finished& finished, TimePoint now);
    void take(const Session::Failed& failed, TimePoint now);
    void take(const Session::Ended&, TimePoint) {}

    void take_values(Octets octets, TimePoint now);
    void take_ratios(Octets octets, TimePoint now);
    void refuse_ratios(const std::string& reason, TimePoint now);
    void note_reading(ObjectState& object, std::optional<Duration>& interval, TimePoint now);
    void refuse_objects(const Session::Failed& failed, TimePoint now);
    void refuse_object(std::size_t index, const std::string& reason);
    void round_failed(const std::string& reason, TimePoint now, unsigned least_failures = 1);
    void forget_readings();
    void heard();
    void change(DeviceState state, std::string reason, std::optional<TimePoint> until = std::nullopt);
    void finish_request(std::optional<std::string> error);
    void fail_requests(std::string_view why);
    void reset_schedule(TimePoint now);
    void reset_schedule(std::size_t index, TimePoint now);

    DeviceConfig config_;
    Session session_;
    ChannelEvents& events_;
    DeviceStatus status_;
    std::array<ObjectState, value_objects.size()> objects_{};
    std::optional<TimePoint> grid_;   // the first reading; objects of the same period stay due at the same time
    std::vector<Octet> asked_;        // objects of the read that is going on
    bool asks_ratios_ = false;        // instead of a read
    bool ratios_refused_ = false;     // when they were asked for last
    TimePoint ratios_due_{};          // with the next values from then on
    std::optional<Request> serving_;  // the request that is going on
    std::deque<Request> requests_;    // waiting
};

}  // namespace busbar::iec102
