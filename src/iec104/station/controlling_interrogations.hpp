#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "iec104/station/controlling_session.hpp"

namespace busbar::iec104 {

/// The interrogations (C_IC and C_CI) of one controlling session: one at a time, with limits for confirmation,
/// progress and the whole; what failed is repeated later (10.2, 10.3 of the protocol reference).
class ControllingInterrogations {
public:
    using Ended = ControllingSession::InterrogationEnded;
    struct Request {
        iec60870::CommonAddress common_address = 0;
        std::uint8_t qualifier = 0;  // QOI, or QCC for counters
        bool counters = false;
        bool repeats = false;  // after a failure, until it succeeds
        bool operator==(const Request&) const = default;
    };
    static constexpr std::size_t most_waiting = 4096;

    void configure(const ControllingConfig& config, TimePoint now);
    /// Data transfer has begun: everything that is asked at the start, and the schedules.
    void start(TimePoint now);
    /// Data transfer is over; what was running has failed.
    void stop(std::deque<Ended>& ended);
    /// False: not started, or too many wait already. The same request waits once.
    bool add(const Request& request);
    /// The station was initialised (M_EI_NA_1): it is asked again, unless that is about to happen anyway.
    void initialised(iec60870::CommonAddress station, TimePoint now);

    /// The next one to be sent, if none is running. The caller sends it and says when.
    std::optional<Request> take_next(TimePoint now);

    /// What comes in: confirmations, terminations, refusals (types 100, 101) and data.
    void answered(const iec60870::AsduHeader& header, std::uint8_t qualifier, TimePoint now, std::deque<Ended>& ended);
    void data_came(const iec60870::AsduHeader& header, TimePoint now);
    void on_deadline(TimePoint now, std::deque<Ended>& ended);
    std::optional<TimePoint> next_deadline() const;

private:
    struct Running {
        Request request;
        TimePoint began, progress;
        bool confirmed = false;
        std::set<iec60870::CommonAddress> open;  // stations that confirmed; several where 65535 was asked
    };
    struct Later {
        TimePoint when;
        Request request;
    };
    void add_all(bool counters);
    void freeze_all();
    std::vector<iec60870::CommonAddress> stations() const;
    std::vector<Request> requests_of(iec60870::CommonAddress station, bool counters) const;
    void repeat_later(const Request& request, TimePoint now);
    void fail(std::string reason, TimePoint now, std::deque<Ended>& ended);
    TimePoint running_deadline() const;
    bool concerns_running(const iec60870::AsduHeader& header) const;

    ControllingConfig config_;
    std::deque<Request> waiting_;
    std::vector<Later> later_;
    std::optional<Running> running_;
    std::optional<TimePoint> next_general_, next_counters_;
    bool started_ = false;
};

}  // namespace busbar::iec104
