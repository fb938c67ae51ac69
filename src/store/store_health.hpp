#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "net/timer.hpp"
#include "store/store.hpp"

namespace busbar::store {

/// Whether the store takes what is written. "The store is back" means that a test write succeeded: an empty SETRANGE on
/// the connector's lease key, which the store refuses whenever it refuses writes (memory, disk, replica, loading) and
/// which changes nothing, and an XTRIM of the updates stream that trims nothing but fails if it is no stream.
/// Asked every second; down at once when the connection goes, when a write of anybody failed (report_error), and when
/// there is no answer for `stall_limit`.
class StoreHealth : StorePart {
public:
    static constexpr Duration probe_every = std::chrono::seconds{1};
    static constexpr Duration probe_when_down = std::chrono::milliseconds{250};
    static constexpr Duration stall_limit = std::chrono::seconds{3};

    struct Handlers {
        std::function<void()> up;                             // a test write succeeded
        std::function<void(const std::string& reason)> down;  // also when the reason changes
    };

    /// `updates_stream` empty: only the lease key is tried.
    StoreHealth(Store& store, std::string_view id, std::string updates_stream, Handlers handlers);

    void start();
    bool is_up() const { return up_; }
    /// Down, and not only because the first attempt to connect has not ended yet.
    bool is_known_down() const { return !up_ && told_ && reason_ != not_connected_yet; }
    /// Empty while up.
    const std::string& reason() const { return reason_; }
    /// Somebody's write failed as a whole: down until a test write succeeds.
    void report_error(const std::string& reason);
    /// The updates stream to try from now on.
    void use_stream(std::string updates_stream) { updates_stream_ = std::move(updates_stream); }

private:
    void connected() override;
    void disconnected(const std::string& reason) override;
    void probe();
    void answered(const Batch& batch, bool in_time);
    void go_down(const std::string& reason);

    std::string lease_key_, updates_stream_;
    Handlers handlers_;
    net::Timer timer_, stall_timer_;
    bool started_ = false, up_ = false, outstanding_ = false;
    bool doubted_ = false;  // a write failed after the probe under way was sent
    bool told_ = false;     // `down` was called at least once
    std::string reason_{not_connected_yet};
};

}  // namespace busbar::store
