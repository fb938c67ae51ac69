#pragma once

#include <array>
#include <string>
#include <string_view>

#include "net/timer.hpp"
#include "store/store.hpp"

namespace busbar::store {

/// The channels `connectors:{ID}:trace` and `:log`. Whether somebody listens is looked at every second; what is
/// published is dropped, not queued, while the store does not take it.
class Publisher : StorePart {
public:
    enum Channel : std::uint8_t { trace, log };
    static constexpr Duration look_every = std::chrono::seconds{1};
    static constexpr std::size_t max_pending_octets = std::size_t{1} << 20;

    Publisher(Store& store, std::string_view id);

    void start();
    /// Somebody listens. To be asked before the text is made, unless it is to go out in any case.
    bool wanted(Channel channel) const { return listeners_[channel] > 0; }
    void publish(Channel channel, std::string_view text);

private:
    void connected() override;
    void disconnected(const std::string& reason) override;
    void look();

    std::array<std::string, 2> channels_;
    std::array<std::int64_t, 2> listeners_{};
    net::Timer timer_;
};

}  // namespace busbar::store
