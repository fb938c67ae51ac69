#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/timer.hpp"
#include "store/image_loader.hpp"
#include "store/image_suspects.hpp"
#include "store/lease.hpp"
#include "store/subscriptions.hpp"
#include "store/updates_writer.hpp"

namespace busbar::store {

/// "A SET is a state, not an event": the holder of `process:image-watch` makes one stream entry (source `image`) of
/// each image key that somebody has SET to what the stream does not say, within 1 s. SETs are told by keyspace
/// notification; after every lost subscription, and all the time where notifications are not permitted, the whole image
/// is read. Values in between may be lost, the last one is not.
class ImageWatch : StorePart {
public:
    struct Handlers {
        /// True if `json` is not what the owner's projection of the stream has for this address, it is a point, and its
        /// source is no live connector: then it becomes a stream entry. The owner reports texts that are no points.
        std::function<bool(ImageAddress, std::string_view json)> is_foreign;
        /// How it watches, for the log: "keyspace notifications", "looking every …: {reason}", "standby: {holder}".
        std::function<void(const std::string& how)> state = {};
    };

    /// `holder` of the lease: the instance of this connector. `stream` as in UpdatesOptions (its source is `image`).
    ImageWatch(Store& store, std::string holder, UpdatesOptions stream, Handlers handlers);

    /// From when the owner's projection is complete.
    void start();
    void stop();

    /// The owner saw an entry of the stream: it explains one SET of that key. Cheap.
    void entry_seen(ImageAddress address, std::string_view source);

private:
    static constexpr Duration retry_after_error = std::chrono::seconds{1};

    void connected() override;
    void begin();
    void end(const std::string& reason);
    void listen();
    void subscribe();
    void set_told(std::string_view channel, std::string_view event);
    void look_at_all_soon();
    void look_again();
    void schedule();
    void step();
    void take(ImageSuspects::Work work);
    void compare(ImageAddress address, std::optional<std::string_view> json);
    void compared(const std::string& error);
    void tell(const std::string& how);

    Handlers handlers_;
    Lease lease_;
    UpdatesWriter writer_;
    ImageLoader loader_;
    std::unique_ptr<Subscriptions> subscriptions_;  // of its own: while it watches, it hears of every SET there is
    Subscriptions::Handle subscription_;
    net::Timer timer_;
    ImageSuspects suspects_;
    TimePoint timer_due_{};
    bool active_ = false, polling_ = false;
    std::string told_;
};

}  // namespace busbar::store
