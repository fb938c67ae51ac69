#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "manage/actions/points.hpp"
#include "manage/actions/problem.hpp"
#include "manage/tables/table.hpp"

namespace busbar::manage {

enum class ImportMode : std::uint8_t {
    merge,        // the file's points are added or changed; others, and what the file has no column for, stay
    replace,      // the file's points are all there are, of the chosen CASDU if one was chosen
    update_only,  // as `merge`, but nothing is added
};

struct ImportOptions {
    ImportMode mode = ImportMode::merge;
    std::optional<std::uint16_t> casdu;  // of rows without one
    bool skip_faulty = false;
    /// Column of ours by heading of the file; "metadata": a further column; "": left out. Goes before the headings.
    std::map<std::string, std::string, std::less<>> columns;
    /// Whether points of this station may be changed by whoever imports; empty: of all.
    std::function<bool(std::uint16_t casdu)> may_change;
};

/// What an import would do.
struct ImportPlan {
    static constexpr std::size_t max_faults = 1000, max_preview = 20, max_preview_text = 200;
    struct Column {
        std::string heading, column;  // "ioa", "metadata", "" (left out)
    };
    struct Fault {
        std::size_t row;
        std::string column, what;  // the column as the file names it
    };

    std::vector<Column> columns;
    std::vector<Fault> faults;  // the first of them
    std::size_t fault_count = 0, faulty_rows = 0;
    std::size_t rows = 0, added = 0, changed = 0, unchanged = 0, removed = 0,
                unknown = 0;                        // unknown: not there to update
    std::vector<std::vector<std::string>> preview;  // the first rows as the file has them
    std::vector<PointChange> changes;
};

/// The first rows below the headings, so many columns wide.
std::vector<std::vector<std::string>> preview_of(const tables::Table& table, std::size_t columns);

using KnownPoints = std::map<PointAddress, PointRow>;
/// The refusal is about the whole file: no headings, no column for the IOA.
Outcome<ImportPlan> plan_import(const tables::Table& table, const KnownPoints& present, const ImportOptions& options);

}  // namespace busbar::manage
