#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "net/timer.hpp"
#include "store/store.hpp"

namespace busbar::store {

enum class ConnectorState : std::uint8_t { starting, running, error, stopped };
/// "Starting", "Running", "Error", "Stopped".
std::string_view to_string(ConnectorState state);

/// The hash `connectors:{ID}:status`: fields that changed are written together after 100 ms, the heartbeat every 2 s.
/// The fields live here: after the store's return, and when the hash was deleted, all of them are written again.
class StatusWriter : StorePart {
public:
    static constexpr Duration write_delay = std::chrono::milliseconds{100};
    static constexpr Duration heartbeat_every = std::chrono::seconds{2};

    StatusWriter(Store& store, std::string_view id, std::string_view version);

    /// From now on the status is written; before (a standby) it is only kept.
    void start();
    /// Silent again, as a standby.
    void pause();
    /// Writes what is due at once and ends the heartbeat; `done` when the store has answered or cannot be asked.
    void finish(std::function<void()> done);

    /// `since` is the time of the last change of state. Starting until the first call.
    void set_state(ConnectorState state, std::string_view detail);
    ConnectorState state() const { return state_; }
    void set(std::string_view field, std::string_view value);
    void set(std::string_view field, std::int64_t value);
    void remove(std::string_view field);
    /// What it was set to last; nothing: never, or removed.
    std::optional<std::string_view> value(std::string_view field) const;

private:
    struct Field {
        std::optional<std::string> value;  // nothing: removed
        bool dirty = true;
        bool stored = false;
    };

    void connected() override;
    void mark_all();
    void schedule();
    void write(std::function<void()> done);
    void written(const Reply& reply, std::int64_t new_fields);

    std::string key_;
    ConnectorState state_ = ConnectorState::starting;
    std::map<std::string, Field, std::less<>> fields_;
    bool heartbeat_stored_ = false;
    bool started_ = false;
    net::Timer write_timer_, heartbeat_timer_;
};

}  // namespace busbar::store
