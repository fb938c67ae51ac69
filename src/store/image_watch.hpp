#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

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
    ImageWatch(Store& store, Subscriptions& subscriptions, std::string holder, UpdatesOptions stream,
               Handlers handlers);
    ~ImageWatch() override;

    /// From when the owner's projection is complete.
    void start();
    void stop();

    /// The owner saw an entry of the stream, whoever wrote it: a SET that follows it is most likely not foreign. Cheap.
    void entry_seen(ImageAddress address, std::string_view source);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace busbar::store
