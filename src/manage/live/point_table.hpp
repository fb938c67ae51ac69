#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "store/keys.hpp"

namespace busbar::manage {

/// The newest value of a point, and what a filter asks of it.
struct LivePoint {
    std::string json;            // as it lies in the store; empty: it is gone
    UtcTime received;            // by a connector; else when it was first seen here
    std::uint64_t change = 0;    // the number of its last change
    LivePoint* older = nullptr;  // in the order of changes
    LivePoint* newer = nullptr;
    store::ImageAddress address;
    std::uint32_t load = 0;  // the last load that found it
    std::uint16_t quality = 0, source = 0;
    std::uint8_t type = 0, cot = 0;
    /// Who else, and what other kind of type, wrote it before; a conflict when that one came again, because one that
    /// was replaced for good is none. 0: nobody, none.
    std::uint16_t other_source = 0;
    std::uint8_t other_type = 0;
    bool sources_conflict = false, types_conflict = false;

    bool is_gone() const { return json.empty(); }
    bool has_conflict() const { return sources_conflict || types_conflict; }
};

/// The points of the store as this process sees them, in the order of their addresses and in that of their changes. Who
/// wants to hear of changes remembers the number of the last one he was told and asks for what came after it: a point
/// that changed many times meanwhile comes once, and nothing is kept for him. Pure.
class PointTable {
public:
    using Points = std::map<store::ImageAddress, LivePoint>;
    static constexpr std::size_t most = 1'000'000;
    static constexpr std::size_t most_sources = 4096;

    /// From the stream. A text that is no point changes nothing. True: something changed.
    bool take(store::ImageAddress address, std::string_view json, std::string_view source, UtcTime seen);

    /// Between begin_load and end_load comes what lies in the store; it counts only where no entry of the stream came
    /// since. What did not come is gone.
    void begin_load();
    bool take_loaded(store::ImageAddress address, std::optional<std::string_view> json, UtcTime seen);
    void end_load();

    /// Also those that are gone, until the load after the next.
    const Points& points() const { return points_; }
    /// Nothing if it is gone.
    const LivePoint* find(store::ImageAddress address) const;
    std::size_t size() const { return points_.size() - gone_; }
    /// Points that found no room.
    std::uint64_t left_out() const { return left_out_; }

    std::uint64_t last_change() const { return changes_; }
    /// The one that changed first after change `number`; follow `newer`. Found at once, however long ago that was.
    const LivePoint* first_after(std::uint64_t number) const;

    std::string_view source_name(std::uint16_t source) const { return sources_[source]; }
    /// Nothing: no point has it.
    std::optional<std::uint16_t> source_named(std::string_view name) const;

private:
    /// A place in the order of changes is found by the first of each so many.
    static constexpr std::uint64_t block = 64;

    LivePoint* place(store::ImageAddress address);
    void mark_changed(LivePoint& point);
    void take_out(LivePoint& point);
    void lose(LivePoint& point);
    static void note_writer(LivePoint& point, std::uint16_t source, std::uint8_t type);
    std::uint16_t number_of(std::string_view source);

    Points points_;
    std::vector<std::string> sources_{std::string{}};
    std::map<std::string, std::uint16_t, std::less<>> source_numbers_{{std::string{}, 0}};
    LivePoint* oldest_ = nullptr;
    LivePoint* newest_ = nullptr;
    std::map<std::uint64_t, const LivePoint*> blocks_;  // the oldest of those whose change / block is this
    std::uint64_t changes_ = 0, changes_at_load_ = 0, changes_at_load_before_ = 0, left_out_ = 0;
    std::size_t gone_ = 0;
    std::uint32_t load_ = 0;
};

}  // namespace busbar::manage
