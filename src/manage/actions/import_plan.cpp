#include "manage/actions/import_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "manage/actions/point_check.hpp"
#include "manage/actions/point_columns.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

constexpr std::string_view further = "metadata";

/// Where a column of the file goes.
struct Target {
    std::size_t index;
    std::string heading;
    const PointColumn* column;  // null: a further one
};

class Planner {
public:
    Planner(const tables::Table& table, const KnownPoints& present, const ImportOptions& options)
        : table_(table), present_(present), options_(options) {}

    Outcome<ImportPlan> plan() {
        if (table_.rows() == 0) return refuse(Problem::Kind::invalid, "empty_file", "the file has no row");
        if (auto good = find_columns(); !good) return tl::make_unexpected(good.error());
        if (table_.rows() == 1 && options_.mode == ImportMode::replace)
            return refuse(Problem::Kind::invalid, "empty_file", "there are no rows, and nothing would be left");
        plan_.preview = preview_of(table_, plan_.columns.size());
        for (std::size_t row = 1; row < table_.rows(); ++row) take_row(row);
        if (options_.mode == ImportMode::replace) remove_others();
        return std::move(plan_);
    }

private:
    Outcome<void> find_columns() {
        std::set<std::string> seen;
        std::vector<Problem::Fault> faults;
        for (std::size_t index = 0; index < table_.cells(0); ++index) {
            std::string heading(trimmed(table_.cell(0, index)));
            const auto given = options_.columns.find(heading);
            const PointColumn* column = find_point_column(given == options_.columns.end() ? heading : given->second);
            const bool left_out = heading.empty() || (given != options_.columns.end() && given->second.empty());
            const std::string target = left_out            ? ""
                                       : column != nullptr ? std::string(column->name)
                                                           : std::string(further);
            plan_.columns.push_back({heading, target});
            if (left_out) continue;
            if (!seen.insert(column != nullptr ? target : further_name(heading)).second)
                faults.push_back({tables::place(table_.sheet(), table_.number(0), index),
                                  fmt::format("\"{}\" is there twice", heading)});
            targets_.push_back({index, std::move(heading), column});
        }
        if (!seen.contains("ioa")) faults.push_back({"ioa", "no column has this heading; name one in `columns`"});
        if (!seen.contains("casdu") && !options_.casdu)
            faults.push_back({"casdu", "no column has this heading; choose a CASDU"});
        if (faults.empty()) return {};
        return refuse(Problem::Kind::invalid, "invalid_columns", "the file's columns make no sense", std::move(faults));
    }
    static std::string further_name(const std::string& heading) { return "metadata." + heading; }

    void fault(std::size_t row, std::string column, std::string what) {
        ++plan_.fault_count;
        if (plan_.faults.size() < ImportPlan::max_faults)
            plan_.faults.push_back({table_.number(row), std::string(tables::shortened(column, 100)), std::move(what)});
    }

    void take_row(std::size_t row) {
        ++plan_.rows;
        const auto before = plan_.fault_count;
        const auto address = read_address(row);
        if (table_.cells(row) > table_.cells(0))
            fault(row, tables::column_name(table_.cells(row) - 1), "stands beyond the headings");
        if (address) {
            const auto [other, is_first] = seen_.emplace(*address, table_.number(row));
            if (!is_first)
                fault(row, heading_of("ioa"),
                      fmt::format("row {} has the same point {}/{}", other->second, address->casdu, address->ioa));
        }
        if (!address || plan_.fault_count != before) {
            ++plan_.faulty_rows;
            return;
        }
        take_point(row, *address);
    }

    std::string heading_of(std::string_view column) const {
        for (const Target& target : targets_) {
            if (target.column != nullptr && target.column->name == column) return target.heading;
        }
        return std::string(column);
    }

    std::optional<PointAddress> read_address(std::size_t row) {
        PointRow point;
        const auto before = plan_.fault_count;
        bool has_casdu = false;
        for (const Target& target : targets_) {
            if (target.column == nullptr || (target.column->name != "casdu" && target.column->name != "ioa")) continue;
            const auto text = trimmed(table_.cell(row, target.index));
            const bool is_casdu = target.column->name == "casdu";
            if (is_casdu && text.empty() && options_.casdu) continue;
            if (auto what = target.column->read(point, text); !what.empty())
                fault(row, target.heading,
                      text.empty() ? "is empty" : fmt::format("\"{}\" {}", tables::shortened(text, 100), what));
            has_casdu = has_casdu || is_casdu;
        }
        if (!has_casdu) point.address.casdu = *options_.casdu;
        if (plan_.fault_count == before && options_.casdu && point.address.casdu != *options_.casdu)
            fault(row, heading_of("casdu"),
                  fmt::format("{} is not the chosen CASDU {}", point.address.casdu, *options_.casdu));
        if (plan_.fault_count == before && options_.may_change && !options_.may_change(point.address.casdu))
            fault(row, heading_of("casdu"), fmt::format("{} is not in your areas", point.address.casdu));
        if (plan_.fault_count != before) return std::nullopt;
        return point.address;
    }

    void take_point(std::size_t row, PointAddress address) {
        const auto present = present_.find(address);
        if (present == present_.end() && options_.mode == ImportMode::update_only) {
            ++plan_.unknown;
            return;
        }
        const auto before = plan_.fault_count;
        PointRow point;
        if (present != present_.end() && options_.mode != ImportMode::replace) point = present->second;
        if (present != present_.end()) point.id = present->second.id;
        point.address = address;
        read_members(row, point);
        if (plan_.fault_count != before) {
            ++plan_.faulty_rows;
        } else if (present == present_.end()) {
            ++plan_.added;
            plan_.changes.push_back({std::nullopt, std::move(point)});
        } else if (present->second == point) {
            ++plan_.unchanged;
        } else {
            ++plan_.changed;
            plan_.changes.push_back({present->second, std::move(point)});
        }
    }

    void read_members(std::size_t row, PointRow& point) {
        json::object metadata;
        bool has_further = false;
        for (const Target& target : targets_) has_further = has_further || target.column == nullptr;
        if (has_further) metadata = json::parse(point.metadata).as_object();
        for (const Target& target : targets_) {
            const auto text = trimmed(table_.cell(row, target.index));
            if (target.column == nullptr) {
                metadata[target.heading] = text;
            } else if (target.column->name != "casdu" && target.column->name != "ioa") {
                if (auto what = target.column->read(point, text); !what.empty())
                    fault(row, target.heading, fmt::format("\"{}\" {}", tables::shortened(text, 100), what));
            }
        }
        if (has_further) point.metadata = json::serialize(metadata);
        for (auto& found : settle(point)) fault(row, heading_of(found.where), std::move(found.what));
    }

    /// But not those that a faulty row is about.
    void remove_others() {
        for (const auto& [address, row] : present_) {
            if (seen_.contains(address) || (options_.casdu && address.casdu != *options_.casdu)) continue;
            ++plan_.removed;
            plan_.changes.push_back({row, std::nullopt});
        }
    }

    const tables::Table& table_;
    const KnownPoints& present_;
    const ImportOptions& options_;
    std::vector<Target> targets_;
    std::map<PointAddress, std::size_t> seen_;
    ImportPlan plan_;
};

}  // namespace

std::vector<std::vector<std::string>> preview_of(const tables::Table& table, std::size_t columns) {
    std::vector<std::vector<std::string>> rows;
    for (std::size_t row = 1; row < table.rows() && row <= ImportPlan::max_preview; ++row) {
        auto& cells = rows.emplace_back();
        for (std::size_t column = 0; column < columns; ++column)
            cells.emplace_back(tables::shortened(table.cell(row, column), ImportPlan::max_preview_text));
    }
    return rows;
}

Outcome<ImportPlan> plan_import(const tables::Table& table, const KnownPoints& present, const ImportOptions& options) {
    return Planner(table, present, options).plan();
}

}  // namespace busbar::manage
