#pragma once

#include <chrono>
#include <functional>
#include <map>
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
    /// False: there is no room; it will be asked to be said later.
    using Write = std::function<bool(const point::Point& point, bool event)>;

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
    void take(const iec102::RatiosRead& read);
    void take(const iec102::DeviceChanged& change, UtcTime now);
    /// All tags of a channel, whose line somebody else has for too long.
    void out_of_service(std::string_view channel, UtcTime now);
    /// What was written may not be in the store: everything is said again, of one station or of all.
    void say_again(UtcTime now, std::optional<std::uint16_t> casdu = std::nullopt);
    /// What there was no room for, as far as there is room now. As it is by now: a newer value takes the older one's
    /// place.
    void say_unsaid(UtcTime now);
    bool has_unsaid() const { return unsaid_ != 0; }

    std::set<std::uint16_t> stations() const;
    std::size_t size() const { return tags_.size(); }
    std::size_t bad() const;

private:
    struct Tag {
        config::MeterTag config;
        iec102::Variable variable{};
        std::optional<double> ratio;  // of the transformers; none: not known
        std::chrono::minutes utc_offset{};
        std::optional<double> value;
        bool is_bad = true;
        bool is_old = false;  // the value is of a time when the meter answered
        bool unsaid = false;  // there was no room for it
        std::string reason;
        std::optional<UtcTime> time;
        std::optional<TimePoint> read_at;
    };

    /// What a meter has said of its transformers, and why not.
    struct MeterRatios {
        std::optional<double> current, voltage;
        std::string reason;
    };
    std::optional<double> ratio_of(const config::MeterDevice& device, const Tag& tag) const;
    void read(Tag& tag, const iec102::InstantaneousValues& values, TimePoint now, UtcTime received);
    void make_bad(Tag& tag, std::string_view reason, bool old, UtcTime now);
    void write(Tag& tag, bool event, UtcTime received);
    void set_unsaid(Tag& tag, bool unsaid);

    /// Calls `what` with each tag of a device: a reading concerns a few of very many.
    template <class What>
    void for_each_of(std::string_view device, const What& what);

    std::string source_;
    Write write_;
    std::map<std::string, MeterRatios, std::less<>> ratios_;  // of devices whose ratios are the meter's
    std::vector<Tag> tags_;
    std::size_t unsaid_ = 0, next_unsaid_ = 0;                                // how many; where the next is looked for
    std::map<std::string, std::vector<std::size_t>, std::less<>> by_device_;  // places in tags_
};

}  // namespace busbar::connector
