#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "net/timer.hpp"
#include "store/store.hpp"

namespace busbar::manage {

/// Asks connectors over `connectors:{ID}:requests` and waits for what they say in `:replies`.
class ConnectorCalls : store::StorePart {
public:
    static constexpr Duration longest_wait = std::chrono::seconds{10};
    static constexpr Duration look_every = std::chrono::milliseconds{50};
    static constexpr std::size_t requests_kept = 1000;
    static constexpr std::size_t max_waiting = 1000;

    /// Exactly once. `data` is the connector's JSON; an error: nobody answered, or the store is away.
    using Answer = std::function<void(const Result<std::string>& data)>;

    explicit ConnectorCalls(store::Store& store);

    void ask(std::string_view connector, std::string_view action, std::string_view data, Answer answer);

private:
    struct Waiting {
        std::string connector, after;  // replies of this connector after this entry
        TimePoint until;
        Answer answer;
        bool added = false;
        bool looking = false;
    };

    void look();
    void look_for(const std::string& id, Waiting& waiting);
    void finish(const std::string& id, const Result<std::string>& data);

    net::Timer timer_;
    std::map<std::string, Waiting> waiting_;  // by the request's id
    std::uint64_t asked_ = 0;
    std::string prefix_;  // of this process's ids
};

}  // namespace busbar::manage
