#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connector/iec104_client/point_maker.hpp"
#include "net/event_loop.hpp"
#include "store/updates_writer.hpp"

namespace busbar::connector {

/// Whether this connector may feed a station (`process:owner:{CASDU}`).
enum class Ownership : std::uint8_t { ours, asking, elsewhere };

/// The data path of a client connector: what a line says goes into the store, and a frame is acknowledged when the
/// store has answered for everything in it (rule 1). Frames of a station whose ownership is still being asked for wait,
/// in order, with everything behind them; the line is paused meanwhile.
class Feed {
public:
    struct Owner {
        std::function<Ownership(std::uint16_t casdu)> ownership;
        /// Everything up to frame `number` of this connection is safe.
        std::function<void(std::uint64_t number, std::uint64_t connection)> keep;
        std::function<void(bool paused)> pause_reading;
        /// A commit failed: nothing of this connection will be kept any more.
        std::function<void(const std::string& reason)> on_store_failed;
        std::function<void(store::ImageAddress address, std::string_view why)> on_point_refused;
        std::function<void(std::uint16_t remote)> on_unlisted_station;
    };

    Feed(net::EventLoop& loop, store::UpdatesWriter& writer, iec60870::AsduFormat format, PointMaker maker,
         Owner owner);

    /// A new connection: forgets what waits of the one before.
    void begin(std::uint64_t connection);
    /// An ASDU of process information, or (without objects for the store) one that only has to be kept in its turn.
    void take(const iec60870::AsduView& asdu, std::uint64_t number);
    void pass(std::uint64_t number);
    /// The end of what one read brought: what was taken goes to the store.
    void commit();
    /// The stream has become full, or has room again.
    void room_changed() { update_pause(); }
    /// An ownership was decided.
    void ownership_changed();
    void configure(iec60870::AsduFormat format, PointMaker maker);
    /// The image was changed behind the line's back: no interrogated value counts as unchanged any more.
    void forget() { maker_.forget(); }

    /// A commit of the running connection failed: it must be made anew so that the station repeats.
    bool is_broken() const { return broken_; }
    const PointMaker& maker() const { return maker_; }
    std::uint64_t committed() const { return committed_; }
    std::uint64_t dropped_elsewhere() const { return dropped_; }

private:
    struct Waiting {
        OctetBuffer asdu;  // empty: only to be kept in its turn
        std::uint64_t number;
    };
    struct Sent {
        std::uint64_t number, connection;
        std::vector<store::ImageAddress> points;  // to name those that the store refuses
    };
    /// False: its ownership is not decided.
    bool store(const iec60870::AsduView& asdu);
    void append(const point::Point& point, bool image);
    void take_waiting();
    void answered(const store::Commit& commit, const Sent& sent);
    void update_pause();

    net::EventLoop& loop_;
    store::UpdatesWriter& writer_;
    iec60870::AsduFormat format_;
    PointMaker maker_;
    Owner owner_;
    std::vector<store::ImageAddress> batch_;
    std::vector<char> text_;
    std::deque<Waiting> waiting_;
    std::uint64_t connection_ = 0, last_number_ = 0, committed_ = 0, dropped_ = 0;
    bool broken_ = false, paused_ = false;
    std::shared_ptr<const char> alive_ = std::make_shared<const char>();  // the writer outlives the feed
};

}  // namespace busbar::connector
