#include "store/image_watch.hpp"

#include <algorithm>
#include <array>
#include <utility>

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
    subscription_.reset();
    subscriptions_.reset();
    loader_.cancel();
    timer_.cancel();
    suspects_.clear();
    tell("standby: " + reason);
}

/// A store that was started again may have forgotten that it tells SETs.
void ImageWatch::connected() {
    if (!active_) return;
    listen();
    look_at_all_soon();
}

/// Listens for SETs, or looks by itself if the store does not tell them.
void ImageWatch::listen() {
    enable_keyspace_events(store_, guarded([this](const std::string& reason) {
                               if (!active_) return;
                               polling_ = !reason.empty();
                               if (!polling_) return subscribe();
                               tell("looking at the whole image again and again: " + reason);
                               look_at_all_soon();
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
                 look_at_all_soon();  // at what was SET while nobody listened
             },
         .deaf = [this](const std::string& reason) { tell("no keyspace notifications: " + reason); }});
}

void ImageWatch::set_told(std::string_view channel, std::string_view event) {
    const auto address = leaves_a_value(event) ? parse_image_key(keyspace_key(channel)) : std::nullopt;
    if (!address) return;
    suspects_.set_told(*address, store_.loop().now());
    schedule();
}

void ImageWatch::entry_seen(ImageAddress address, std::string_view source) {
    if (!subscriptions_ || source == image_source) return;
    suspects_.entry_seen(address, store_.loop().now());
    schedule();
}

/// After a while in which the entries that explain what was SET can come.
void ImageWatch::look_at_all_soon() {
    suspects_.look_at_all(store_.loop().now() + ImageSuspects::settle);
    schedule();
}

/// Called for every SET and entry there is, so a timer that runs early enough is left alone.
void ImageWatch::schedule() {
    const auto deadline = suspects_.next_deadline();
    if (!active_ || loader_.is_loading() || !deadline || (timer_.is_running() && timer_due_ <= *deadline)) return;
    timer_due_ = *deadline;
    timer_.at(timer_due_, guarded([this] { step(); }));
}

/// One load at a time: the end of one leads on to the next.
void ImageWatch::step() {
    if (loader_.is_loading()) return;
    if (auto work = suspects_.take_due(store_.loop().now())) take(std::move(*work));
    schedule();
}

void ImageWatch::take(ImageSuspects::Work work) {
    const auto value = [this](ImageAddress address, auto json) { compare(address, json); };
    const auto done = [this](const std::string& error) { compared(error); };
    if (work.all) return loader_.load_all(value, done);
    loader_.load(std::move(work.addresses), value, done);
}

void ImageWatch::compare(ImageAddress address, std::optional<std::string_view> json) {
    if (json && lease_.held() && handlers_.is_foreign(address, *json)) writer_.append_entry(address, *json);
}

void ImageWatch::compared(const std::string& error) {
    writer_.commit(guarded([this](const Commit& commit) {
        if (!commit.stored && active_) look_again();
    }));
    if (!error.empty()) return look_again();
    if (polling_) suspects_.poll(store_.loop().now());
    schedule();
}

void ImageWatch::look_again() {
    suspects_.look_at_all(store_.loop().now() + retry_after_error);
    schedule();
}

void ImageWatch::tell(const std::string& how) {
    if (std::exchange(told_, how) == how) return;
    if (handlers_.state) handlers_.state(how);
}

}  // namespace busbar::store
