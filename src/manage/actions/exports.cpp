#include "manage/actions/exports.hpp"

#include <boost/json.hpp>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "manage/actions/point_columns.hpp"
#include "manage/tables/csv.hpp"
#include "manage/tables/xlsx_writer.hpp"

namespace busbar::manage {

namespace json = boost::json;
using tables::Cell;

namespace {

constexpr std::size_t max_waiting = 4;

using Rows = std::vector<PointRow>;

/// One row an address: only enabled ones are known by it where there are several.
Rows rows_of(Installation& installation, const ExportOptions& options) {
    Rows rows;
    if (options.only_headings) return rows;
    for_each_point(installation.database, [&](const PointRow& row) {
        if (options.casdu && row.address.casdu != *options.casdu) return;
        if (rows.empty() || rows.back().address != row.address) rows.push_back(row);
    });
    return rows;
}

std::set<std::string> further_columns(const Rows& rows) {
    std::set<std::string> further;
    for (const PointRow& row : rows) {
        if (row.metadata == "{}") continue;
        const json::value metadata = json::parse(row.metadata);
        for (const auto& member : metadata.as_object()) further.emplace(member.key());
    }
    return further;
}

template <class Writer>
void write(Writer& writer, const Rows& rows) {
    const auto further = further_columns(rows);
    std::vector<Cell> cells;
    for (const PointColumn& column : point_columns()) cells.emplace_back(std::string(column.name));
    for (const std::string& heading : further) cells.emplace_back(heading);
    writer.add_row(cells);
    for (const PointRow& row : rows) {
        cells.clear();
        for (const PointColumn& column : point_columns()) cells.push_back(column.write(row));
        if (!further.empty()) {
            const json::value metadata = json::parse(row.metadata);
            for (const std::string& heading : further) {
                const auto* value = metadata.as_object().if_contains(heading);
                cells.push_back(value != nullptr ? Cell(std::string(value->as_string())) : Cell());
            }
        }
        writer.add_row(cells);
    }
}

Outcome<std::string> write(const Rows& rows, const ExportOptions& options) {
    if (!options.workbook) {
        tables::CsvWriter writer(options.separator);
        write(writer, rows);
        return writer.take();
    }
    tables::XlsxWriter writer("Points");
    write(writer, rows);
    auto octets = writer.take();
    if (!octets) return refuse(Problem::Kind::failed, "failed", octets.error().what);
    return std::move(*octets);
}

}  // namespace

void export_points(Installation& installation, const ExportOptions& options,
                   std::function<void(Outcome<std::string>)> done) {
    if (installation.worker.waiting() > max_waiting)
        return done(refuse(Problem::Kind::too_many, "too_many_jobs", "too much is under way; try again"));
    auto rows = std::make_shared<Rows>(rows_of(installation, options));
    installation.worker.run([rows, options, done = std::move(done)]() -> std::function<void()> {
        auto octets = std::make_shared<Outcome<std::string>>(write(*rows, options));
        return [octets, done] { done(std::move(*octets)); };
    });
}

}  // namespace busbar::manage
