#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "store/durability.hpp"
#include "store/store.hpp"
#include "store/stream_facts.hpp"

namespace busbar::store {

/// What `busbar store health` shows of a store.
struct StoreReport {
    struct Stream {
        std::string key;
        StreamFacts facts;
    };
    struct Connector {
        std::string id, state, detail, version;
        std::int64_t heartbeat_ms = 0;
    };

    std::string error;   // not empty: the store did not answer, and the rest says nothing
    std::string server;  // "redis 7.0.15", "valkey 8.0.1"
    std::string role, history, eviction_policy;
    std::int64_t uptime_s = 0, used_memory = 0, max_memory = 0, clients = 0, keys = 0;
    DurabilityReport durability;
    std::vector<Stream> streams;  // process:updates and its sisters
    std::vector<Connector> connectors;
};

/// The handler is called once, later.
void read_report(Store& store, std::function<void(const StoreReport&)> handler);

}  // namespace busbar::store
