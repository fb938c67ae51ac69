#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/time.hpp"
#include "iec104/station/object_update.hpp"
#include "iec104/station/process_image.hpp"
#include "iec60870/asdu/asdu.hpp"

namespace busbar::iec104 {

/// Which objects are sent cyclically (cause 1) or as background scan (cause 2), and when: one schedule for each cause
/// and period. Few objects have one, so it lies beside the image.
class PeriodicTable {
public:
    struct Object {
        CommonAddress common_address;
        Ioa ioa;
        auto operator<=>(const Object&) const = default;
    };
    struct Schedule {
        Cause cause;
        std::chrono::seconds period;
        TimePoint due;
        std::uint64_t round = 0;      // how often it has been due
        std::vector<Object> objects;  // in order
    };

    /// Periods of 0: never.
    void set(Object object, std::chrono::seconds cyclic, std::chrono::seconds background);
    void erase(Object object);
    void clear();

    /// In the past after a change, which on_deadline takes up.
    std::optional<TimePoint> next_deadline() const;
    void on_deadline(TimePoint now);
    /// Cyclic before background. `generation` changes with the set of schedules or objects.
    std::span<const Schedule> schedules() const { return schedules_; }
    std::uint64_t generation() const { return generation_; }

private:
    struct Periods {
        std::chrono::seconds cyclic, background;
    };
    void rebuild(TimePoint now);
    void schedule(Object object, Cause cause, std::chrono::seconds period, TimePoint now);

    std::unordered_map<std::uint64_t, Periods> periods_;
    std::vector<Schedule> schedules_;
    std::uint64_t generation_ = 0;
    bool changed_ = false;  // schedules_ is to be built anew
};

/// How far one connection is with the rounds of the schedules.
class PeriodicTransmission {
public:
    /// Only rounds that begin from now on are sent.
    void start(const PeriodicTable& table);
    /// The next ASDU of the rounds that are due; false: none. Objects updated later than `limit` are left out: their
    /// event is on its way.
    bool next(const PeriodicTable& table, const ProcessImage& image, Position limit, const AsduFormat& format,
              iec60870::AsduWriter& out);

private:
    struct Progress {
        Cause cause;
        std::chrono::seconds period;
        std::uint64_t round;
        std::size_t sent;  // objects of the round
    };
    void follow(const PeriodicTable& table);
    bool build(const PeriodicTable::Schedule& schedule, Progress& progress, const ProcessImage& image, Position limit,
               const AsduFormat& format, iec60870::AsduWriter& out) const;

    std::uint64_t generation_ = 0;
    std::vector<Progress> progress_;
};

}  // namespace busbar::iec104
