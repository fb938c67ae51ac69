#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "store/store.hpp"

namespace busbar::store {

/// How much of what the store has confirmed survives: shown to the user in status and pages.
enum class Durability : std::uint8_t {
    unknown,     // the store does not tell
    memory,      // something that was confirmed is lost when the store's machine goes
    disk,        // on the disk before it is confirmed (append-only file, appendfsync always)
    replicated,  // in memory as above, but replicas follow
};
std::string_view to_string(Durability durability);

struct DurabilityReport {
    Durability durability = Durability::unknown;
    std::string detail;  // "append-only file, written through every second: the last second can be lost"
};

/// What decides it, as the store tells it; empty or nothing: it does not.
struct DurabilitySettings {
    std::string appendonly, appendfsync;  // CONFIG GET
    std::optional<bool> aof_enabled;      // INFO persistence
    std::int64_t replicas = 0;            // INFO replication
};
DurabilityReport judge(const DurabilitySettings& settings);

/// The handler is called once, later.
void find_durability(Store& store, std::function<void(const DurabilityReport&)> handler);

}  // namespace busbar::store
