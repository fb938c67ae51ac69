#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "manage/live/connector_book.hpp"

namespace busbar::manage {

/// How long the store keeps updates (`process:updates:retention`); what is missing limits nothing.
struct KeptUpdates {
    std::optional<std::uint64_t> entries = 1'000'000, bytes = std::nullopt;
    std::optional<std::uint64_t> age;  // seconds
    bool operator==(const KeptUpdates&) const = default;
};

KeptUpdates kept_updates(Database& database);
void save_kept_updates(Database& database, const KeptUpdates& kept);

/// What the key says: those limits, and the redundancy groups of server connectors that must have everything, also
/// while they are stopped (MC-1).
std::string retention_text(Database& database, const std::vector<KnownConnector>& connectors);

}  // namespace busbar::manage
