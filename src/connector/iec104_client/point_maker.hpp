#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "config/client.hpp"
#include "connector/common/translate.hpp"
#include "connector/iec104_client/known_values.hpp"
#include "iec60870/asdu/asdu.hpp"

namespace busbar::connector {

/// Turns what a line says into the points that the store gets.
class PointMaker {
public:
    struct Counters {
        std::uint64_t points = 0, unlisted_stations = 0, late_interrogated = 0, counter_gaps = 0;
    };
    /// `image` false: the point is older than the present value (case 140): it goes to the stream only.
    using Sink = std::function<void(const point::Point& point, bool image)>;

    PointMaker(const config::ClientConfig& config, TimeZone zone, std::string source);

    /// The system's address of the RTU's common address; empty: a station that is not listed.
    std::optional<std::uint16_t> casdu_of(std::uint16_t remote) const;
    /// The other way: the RTU's common address of a station of the system.
    std::optional<std::uint16_t> remote_of(std::uint16_t casdu) const;
    /// Calls `sink` for each object, in order. The point borrows from this object and the ASDU.
    void make(const iec60870::AsduView& asdu, UtcTime received, const Sink& sink);
    /// The line was made anew: nothing the station says counts as unchanged any more.
    void forget() { known_.clear(); }

    const Counters& counters() const { return counters_; }

private:
    /// `type` nullptr: a private one.
    bool compare(const iec60870::TypeDescription* type, const iec60870::AsduHeader& header, Octets element,
                 point::Point& point);

    bool all_stations_;
    boost::unordered_flat_map<std::uint16_t, std::uint16_t> casdu_by_remote_;
    TimeZone zone_;
    std::string source_;
    KnownValues known_;
    Counters counters_;
};

}  // namespace busbar::connector
