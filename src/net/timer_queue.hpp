#pragma once

#include <functional>
#include <map>
#include <optional>

#include "base/time.hpp"

namespace busbar::net {

/// What falls due when, earliest first, in the order added where times are equal. No clock of its own.
class TimerQueue {
public:
    using Work = std::function<void()>;
    using Entries = std::multimap<TimePoint, Work>;
    using Handle = Entries::iterator;

    Handle add(TimePoint when, Work work) { return entries_.emplace(when, std::move(work)); }
    void remove(Handle entry) { entries_.erase(entry); }
    std::optional<TimePoint> next() const {
        if (entries_.empty()) return std::nullopt;
        return entries_.begin()->first;
    }
    /// Takes out the earliest entry if it is due.
    std::optional<Work> take_due(TimePoint now) {
        if (entries_.empty() || entries_.begin()->first > now) return std::nullopt;
        Work work = std::move(entries_.begin()->second);
        entries_.erase(entries_.begin());
        return work;
    }

private:
    Entries entries_;
};

}  // namespace busbar::net
