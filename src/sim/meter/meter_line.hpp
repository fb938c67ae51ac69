#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "iec102/ft12/frame_reader.hpp"
#include "net/session.hpp"
#include "sim/meter/meter_fault.hpp"
#include "sim/meter/secondary_station.hpp"
#include "sim/wire/journal.hpp"

namespace busbar::sim {

struct MeterLineConfig {
    std::vector<SimMeterConfig> meters;
    std::vector<MeterFault> faults;
    std::uint32_t seed = 1;  // of the faults
    Duration delay{0};       // from the end of a request to the answer
    Duration octet_time{0};  // on the line behind the converter; 0: as fast as the network
    Duration gap_limit = std::chrono::milliseconds{1000};
    bool show_passwords = false;
};

/// A line and the meters on it. They stay what they are when a connection goes and another comes, as meters behind a
/// converter do.
class MeterLine {
public:
    MeterLine(MeterLineConfig config, Journal& journal);
    ~MeterLine();
    MeterLine(const MeterLine&) = delete;
    MeterLine& operator=(const MeterLine&) = delete;

    /// `wake` when there is output outside the session's own calls.
    std::unique_ptr<net::Session> connect(const std::string& peer);

    /// Steers the faults: "fault NAME..." adds one, "no-faults" ends all.
    Result<void> order(std::string_view text);

    MasterCounters counters() const;
    /// What masters did wrong, and how often.
    const std::map<std::string, std::uint64_t>& violations() const { return violations_; }
    std::uint64_t foreign_frames() const { return foreign_frames_; }
    std::uint64_t connections() const { return connections_; }

private:
    class Session;
    SecondaryStation* station(std::uint16_t link_address);
    void complain(std::uint16_t link_address, const std::string& what);

    MeterLineConfig config_;
    Journal& journal_;
    MeterFaults faults_;
    std::map<std::uint16_t, std::unique_ptr<SecondaryStation>> stations_;
    std::map<std::string, std::uint64_t> violations_;
    std::uint64_t foreign_frames_ = 0, connections_ = 0;
};

}  // namespace busbar::sim
