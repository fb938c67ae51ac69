#include "store/image_suspects.hpp"

#include <algorithm>

namespace busbar::store {

static_assert(ImageSuspects::longest_wait <= std::chrono::milliseconds{500});
static_assert(ImageSuspects::poll_every <= std::chrono::milliseconds{500});

void ImageSuspects::set_told(ImageAddress address, TimePoint now) {
    if (fresh_.size() == max_keys) return look_at_all(now + settle);
    ++told_of(address, now).sets;
}

void ImageSuspects::entry_seen(ImageAddress address, TimePoint now) {
    if (fresh_.size() < max_keys) ++told_of(address, now).entries;
}

ImageSuspects::Told& ImageSuspects::told_of(ImageAddress address, TimePoint now) {
    if (!step_due_) step_due_ = now + settle;
    const auto settled = settled_.find(address);
    return settled != settled_.end() ? settled->second : fresh_[address];
}

void ImageSuspects::look_at_all(TimePoint when) {
    all_due_ = all_due_ ? std::min(*all_due_, when) : when;
    fresh_.clear();
    settled_.clear();
    step_due_.reset();
}

void ImageSuspects::poll(TimePoint now) { look_at_all(std::max(all_began_ + poll_every, now + poll_rest)); }

std::optional<ImageSuspects::Work> ImageSuspects::take_due(TimePoint now) {
    if (all_due_ && now >= *all_due_) {
        clear();  // what was SET before is read now
        all_began_ = now;
        return Work{.all = true, .addresses = {}};
    }
    if (!step_due_ || now < *step_due_) return std::nullopt;
    Work work{.all = false, .addresses = take_settled()};
    step_due_.reset();
    if (!settled_.empty()) step_due_ = now + settle;
    if (work.addresses.empty()) return std::nullopt;
    return work;
}

/// Only keys whose entries have had time to come. If there are few, all of them; if a line is busy, those that had more
/// SETs than entries.
std::vector<ImageAddress> ImageSuspects::take_settled() {
    std::vector<ImageAddress> addresses;
    const bool few = settled_.size() <= few_keys;
    for (const auto& [address, told] : settled_)
        if (told.sets > (few ? 0 : told.entries)) addresses.push_back(address);
    settled_.clear();
    settled_.swap(fresh_);
    return addresses;
}

std::optional<TimePoint> ImageSuspects::next_deadline() const {
    if (!all_due_ || !step_due_) return all_due_ ? all_due_ : step_due_;
    return std::min(*all_due_, *step_due_);
}

void ImageSuspects::clear() {
    fresh_.clear();
    settled_.clear();
    step_due_.reset();
    all_due_.reset();
}

}  // namespace busbar::store
