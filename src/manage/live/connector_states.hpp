#pragma once

#include <map>
#include <string>
#include <vector>

#include "net/timer.hpp"
#include "store/store.hpp"

namespace busbar::manage {

/// What connectors say of themselves in `connectors:{ID}:status`, read every second.
class ConnectorStates : store::StorePart {
public:
    using Fields = std::map<std::string, std::string, std::less<>>;
    static constexpr Duration look_every = std::chrono::seconds{1};
    /// A heartbeat older than this: the connector is lost, whatever its state says (store contract).
    static constexpr std::chrono::milliseconds lost_after{10'000};

    explicit ConnectorStates(store::Store& store);

    void watch(std::vector<std::string> ids);
    const std::vector<std::string>& ids() const { return ids_; }
    /// Empty: nothing is known of it.
    const Fields& fields(std::string_view id) const;
    /// "Running", …; "Lost" without a heartbeat; "Unknown" while the store is away; "" if it never said anything.
    std::string state(std::string_view id) const;

private:
    void look();

    net::Timer timer_;
    std::vector<std::string> ids_;
    std::map<std::string, Fields, std::less<>> known_;
};

}  // namespace busbar::manage
