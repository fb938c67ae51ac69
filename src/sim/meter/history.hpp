#pragma once

#include <chrono>
#include <optional>
#include <tl/expected.hpp>

#include "base/octets.hpp"
#include "base/time.hpp"
#include "iec102/meter/asdu.hpp"
#include "sim/meter/load.hpp"

namespace busbar::sim {

/// What a meter's memory has to do with the moment of a request.
struct MeterMemory {
    UtcTime now;  // by the meter's clock
    std::chrono::minutes utc_offset;
    unsigned depth_days;
};

/// One read of load profile, totals, blocks, tariff information or events, answered frame by frame: the request
/// confirmed, a frame each period, the request terminated. Nothing is stored: what was is worked out anew.
class HistoryRead {
public:
    /// True for the requests that are answered like this.
    static bool answers(iec102::TypeId type);
    /// The cause with which the request is refused if it asks for what is not there.
    static tl::expected<HistoryRead, iec102::Cause> begin(const iec102::AsduView& request, Octets octets,
                                                          const MeterMemory& memory);

    /// The next ASDU; nothing after the termination.
    std::optional<OctetBuffer> next(const Load& load);

private:
    HistoryRead() = default;
    enum class Step : std::uint8_t { confirm, data, terminate, done };

    tl::expected<void, iec102::Cause> set_period();
    tl::expected<void, iec102::Cause> set_range(const iec102::AsduView& request);
    UtcTime period_begin(UtcTime end) const;
    UtcTime next_end(UtcTime end) const;
    UtcTime first_end_from(UtcTime at) const;
    UtcTime midnight_before(UtcTime at) const;
    iec102::IntegratedTotal total(const Load& load, unsigned object, UtcTime end) const;
    OctetBuffer frame(const Load& load, UtcTime end) const;
    OctetBuffer totals(const Load& load, UtcTime end) const;
    OctetBuffer block(const Load& load, UtcTime end) const;
    OctetBuffer tariff(const Load& load, UtcTime end) const;
    OctetBuffer event(UtcTime at) const;

    OctetBuffer request_;
    iec102::AsduHeader header_;
    MeterMemory memory_{};
    Step step_ = Step::confirm;
    std::chrono::seconds period_{0};  // 0: days or months of the calendar
    bool monthly_ = false;
    UtcTime next_{}, last_{};  // ends of periods that are still to be sent, both included
    std::uint8_t first_object_ = 1, last_object_ = 8;
};

}  // namespace busbar::sim
