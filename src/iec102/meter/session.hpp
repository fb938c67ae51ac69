#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/time.hpp"
#include "iec102/link/remote_link.hpp"
#include "iec102/meter/question.hpp"

namespace busbar::iec102 {

struct SessionConfig {
    std::uint16_t link_address = 0, point_address = 0;
    Password password{};
    unsigned retries = 3;
    std::chrono::milliseconds request_timeout{3000}, inter_request_delay{0};
    bool operator==(const SessionConfig&) const = default;
};

/// Why a question was not answered.
enum class Failure : std::uint8_t {
    no_answer,      // a frame and all its repetitions
    no_data,        // nothing but "data not available" for as long as an answer may take
    busy,           // nothing but DFC
    login_refused,  // the password, most probably
    refused,        // the meter answered that it does not answer
    confused,       // nothing but answers to something else, or too many of them
};

/// The session with one meter: opens it (link status, reset, log in), asks, collects the answer, closes it. It says
/// when it wants to send and what; whoever owns the line sends it and says what was answered. One question at a time.
class Session {
public:
    /// One of several ASDUs of the answer; more follow. Octets are valid until the next call.
    struct Data {
        Octets asdu;
    };
    struct Answered {
        Octets asdu;
    };
    struct Finished {};
    struct Failed {
        Failure why;
        std::string text;
        Cause cause{};  // of a refusal
    };
    /// The session is over as we wished.
    struct Ended {};
    using Outcome = std::variant<Data, Answered, Finished, Failed, Ended>;

    explicit Session(const SessionConfig& config) : config_(config), link_(config.link_address) {}

    // In.

    /// Timing holds from the next frame on; another address or password only from the next session on: see `forget`.
    void configure(const SessionConfig& config) { config_ = config; }
    /// Only while idle. Opens the session first where it is not open. A refusal in a session that has worked before, or
    /// one without a reason, may mean that the meter has closed it: then it is opened anew and asked again, once,
    /// unless `believe`.
    void ask(Question question, TimePoint now, bool believe = false);
    /// Leaves what is being asked and logs out, once, without repetition; only while `can_end`. A frame that is
    /// outstanding is waited for.
    void end(TimePoint now);
    /// Leaves everything; the meter's state is not known any more.
    void forget();
    /// What came of the frame that was sent last. Ignored where that has been forgotten since.
    std::optional<Outcome> answered(const SecondaryControl& control, Octets asdu, TimePoint now);
    std::optional<Outcome> silent(TimePoint now);

    // Out.

    /// When it wants the line; nothing while idle or while an answer is due.
    std::optional<TimePoint> send_at() const { return send_at_; }
    /// The frame to send now.
    Frame take_frame();

    bool is_idle() const { return step_ == Step::idle; }
    bool is_ending() const { return end_wanted_ || step_ == Step::end; }
    bool is_open() const { return open_; }
    /// The meter may have a session. A frame without an answer leaves the frame count bit in doubt: then the session
    /// can only be forgotten.
    bool can_end() const { return (open_ || is_logging_in()) && repetitions_ == 0; }
    const SessionConfig& config() const { return config_; }

private:
    enum class Step : std::uint8_t { idle, status, reset, login, question, end };

    void begin(Step step, TimePoint now);
    void log_out(TimePoint now);
    void begin_frame(PrimaryFunction function, TimePoint at, OctetBuffer asdu = {});
    void send_user_data(TimePoint at);
    void poll(TimePoint at);

    std::optional<Outcome> on_status(const SecondaryControl& control, TimePoint now);
    std::optional<Outcome> on_reset(const SecondaryControl& control, TimePoint now);
    std::optional<Outcome> on_confirm(const SecondaryControl& control, TimePoint now);
    std::optional<Outcome> on_poll(const SecondaryControl& control, Octets asdu, TimePoint now);
    std::optional<Outcome> take_asdu(Octets octets, TimePoint now);
    std::optional<Outcome> on_answer(Octets octets, TimePoint now);
    std::optional<Outcome> refuse(std::string text, Cause cause, bool keeps_session, TimePoint now);
    std::optional<Outcome> fail(Failure why, std::string text, Cause cause = {});
    Outcome leave(Outcome outcome);
    bool is_logging_in() const { return step_ == Step::login && (polling_ || outstanding_); }
    const Question& current() const { return step_ == Step::login ? login_ : question_; }
    Duration patience() const { return config_.request_timeout * (config_.retries + 1); }

    SessionConfig config_;
    RemoteLink link_;
    Step step_ = Step::idle;
    bool open_ = false;
    bool proven_ = false;    // a question was answered since the login
    bool believe_ = false;   // a refusal is not answered by opening the session anew
    bool reopened_ = false;  // it was, for this question

    Question login_{}, question_{};
    bool polling_ = false;             // the user data was confirmed
    bool asks_whether_ready_ = false;  // a status request between user data, after DFC
    bool busy_ = false;                // the last answer had DFC
    bool confirmed_ = false;
    unsigned repetitions_ = 0, nacks_ = 0, stale_ = 0, asdus_ = 0;
    std::optional<TimePoint> send_at_, busy_until_;
    bool outstanding_ = false;  // the frame was taken, its answer is due
    bool end_wanted_ = false;   // as soon as it has come
    TimePoint data_until_{};
};

}  // namespace busbar::iec102
