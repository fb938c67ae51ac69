#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "config/server.hpp"
#include "connector/common/translate.hpp"
#include "connector/iec104_server/backlog_thinning.hpp"
#include "connector/iec104_server/exposure.hpp"
#include "connector/iec104_server/outgoing_cause.hpp"
#include "connector/iec104_server/sources.hpp"
#include "iec104/station/controlled_station.hpp"

namespace busbar::connector {

/// Turns what lies in the store - image keys and stream entries - into what the controlled station sends.
class UpdateMaker {
public:
    using Sink = std::function<void(const iec104::ObjectUpdate&)>;

    UpdateMaker(const config::ServerConfig& config, TimeZone zone, config::Mapping mapping);

    enum class Purpose : std::uint8_t {
        live,     // image and event; the deadband applies
        image,    // present value only
        backlog,  // event only, for a group that lags; may repeat what a deadband held back
        source,   // image and event, because its source has gone or is back; nothing if it has NT by itself
    };

    /// Calls `sink` for each appearance of the point, none or more. The update's octets live during that call. The
    /// error says why the entry cannot be used, for the error stream; points that are merely not exposed are no error.
    /// `thinning`: of the group that a backlog is for.
    Result<void> make(std::uint16_t casdu, std::uint32_t ioa, std::string_view json, iec104::Position position,
                      UtcTime now, Purpose purpose, const Sink& sink, BacklogThinning* thinning = nullptr);

    /// Who writes: present values of those that have gone get NT.
    void judge(Sources& sources) { sources_ = &sources; }

    const Exposure& exposure() const { return exposure_; }

private:
    Result<void> make_one(Exposure::Target& target, point::Point point, iec104::Position position, UtcTime now,
                          Purpose purpose, const Sink& sink, BacklogThinning* thinning) const;

    Result<void> make_private(const point::Point& point, iec104::Position position, Purpose purpose,
                              const Sink& sink) const;

    iec60870::AsduFormat format_;
    CausePolicy policy_;
    bool keep_time_tags_;
    TimeZone zone_;
    Exposure exposure_;
    Sources* sources_ = nullptr;
};

}  // namespace busbar::connector
