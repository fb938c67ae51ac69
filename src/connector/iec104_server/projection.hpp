#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "connector/iec104_server/timeline.hpp"
#include "connector/iec104_server/update_maker.hpp"
#include "net/event_loop.hpp"
#include "net/timer.hpp"
#include "store/image_loader.hpp"
#include "store/stream_reader.hpp"

namespace busbar::connector {

/// Keeps the controlled station's image equal to the store's and makes events of the stream's entries. At the start:
/// note the stream's end, read the image, apply the entries after the end noted; then follow the stream.
class Projection {
public:
    struct Owner {
        /// The image is complete and as new as the stream: control rooms may be served. Also after a reload.
        std::function<void()> on_ready;
        /// Updates were applied and flushed.
        std::function<void()> on_flushed;
        /// The stream may have lost entries; the image is being read again.
        std::function<void(const store::Gap& gap)> on_gap;
        /// After on_gap, when the image is true again and before entries follow: groups are to be repaired.
        std::function<void()> on_recovered;
        std::function<void(store::ImageAddress address, std::string_view why, std::string_view data)> on_bad_point;
        std::function<void(const std::string& reason)> on_reader_state;
        /// An entry was taken; what it says goes out with the next flush.
        std::function<void(store::ImageAddress address, std::string_view source, std::string_view data)> on_entry;
    };

    Projection(net::EventLoop& loop, store::Store& store, iec104::ControlledStation& station, Timeline& timeline,
               UpdateMaker maker, std::string stream, Owner owner);

    void start();
    /// Another mapping or option: the image is read anew with it; events go on in their order.
    void use(UpdateMaker maker);

    /// A source has gone or is back: its points go out again, with NT or without it.
    void source_changed(const std::string& source);

    /// True if `json` is what the projection knows of this address.
    bool knows(store::ImageAddress address, std::string_view json) const;
    /// Updates for a group that lags, from entries read for it alone.
    std::size_t make_backlog(std::span<const store::StreamEntry> entries, BacklogThinning& thinning,
                             const UpdateMaker::Sink& sink);

    store::StreamId position() const { return reader_.position(); }
    const std::string& history() const { return reader_.history(); }
    bool is_ready() const { return ready_; }
    /// Values of the image may be what entries up to here say; the greatest position while it is being read.
    iec104::Position image_as_new_as() const { return image_as_new_as_; }
    const UpdateMaker& maker() const { return maker_; }
    std::size_t image_keys() const { return known_.size(); }

private:
    void positioned(store::StreamId end);
    void load(store::StreamId end);
    void loaded(const std::string& error);
    void take(std::span<const store::StreamEntry> entries);
    void take_image(store::ImageAddress address, std::string_view json);
    void gap(const store::Gap& gap);
    void go_on_after(store::StreamId hole);
    void look_for_changed();
    void take_changed(store::ImageAddress address, std::string_view json);
    void ready_if_caught_up();
    void set_image_as_new_as(iec104::Position position);
    static std::uint64_t key(store::ImageAddress address) { return std::uint64_t{address.casdu} << 32 | address.ioa; }

    net::EventLoop& loop_;
    store::Store& store_;
    iec104::ControlledStation& station_;
    Timeline& timeline_;
    UpdateMaker maker_;
    std::string stream_;
    Owner owner_;
    store::ImageLoader loader_, changed_loader_;
    std::set<std::string, std::less<>> changed_, changing_;  // sources to look for, and being looked for
    store::StreamReader reader_;
    net::Timer retry_, retry_changed_;
    boost::unordered_flat_map<std::uint64_t, std::uint64_t> known_;  // address -> hash of the newest JSON
    iec104::Position loading_at_, image_as_new_as_;
    store::StreamId catch_up_to_;
    TimePoint load_began_;
    bool ready_ = false, catching_up_ = false, recovering_ = false;
    std::shared_ptr<const char> alive_ = std::make_shared<const char>();
};

}  // namespace busbar::connector
