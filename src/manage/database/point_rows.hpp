#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "manage/database/database.hpp"

namespace busbar::manage {

/// Where a point lies in the store.
struct PointAddress {
    std::uint16_t casdu = 0;
    std::uint32_t ioa = 0;
    auto operator<=>(const PointAddress&) const = default;
};

/// A row of table `point`: what people know of a point. `states` and `metadata` are JSON: an array of words for 0, 1, 2
/// … and an object of further columns, each a text.
struct PointRow {
    std::int64_t id = 0;
    PointAddress address;
    std::optional<std::uint32_t> command_ioa;
    bool enabled = true;
    std::string kind;  // "AI", "AO", "DI", "DO"; empty: not known
    std::string name, description, unit, site, device;
    double factor = 1;
    std::optional<double> low, high;
    std::string states = "[]", metadata = "{}";
    bool operator==(const PointRow&) const = default;
};

/// By address, enabled ones first. The row is good during the call.
void for_each_point(Database& database, const std::function<void(const PointRow& row)>& take);
/// The enabled one, else any other.
std::optional<PointRow> find_point(Database& database, PointAddress address);
/// Inserts a row whose id is 0 and returns its id, else replaces what is there. Throws SQLite::Exception if another
/// enabled point has the address.
std::int64_t save_point(Database& database, const PointRow& row);
void remove_point(Database& database, std::int64_t id);

/// Changes of many points, prepared in a table of the connection's own: others go on writing until `apply`, which takes
/// a short time. In this order: `save` and `remove`, `close`, and `apply` within a transaction of the caller's.
class PointChanges {
public:
    explicit PointChanges(Database& database);
    ~PointChanges();
    PointChanges(const PointChanges&) = delete;
    PointChanges& operator=(const PointChanges&) = delete;

    /// As `save_point` and `remove_point`.
    void save(const PointRow& row);
    void remove(std::int64_t id);
    void close();
    void apply();

private:
    struct Statements;
    Database& database_;
    std::unique_ptr<Statements> statements_;
};

std::int64_t count_points(Database& database);

}  // namespace busbar::manage
