#pragma once

#include <optional>

#include "base/octets.hpp"
#include "iec104/station/fifo.hpp"
#include "iec104/station/object_update.hpp"
#include "iec104/station/process_image.hpp"

namespace busbar::iec104 {

/// Answers that wait for room in the window of one connection: confirmations and refusals, which go first of all, and
/// terminations, which follow the events of what they terminate (IEC 60870-5-101: return information before ACTTERM).
class AnswerQueue {
public:
    static constexpr std::size_t most_octets = std::size_t{64} << 10;

    /// False: full.
    bool add(Octets asdu);
    /// The same with the own common address of every station in turn (answer to common address 65535).
    bool add_for_all_stations(Octets asdu);
    /// Sent when the group was sent everything up to `position`.
    bool add_after(Octets asdu, Position position);

    /// The next answer, and off with it; empty: none. `sent`: the group's position. Valid until the next call.
    Octets take(const ProcessImage& image, Position sent, const AsduFormat& format);
    bool empty() const { return answers_.empty() && terminations_.empty(); }

private:
    struct Answer {
        OctetBuffer asdu;
        bool all_stations = false;
        CommonAddress answered = 0;  // all_stations: up to here
        Position after;
    };
    bool add(Fifo<Answer>& queue, Answer answer);
    bool take_for_next_station(const ProcessImage& image, const AsduFormat& format);

    Fifo<Answer> answers_, terminations_;
    std::size_t octets_ = 0;
    OctetBuffer taken_;
};

}  // namespace busbar::iec104
