#include "manage/live/live_points.hpp"

#include <utility>

namespace busbar::manage {

LivePoints::LivePoints(store::Store& store)
    : StorePart(store),
      loader_(store),
      reader_(store.loop(), store.options(), {},
              {[this](std::span<const store::StreamEntry> entries) { take(entries); },
               [this](const store::Gap& gap) { missed(gap); },
               [this](const std::string& reason) { following(reason.empty()); }}),
      timer_(store.loop()),
      again_timer_(store.loop()) {
    follow();
}

void LivePoints::connected() { load(); }

void LivePoints::disconnected(const std::string&) {
    loaded_ = false;
    loader_.cancel();
    timer_.cancel();
    again_timer_.cancel();
}

/// The reader has a connection of its own, which may come back after the other.
void LivePoints::following(bool now) {
    const bool is_back = now && !following_;
    following_ = now;
    if (is_back && !loader_.is_loading()) load();
}

/// From the stream's present end; what was before it is in the image.
void LivePoints::follow() {
    loaded_ = false;
    reader_.start_at_end([this](store::StreamId) {
        following_ = true;
        load();
    });
}

void LivePoints::missed(const store::Gap& gap) {
    follow();
    if (gaps_) gaps_(gap);
}

void LivePoints::take(std::span<const store::StreamEntry> entries) {
    for (const store::StreamEntry& entry : entries) {
        if (!entry.fault.empty()) continue;
        const UtcTime added{std::chrono::milliseconds{entry.id.milliseconds}};
        table_.take(entry.address, entry.data, entry.source, added);
    }
    if (entries_) entries_(entries);
}

void LivePoints::load() {
    timer_.after(look_every, [this] { load(); });
    if (!store_.is_connected() || !following_) return;
    changed_by_load_.clear();
    table_.begin_load();
    loader_.load_all(
        [this](store::ImageAddress address, std::optional<std::string_view> json) {
            if (table_.take_loaded(address, json, store_.loop().utc_now())) changed_by_load_.push_back(address);
        },
        [this](const std::string& error) {
            if (error.empty()) loaded();
        });
}

void LivePoints::loaded() {
    table_.end_load();
    loaded_ = true;
    if (!changed_by_load_.empty()) again_timer_.after(look_again_after, [this] { look_again(); });
}

void LivePoints::look_again() {
    if (loader_.is_loading()) return;
    table_.begin_load();
    loader_.load(
        std::exchange(changed_by_load_, {}),
        [this](store::ImageAddress address, std::optional<std::string_view> json) {
            table_.take_loaded(address, json, store_.loop().utc_now());
        },
        [](const std::string&) {});
}

}  // namespace busbar::manage
