#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "store/store.hpp"

namespace busbar::store {

/// How much of what the store has confirmed survives: shown to the user in status and pages.
enum class Durability : std::uint8_t {
    unknown,     // the store does not say
    memory,      // something that was confirmed is lost if the store's machine goes
    disk,        // on the disk before it is confirmed (append-only file, appendfsync always)
    replicated,  // disk or not, at least one replica follows closely, or nothing is taken (min-replicas-to-write)
};
std::string_view to_string(Durability durability);

struct DurabilityReport {
    Durability durability = Durability::unknown;
    std::string detail;  // "append-only file, written through every second: the last second can be lost"
};

/// The store's settings that decide it, as CONFIG GET and INFO give them.
struct DurabilitySettings {
    std::string_view appendonly, appendfsync, min_replicas_to_write;
    std::int64_t connected_replicas = -1;
};
DurabilityReport judge(const DurabilitySettings& settings);

void find_durability(Store& store, std::function<void(const DurabilityReport&)> handler);

}  // namespace busbar::store
