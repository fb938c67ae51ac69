#pragma once

#include "sim/meter/meter_line.hpp"

namespace busbar::sim {

/// One connection to a line of simulated meters: finds the frames, asks the meter they are for, and sends its answers
/// when they are due, with what goes wrong on the way.
class MeterLine::Session : public net::Session {
public:
    Session(MeterLine& line, std::uint64_t number, std::string peer);

    void receive(Octets octets, TimePoint now) override;
    void on_deadline(TimePoint now) override;
    void take_output(OctetBuffer& into, TimePoint now) override;
    std::optional<TimePoint> next_deadline() const override;
    std::optional<std::string> closed() const override;
    void disconnected(const std::string& reason, TimePoint now) override;

private:
    struct Due {
        TimePoint when;
        OctetBuffer octets;
    };
    /// Answers that wait for their time: more, and the master speaks without listening.
    static constexpr std::size_t most_waiting = 1024;

    void take_frames(TimePoint now);
    void handle(const iec102::FrameReader::Received& received, TimePoint now);
    void send(OctetBuffer answer, Octets request, const Struck& faults, TimePoint now);
    OctetBuffer damaged(OctetBuffer answer, Octets request, const Struck& faults);
    void enqueue(OctetBuffer octets, std::size_t request_size, const Struck& faults, TimePoint now);
    void wait(Due due, bool late);
    void record(std::string_view what, Octets frame, const std::string& meter);
    void record_faults(const Struck& faults, const MeterStep& step);

    MeterLine& line_;
    std::uint64_t number_;
    std::string peer_;
    iec102::FrameReader reader_;
    std::deque<Due> waiting_;  // in the order of time
    TimePoint busy_until_{};   // with answers that are in time
    std::optional<std::string> closed_;
};

}  // namespace busbar::sim
