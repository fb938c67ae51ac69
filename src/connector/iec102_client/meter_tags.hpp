#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/meter.hpp"
#include "iec102/meter/device.hpp"
#include "iec102/meter/variable.hpp"
#include "point/point.hpp"
#include "store/keys.hpp"

namespace busbar::connector {

/// The enabled tags of a meter client: which readings become points, and how good they are. A tag that is not enabled
/// is a memory tag: nothing is written for it.
class MeterTags {
public:
    /// `event`: a value or quality that differs from the one before, for stream and image; otherwise the image alone.
    using Write = std::function<void(const point::Point& point, bool event)>;

    MeterTags(std::string source, Write write) : source_(std::move(source)), write_(std::move(write)) {}

    /// The last value of a point in the store.
    using Known = std::function<std::optional<double>(store::ImageAddress address)>;
    /// Tags that are new are bad (uninitialized) until their first reading, with the value that is known of them; those
    /// that stay keep what they have.
    void configure(const config::MeterConfig& config, const Known& known, UtcTime now);
    /// The points of enabled tags that `configure` would find new.
    std::vector<store::ImageAddress> missing(const config::MeterConfig& config) const;

    void take(std::string_view device, const iec102::InstantaneousValues& values, TimePoint now, UtcTime received);
    void refuse(std::string_view device, Octet object, std::string_view reason, UtcTime now);
    void take(const iec102::DeviceChanged& change, UtcTime now);
    /// All tags of a channel, whose line somebody else has for too long.
    void out_of_service(std::string_view channel, UtcTime now);
    /// What was written may not be in the store: everything is said again.
    void say_again(UtcTime now);

    std::set<std::uint16_t> stations() const;
    std::size_t size() const { return tags_.size(); }
    std::size_t bad() const;

private:
    struct Tag {
        config::MeterTag config;
        iec102::Variable variable{};
        double ratio = 1;
        std::chrono::minutes utc_offset{};
        std::optional<double> value;
        bool is_bad = true;
        bool is_old = false;  // the value is of a time when the meter answered
        std::string reason;
        std::optional<UtcTime> time;
        std::optional<TimePoint> read_at;
    };

    void read(Tag& tag, const iec102::InstantaneousValues& values, TimePoint now, UtcTime received);
    void make_bad(Tag& tag, std::string_view reason, bool old, UtcTime now);
    void write(const Tag& tag, bool event, UtcTime received) const;

    std::string source_;
    Write write_;
    std::vector<Tag> tags_;
};

}  // namespace busbar::connector
