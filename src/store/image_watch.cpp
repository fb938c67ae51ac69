#include "store/image_watch.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "store/keyspace_events.hpp"

namespace busbar::store {

namespace {

constexpr std::string_view image_source = "image";

UpdatesOptions with_source(UpdatesOptions options) {
    options.source = image_source;
    return options;
}

bool leaves_a_value(std::string_view event) {
    constexpr std::array others{std::string_view{"del"},     std::string_view{"expired"},
                                std::string_view{"evicted"}, std::string_view{"expire"},
                                std::string_view{"persist"}, std::string_view{"rename_from"}};
    return std::ranges::find(others, event) == others.end();
}

}  // namespace

ImageWatch::ImageWatch(Store& store, std::string holder, UpdatesOptions stream, Handlers handlers)
    : StorePart(store),
      handlers_(std::move(handlers)),
      lease_(
          store, std::string{keys::image_watch}, std::move(holder),
          {.gained = [this](std::uint64_t) { begin(); }, .lost = [this](const std::string& reason) { end(reason); }}),
      writer_(store, with_source(std::move(stream))),
      loader_(store),
      timer_(store.loop()) {}

void ImageWatch::start() {
    writer_.start();
    lease_.start();
}

void ImageWatch::stop() {
    lease_.release();
    end("stopped");
}

void ImageWatch::begin() {
    if (std::exchange(active_, true)) return;  // held under a new epoch
    listen();
}

void ImageWatch::end(const std::string& reason) {
    active_ = polling_ = false;
    all_due_.reset();
    subscription_.reset();
    subscriptions_.reset();
    loader_.cancel();
    timer_.cancel();
    fresh_.clear();
    settled_.clear();
    tell("standby: " + reason);
}

/// A store that was started again may have forgotten that it tells SETs.
void ImageWatch::connected() {
    if (!active_) return;
    listen();
    look_at_all(Duration::zero());
}

/// Listens for SETs, or looks by itself if the store does not tell them.
void ImageWatch::listen() {
    enable_keyspace_events(store_, guarded([this](const std::string& reason) {
                               if (!active_) return;
                               polling_ = !reason.empty();
                               if (!polling_) return subscribe();
                               tell("looking at the whole image again and again: " + reason);
                               look_at_all(Duration::zero());
                           }));
}

void ImageWatch::subscribe() {
    if (subscriptions_) return;
    subscriptions_ = std::make_unique<Subscriptions>(store_.loop(), store_.options());
    subscription_ = subscriptions_->pattern(
        keyspace_channel(keys::image_pattern),
        {.message = [this](std::string_view channel, std::string_view event) { set_told(channel, event); },
         .listening =
             [this] {
                 tell("keyspace notifications");
                 look_at_all(Duration::zero());  // at what was SET while nobody listened
             },
         .deaf = [this](const std::string& reason) { tell("no keyspace notifications: " + reason); }});
}

void ImageWatch::set_told(std::string_view channel, std::string_view event) {
    const auto address = leaves_a_value(event) ? parse_image_key(keyspace_key(channel)) : std::nullopt;
    if (!address) return;
    if (fresh_.size() == max_keys) return look_at_all(Duration::zero());
    ++told_of(*address).sets;
    schedule();
}

void ImageWatch::entry_seen(ImageAddress address, std::string_view source) {
    if (!subscriptions_ || source == image_source) return;
    if (fresh_.size() < max_keys) ++told_of(address).entries;
    schedule();
}

ImageWatch::Told& ImageWatch::told_of(ImageAddress address) {
    const auto settled = settled_.find(address);
    return settled != settled_.end() ? settled->second : fresh_[address];
}

void ImageWatch::look_at_all(Duration after) {
    const auto due = store_.loop().now() + after;
    all_due_ = all_due_ ? std::min(*all_due_, due) : due;
    fresh_.clear();
    settled_.clear();
    schedule();
}

void ImageWatch::schedule() {
    if (active_ && !timer_.is_running()) timer_.after(settle, guarded([this] { step(); }));
}

void ImageWatch::step() {
    if (loader_.is_loading()) return schedule();
    if (all_due_ && store_.loop().now() >= *all_due_) {
        compare_all();
    } else {
        compare_suspects();
    }
    if (all_due_ || !fresh_.empty() || !settled_.empty()) schedule();
}

void ImageWatch::compare_all() {
    all_due_.reset();
    fresh_.clear();  // what was SET before is read now
    settled_.clear();
    loader_.load_all([this](ImageAddress address, auto json) { compare(address, json); },
                     [this](const std::string& error) { compared(error); });
}

/// Only keys whose entries have had time to come. If there are few, all of them; if a line is busy, those that had more
/// SETs than entries.
void ImageWatch::compare_suspects() {
    std::vector<ImageAddress> addresses;
    const bool few = settled_.size() <= few_keys;
    for (const auto& [address, told] : settled_)
        if (told.sets > (few ? 0 : told.entries)) addresses.push_back(address);
    settled_.clear();
    settled_.swap(fresh_);
    if (addresses.empty()) return;
    loader_.load(
        std::move(addresses), [this](ImageAddress address, auto json) { compare(address, json); },
        [this](const std::string& error) { compared(error); });
}

void ImageWatch::compare(ImageAddress address, std::optional<std::string_view> json) {
    if (json && lease_.held() && handlers_.is_foreign(address, *json)) writer_.append_entry(address, *json);
}

void ImageWatch::compared(const std::string& error) {
    writer_.commit(guarded([this](const Commit& commit) {
        if (!commit.stored && active_) look_at_all(retry_after_error);
    }));
    if (!error.empty()) return look_at_all(retry_after_error);
    if (polling_) look_at_all(poll_every);
}

void ImageWatch::tell(const std::string& how) {
    if (std::exchange(told_, how) == how) return;
    if (handlers_.state) handlers_.state(how);
}

}  // namespace busbar::store
