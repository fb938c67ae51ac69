#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "store/durability.hpp"
#include "store/store.hpp"
#include "store/stream_id.hpp"

namespace busbar::store {

/// What `busbar store health` shows of a store.
struct StoreReport {
    std::string error;   // not empty: the store did not answer; the rest is empty
    std::string server;  // "redis 7.0.15", "valkey 8.0.1"
    std::int64_t uptime_s = 0, used_memory = 0, max_memory = 0, clients = 0, keys = 0;
    std::string eviction_policy, role, history;
    DurabilityReport durability;
    std::string keyspace_events;
    struct Stream {
        std::string key;
        bool present = false;
        std::int64_t length = 0;
        StreamId last;
    };
    std::vector<Stream> streams;  // of the contract's process:* streams
    struct Connector {
        std::string id, state, detail;
        std::int64_t heartbeat_ms = 0;
    };
    std::vector<Connector> connectors;
};

void read_report(Store& store, std::function<void(const StoreReport&)> handler);

}  // namespace busbar::store
