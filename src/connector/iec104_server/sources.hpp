#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "net/timer.hpp"
#include "store/store.hpp"

namespace busbar::connector {

/// Who writes the points: which writers are connectors (they have a status key), and which of those have gone -
/// Stopped, or without a new heartbeat for 10 s by this machine's monotonic clock, so that no clock of another host
/// counts. Writers without a status key are not judged.
class Sources : store::StorePart {
public:
    static constexpr Duration silence = std::chrono::seconds{10};
    static constexpr std::size_t most = 1000;  // further ones are not judged

    /// `changed`: a connector has gone, or is back.
    Sources(store::Store& store, std::function<void(const std::string& source, bool gone)> changed);

    void start();
    void stop();
    /// A point of this writer was read. Cheap for the same as before.
    void seen(std::string_view source);
    /// It has just written an entry: whoever writes is there.
    void wrote(std::string_view source);
    /// A connector that writes its own entries: a SET of it is no foreign one. True until it was looked at.
    bool is_live_connector(std::string_view source) const;
    bool has_gone(std::string_view source) const { return gone_ > 0 && find(source, State::gone); }

private:
    static constexpr Duration look_every = std::chrono::seconds{2};
    enum class State { not_looked_at, no_connector, live, gone };
    struct Source {
        State state = State::not_looked_at;
        std::string heartbeat;
        TimePoint since{};  // of the heartbeat
    };

    void connected() override;
    void look();
    void told(const std::string& name, const store::Reply& reply);
    void set_state(const std::string& name, Source& source, State state);
    bool find(std::string_view source, State state) const;

    std::function<void(const std::string& source, bool gone)> changed_;
    net::Timer timer_;
    std::map<std::string, Source, std::less<>> sources_;
    std::string last_seen_;
    std::size_t gone_ = 0;
};

}  // namespace busbar::connector
