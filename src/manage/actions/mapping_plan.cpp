#include "manage/actions/mapping_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>
#include <utility>

#include "config/mapping.hpp"
#include "manage/actions/mapping_columns.hpp"
#include "manage/actions/point_check.hpp"

namespace busbar::manage {

namespace json = boost::json;
using config::Address;
using config::MappedPoint;
using config::PointUse;

namespace {

/// A mapped point as it is written down, and as it is understood.
struct Entry {
    json::object written;
    MappedPoint point;
};
using Key = std::pair<Address, PointUse>;

Key key_of(const MappedPoint& point) { return {{point.casdu, point.ioa}, config::use_of(point)}; }

/// One point as the connector reads it.
config::Reading<config::Mapping> read_one(const json::object& point) {
    return config::read_mapping(json::serialize(json::object{{"points", json::array{point}}}));
}

class Planner {
public:
    Planner(const tables::Table& table, json::object present, const config::Protocol& protocol,
            const ImportOptions& options)
        : table_(table), document_(std::move(present)), protocol_(protocol), options_(options) {}

    Outcome<MappingPlan> plan() {
        if (table_.rows() == 0) return refuse(Problem::Kind::invalid, "empty_file", "the file has no row");
        if (auto good = find_columns(); !good) return tl::make_unexpected(good.error());
        take_present();
        plan_.preview = preview_of(table_, plan_.columns.size());
        for (std::size_t row = 1; row < table_.rows(); ++row) take_row(row);
        return finish();
    }

private:
    struct Target {
        std::size_t index;
        std::string heading;
        const MappingColumn* column;
    };

    Outcome<void> find_columns() {
        std::set<std::string_view> seen;
        std::vector<Problem::Fault> faults;
        for (std::size_t index = 0; index < table_.cells(0); ++index) {
            std::string heading(trimmed(table_.cell(0, index)));
            const auto given = options_.columns.find(heading);
            const std::string wanted = given == options_.columns.end() ? heading : given->second;
            const MappingColumn* column = find_mapping_column(wanted);
            plan_.columns.push_back({heading, column != nullptr ? std::string(column->name) : ""});
            if (wanted.empty()) continue;
            const auto fault = [&](std::string what) {
                faults.push_back({tables::place(table_.sheet(), table_.number(0), index), std::move(what)});
            };
            if (column == nullptr) {
                fault(fmt::format("\"{}\" is no column of a mapping; leave it out by `columns`",
                                  tables::shortened(heading, 64)));
            } else if (!seen.insert(column->name).second) {
                fault(fmt::format("\"{}\" is there twice", column->name));
            } else {
                targets_.push_back({index, std::move(heading), column});
            }
        }
        for (const char* needed : {"casdu", "ioa"}) {
            if (!seen.contains(needed)) faults.push_back({needed, "no column has this heading; name one in `columns`"});
        }
        names_use_ = seen.contains("type");
        if (faults.empty()) return {};
        return refuse(Problem::Kind::invalid, "invalid_columns", "the file's columns make no sense", std::move(faults));
    }

    void take_present() {
        json::array points;
        if (auto* given = document_.if_contains("points"); given != nullptr && given->is_array())
            points = std::move(given->as_array());
        for (json::value& point : points) {
            auto reading = read_one(point.as_object());
            require(reading.value.points.size() == 1, "the connector's mapping was good when it was saved");
            const Key key = key_of(reading.value.points.front());
            index_.emplace(key, entries_.size());
            entries_.push_back({std::move(point.as_object()), std::move(reading.value.points.front())});
        }
        kept_.assign(entries_.size(), options_.mode != ImportMode::replace);
    }

    void fault(std::size_t row, std::string_view column, std::string what) {
        ++plan_.fault_count;
        if (plan_.faults.size() < ImportPlan::max_faults)
            plan_.faults.push_back({table_.number(row), std::string(tables::shortened(column, 100)), std::move(what)});
    }

    std::string_view heading_of(const MappingColumn* column) const {
        for (const Target& target : targets_) {
            if (target.column == column) return target.heading;
        }
        return column != nullptr ? column->name : "";
    }

    /// The row's cells, put into `point`.
    void read_cells(std::size_t row, json::object& point) {
        for (const Target& target : targets_) {
            const auto text = trimmed(table_.cell(row, target.index));
            if (auto what = read_mapping_cell(*target.column, text, point); !what.empty())
                fault(row, target.heading, fmt::format("\"{}\" {}", tables::shortened(text, 100), what));
        }
    }

    /// Findings are "points[0].scale: 0 must be another number".
    void add_findings(std::size_t row, const std::vector<std::string>& findings) {
        for (const std::string& finding : findings) {
            const auto colon = finding.find(": ");
            std::string_view path = std::string_view(finding).substr(0, colon);
            path.remove_prefix(std::min(path.size(), std::string_view("points[0].").size()));
            fault(row, heading_of(mapping_column_at(path)),
                  colon == std::string::npos ? finding : finding.substr(colon + 2));
        }
    }

    /// The point that the row alone speaks of; nothing: it has faults, which are noted.
    std::optional<MappedPoint> read_checked(std::size_t row, const json::object& written) {
        const auto before = plan_.fault_count;
        auto reading = read_one(written);
        add_findings(row, reading.faults);
        if (reading.good()) add_findings(row, config::check_fits(reading.value, protocol_));
        if (plan_.fault_count != before) return std::nullopt;
        return std::move(reading.value.points.front());
    }

    void take_row(std::size_t row) {
        ++plan_.rows;
        const auto before = plan_.fault_count;
        if (table_.cells(row) > table_.cells(0))
            fault(row, tables::column_name(table_.cells(row) - 1), "stands beyond the headings");
        json::object written;
        read_cells(row, written);
        std::optional<std::size_t> place;
        if (plan_.fault_count == before) place = find_place(row, written);
        if (plan_.fault_count == before && place && options_.mode != ImportMode::replace) {
            written = entries_[*place].written;
            read_cells(row, written);
        }
        std::optional<MappedPoint> point;
        if (plan_.fault_count == before) point = read_checked(row, written);
        if (point) check_twice(row, *point);
        if (plan_.fault_count != before) {
            ++plan_.faulty_rows;
            if (place) kept_[*place] = true;
            return;
        }
        put(place, {std::move(written), std::move(*point)});
    }

    void check_twice(std::size_t row, const MappedPoint& point) {
        const auto [other, is_first] = seen_.emplace(key_of(point), table_.number(row));
        if (!is_first)
            fault(row, heading_of(find_mapping_column("ioa")),
                  fmt::format("row {} has the same point {}/{}", other->second, point.casdu, point.ioa));
    }

    /// Which present entry the row is about; nothing: a new one.
    std::optional<std::size_t> find_place(std::size_t row, const json::object& written) {
        const auto wanted = read_one(written).value.points;
        if (wanted.empty()) return std::nullopt;
        const Key key = key_of(wanted.front());
        if (names_use_) {
            const auto found = index_.find(key);
            return found == index_.end() ? std::nullopt : std::optional(found->second);
        }
        const auto first = index_.lower_bound({key.first, PointUse::monitored});
        if (first == index_.end() || first->first.first != key.first) return std::nullopt;
        const auto next = std::next(first);
        if (next != index_.end() && next->first.first == key.first)
            fault(row, heading_of(find_mapping_column("ioa")),
                  "several entries have this address: the file needs the columns `type` and `command`");
        return first->second;
    }

    void put(std::optional<std::size_t> place, Entry entry) {
        if (!place && options_.mode == ImportMode::update_only) {
            ++plan_.unknown;
        } else if (!place) {
            ++plan_.added;
            entries_.push_back(std::move(entry));
            kept_.push_back(true);
        } else {
            kept_[*place] = true;
            ++(entries_[*place].point == entry.point ? plan_.unchanged : plan_.changed);
            // What is written differently and means the same stays.
            if (entries_[*place].point != entry.point) entries_[*place] = std::move(entry);
        }
    }

    Outcome<MappingPlan> finish() {
        json::array points;
        for (std::size_t index = 0; index < entries_.size(); ++index) {
            if (kept_[index]) points.push_back(std::move(entries_[index].written));
            if (!kept_[index]) ++plan_.removed;
        }
        document_["points"] = std::move(points);
        MappingPlan made{std::move(plan_), json::serialize(document_)};
        const auto whole = config::read_mapping(made.mapping);
        if (whole.good()) return made;
        std::vector<Problem::Fault> faults;
        for (const std::string& each : whole.faults) faults.push_back({"", each});
        return refuse(Problem::Kind::invalid, "invalid_mapping", "the mapping would have faults", std::move(faults));
    }

    const tables::Table& table_;
    json::object document_;
    const config::Protocol& protocol_;
    const ImportOptions& options_;
    std::vector<Target> targets_;
    bool names_use_ = false;
    std::vector<Entry> entries_;
    std::vector<bool> kept_;
    std::map<Key, std::size_t> index_;  // of those that are there
    std::map<Key, std::size_t> seen_;   // row by key
    ImportPlan plan_;
};

}  // namespace

Outcome<MappingPlan> plan_mapping(const tables::Table& table, json::object present, const config::Protocol& protocol,
                                  const ImportOptions& options) {
    return Planner(table, std::move(present), protocol, options).plan();
}

}  // namespace busbar::manage
