#include <fmt/format.h>

#include <optional>

#include "manage/live/point_list.hpp"
#include "manage/live/topic.hpp"

namespace busbar::manage {

namespace {

constexpr std::size_t points_in_message = 500;

/// First what is there, then what changes.
class PointsTopic : public Topic {
public:
    PointsTopic(const TopicSources& sources, const TopicWish& wish)
        : sources_(sources),
          filter_(wish.filter),
          head_(message_head(wish)),
          seen_(sources.points.table().last_change()) {}

    void flush(LiveLine& line) override {
        tell_whether_current(line);
        while (line.waiting() < full && send_some(line)) {
        }
    }

private:
    void tell_whether_current(LiveLine& line) {
        const bool current = sources_.points.is_current();
        if (current_ == current) return;
        current_ = current;
        line.send(fmt::format("{},\"current\":{}}}", head_, current));
    }

    /// False: there is nothing more now.
    bool send_some(LiveLine& line) { return in_snapshot_ ? send_snapshot(line) : send_changes(line); }

    bool send_snapshot(LiveLine& line) {
        const auto page = write_page(table(), sources_.names, filter_, after_, points_in_message, now());
        after_ = page.last;
        in_snapshot_ = page.last.has_value();
        line.send(
            fmt::format("{},\"snapshot\":\"{}\",\"points\":[{}]}}", head_, in_snapshot_ ? "part" : "end", page.json));
        return true;
    }

    bool send_changes(LiveLine& line) {
        std::string points;
        std::size_t count = 0;
        const LivePoint* point = table().first_after(seen_);
        for (; point != nullptr && count < points_in_message; point = point->newer) {
            seen_ = point->change;
            if (write(points, *point)) ++count;
        }
        if (count != 0) line.send(fmt::format("{},\"points\":[{}]}}", head_, points));
        return point != nullptr;
    }

    bool write(std::string& out, const LivePoint& point) const {
        const PointName* name = sources_.names.find(point.address);
        const std::string_view comma = out.empty() ? "" : ",";
        if (!point.is_gone()) {
            if (!filter_.matches(point.address, &point, name, table(), now())) return false;
            out += comma;
            write_point(out, point.address, &point, name, table(), now());
            return true;
        }
        out +=
            fmt::format("{}{{\"casdu\":{},\"ioa\":{},\"gone\":true}}", comma, point.address.casdu, point.address.ioa);
        return true;
    }

    const PointTable& table() const { return sources_.points.table(); }
    UtcTime now() const { return sources_.store.loop().utc_now(); }

    TopicSources sources_;
    PointFilter filter_;
    std::string head_;
    std::uint64_t seen_;
    std::optional<store::ImageAddress> after_;
    std::optional<bool> current_;
    bool in_snapshot_ = true;
};

}  // namespace

std::unique_ptr<Topic> make_points_topic(const TopicSources& sources, const TopicWish& wish) {
    return std::make_unique<PointsTopic>(sources, wish);
}

}  // namespace busbar::manage
