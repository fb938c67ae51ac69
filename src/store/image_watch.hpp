#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "net/timer.hpp"
#include "store/image_loader.hpp"
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
    static constexpr Duration settle = std::chrono::milliseconds{250};
    static constexpr Duration poll_every = std::chrono::milliseconds{500};
    static constexpr Duration retry_after_error = std::chrono::seconds{1};
    /// More keys at a time are compared only if they had more SETs than entries.
    static constexpr std::size_t few_keys = 2000;
    static constexpr std::size_t max_keys = 200'000;  // beyond: the whole image is read instead

    struct Hash {
        std::size_t operator()(ImageAddress address) const {
            return std::hash<std::uint64_t>{}(std::uint64_t{address.casdu} << 32 | address.ioa);
        }
    };
    struct Told {
        std::int32_t sets = 0, entries = 0;
    };
    using Suspects = std::unordered_map<ImageAddress, Told, Hash>;

    void connected() override;
    void begin();
    void end(const std::string& reason);
    void listen();
    void subscribe();
    void set_told(std::string_view channel, std::string_view event);
    Told& told_of(ImageAddress address);
    void look_at_all(Duration after);
    void schedule();
    void step();
    void compare_all();
    void compare_suspects();
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
    Suspects fresh_, settled_;  // keys that were SET or had an entry since the last step, and before
    bool active_ = false, polling_ = false;
    std::optional<TimePoint> all_due_;
    std::string told_;
};

}  // namespace busbar::store
