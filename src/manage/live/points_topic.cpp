#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <vector>

#include "manage/live/point_list.hpp"
#include "manage/live/topic.hpp"

namespace busbar::manage {

namespace {

constexpr std::size_t points_in_message = 500;

/// What a filter asks of the place, and not of the value.
PointFilter place_of(const PointFilter& filter) {
    PointFilter place;
    place.casdu = filter.casdu;
    place.ioa_from = filter.ioa_from;
    place.ioa_to = filter.ioa_to;
    place.text = filter.text;
    if (filter.known == PointFilter::Known::configured) place.known = filter.known;
    return place;
}

/// The points that a client has before him, as far as there is room.
class Shown {
public:
    static constexpr std::size_t most = 10'000;

    void add(store::ImageAddress address) {
        const auto at = std::ranges::lower_bound(addresses_, address);
        if (at != addresses_.end() && *at == address) return;
        has_all_ = has_all_ && addresses_.size() < most;
        if (has_all_) addresses_.insert(at, address);
    }
    /// False: it certainly was not there.
    bool remove(store::ImageAddress address) {
        const auto at = std::ranges::lower_bound(addresses_, address);
        if (at == addresses_.end() || *at != address) return !has_all_;
        addresses_.erase(at);
        return true;
    }

private:
    std::vector<store::ImageAddress> addresses_;  // in order
    bool has_all_ = true;
};

/// First what is there, then what changes.
class PointsTopic : public Topic {
public:
    PointsTopic(const TopicSources& sources, const TopicWish& wish)
        : sources_(sources),
          filter_(wish.filter),
          place_(place_of(wish.filter)),
          head_(message_head(wish)),
          seen_(sources.points.table().last_change()) {}

    void flush(LiveLine& line) override {
        if (line.waiting() >= full) return;
        tell_whether_current(line);
        while (in_snapshot_ && line.waiting() < full) send_snapshot(line);
        if (!in_snapshot_) send_changes(line);
    }

private:
    void tell_whether_current(LiveLine& line) {
        const bool current = sources_.points.is_current();
        if (current_ == current) return;
        current_ = current;
        line.send(fmt::format("{},\"current\":{}}}", head_, current));
    }

    void send_snapshot(LiveLine& line) {
        const auto page = write_page(table(), sources_.names, filter_, after_, points_in_message, now());
        after_ = page.last;
        in_snapshot_ = page.last.has_value();
        for (const store::ImageAddress address : page.addresses) show(address);
        line.send(
            fmt::format("{},\"snapshot\":\"{}\",\"points\":[{}]}}", head_, in_snapshot_ ? "part" : "end", page.json));
    }

    void send_changes(LiveLine& line) {
        const LivePoint* point = table().first_after(seen_);
        while (point != nullptr && line.waiting() < full) {
            std::string points;
            std::size_t count = 0;
            for (; point != nullptr && count < points_in_message; point = point->newer) {
                seen_ = point->change;
                if (write(points, *point)) ++count;
            }
            if (count != 0) line.send(fmt::format("{},\"points\":[{}]}}", head_, points));
        }
    }

    bool write(std::string& out, const LivePoint& point) {
        const PointName* name = sources_.names.find(point.address);
        const std::string_view comma = out.empty() ? "" : ",";
        if (!point.is_gone() && filter_.matches(point.address, &point, name, table(), now())) {
            show(point.address);
            out += comma;
            out += sources_.texts.of(point, table());
            write_age_and_name(out, point, name, now());
            return true;
        }
        if (!was_shown(point, name)) return false;
        fmt::format_to(std::back_inserter(out), "{}{{\"casdu\":{},\"ioa\":{},\"{}\":true}}", comma, point.address.casdu,
                       point.address.ioa, point.is_gone() ? "gone" : "left");
        return true;
    }

    /// Only what a value decides can change; without that, what is shown is what is there.
    void show(store::ImageAddress address) {
        if (filter_.wants_value()) shown_.add(address);
    }
    bool was_shown(const LivePoint& point, const PointName* name) {
        const bool was_shown = filter_.wants_value() ? shown_.remove(point.address) : point.is_gone();
        return was_shown && place_.matches(point.address, nullptr, name, table(), now());
    }

    const PointTable& table() const { return sources_.points.table(); }
    UtcTime now() const { return sources_.store.loop().utc_now(); }

    TopicSources sources_;
    PointFilter filter_, place_;
    std::string head_;
    std::uint64_t seen_;
    std::optional<store::ImageAddress> after_;
    std::optional<bool> current_;
    Shown shown_;
    bool in_snapshot_ = true;
};

}  // namespace

std::unique_ptr<Topic> make_points_topic(const TopicSources& sources, const TopicWish& wish) {
    return std::make_unique<PointsTopic>(sources, wish);
}

}  // namespace busbar::manage
