#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "manage/live/point_table.hpp"
#include "net/timer.hpp"
#include "store/image_loader.hpp"
#include "store/stream_reader.hpp"

namespace busbar::manage {

/// Keeps the table of points right: the image at each connection to the store, then the stream; the image again after a
/// gap and every half a minute, because anybody may SET a key and nobody has to tell.
class LivePoints : store::StorePart {
public:
    static constexpr Duration look_every = std::chrono::seconds{30};
    /// What a load has changed is looked at once more after this time: a writer adds to the stream first and sets the
    /// key then, and a look between the two finds the value before.
    static constexpr Duration look_again_after = std::chrono::seconds{1};

    explicit LivePoints(store::Store& store);

    const PointTable& table() const { return table_; }
    /// The table has what the store has now. Otherwise it has what was last heard.
    bool is_current() const { return store_.is_connected() && loaded_ && following_; }
    /// Called with the entries of the stream after the table has them.
    void on_entries(std::function<void(std::span<const store::StreamEntry>)> handler) { entries_ = std::move(handler); }
    /// Called when entries may have been missed; the next are those that come from now on.
    void on_gap(std::function<void(const store::Gap&)> handler) { gaps_ = std::move(handler); }

private:
    void connected() override;
    void disconnected(const std::string& reason) override;
    void follow();
    void missed(const store::Gap& gap);
    void following(bool now);
    void take(std::span<const store::StreamEntry> entries);
    void load();
    void loaded();
    void look_again();

    PointTable table_;
    store::ImageLoader loader_;
    store::StreamReader reader_;
    net::Timer timer_, again_timer_;
    std::function<void(std::span<const store::StreamEntry>)> entries_;
    std::function<void(const store::Gap&)> gaps_;
    std::vector<store::ImageAddress> changed_by_load_;
    bool following_ = false, loaded_ = false;
};

}  // namespace busbar::manage
