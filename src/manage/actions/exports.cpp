#include "manage/actions/exports.hpp"

#include <boost/json.hpp>
#include <filesystem>
#include <memory>
#include <set>
#include <utility>

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
Rows rows_of(Database& database, std::optional<std::uint16_t> casdu) {
    Rows rows;
    for_each_point(database, [&](const PointRow& row) {
        if (casdu && row.address.casdu != *casdu) return;
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

TableRow row_of(const PointRow& row, const std::set<std::string>& further) {
    TableRow cells;
    for (const PointColumn& column : point_columns()) cells.push_back(column.write(row));
    if (further.empty()) return cells;
    const json::value metadata = json::parse(row.metadata);
    for (const std::string& heading : further) {
        const auto* value = metadata.as_object().if_contains(heading);
        cells.push_back(value != nullptr ? Cell(std::string(value->as_string())) : Cell());
    }
    return cells;
}

Outcome<std::string> write(const TableFormat& format, const TableRows& rows) {
    try {
        if (!format.workbook) {
            tables::CsvWriter writer(format.separator);
            rows([&writer](const TableRow& row) { writer.add_row(row); });
            return writer.take();
        }
        tables::XlsxWriter writer(format.sheet);
        rows([&writer](const TableRow& row) { writer.add_row(row); });
        auto octets = writer.take();
        if (!octets) return refuse(Problem::Kind::failed, "failed", octets.error().what);
        return std::move(*octets);
    } catch (const std::exception& error) {
        return refuse(Problem::Kind::failed, "failed", error.what());
    }
}

}  // namespace

void write_table(Installation& installation, TableFormat format, TableRows rows, TableDone done) {
    if (installation.worker.waiting() > max_waiting)
        return done(refuse(Problem::Kind::too_many, "too_many_jobs", "too much is under way; try again"));
    installation.worker.run(
        [format = std::move(format), rows = std::move(rows), done = std::move(done)]() -> std::function<void()> {
            auto octets = std::make_shared<Outcome<std::string>>(write(format, rows));
            return [octets, done] { done(std::move(*octets)); };
        });
}

TableRows rows_of_points(Installation& installation, std::optional<std::uint16_t> casdu) {
    return [file = std::filesystem::path(installation.database.handle().getFilename()), casdu](const auto& add) {
        Database database(file);  // the loop's is the loop's
        const auto rows = rows_of(database, casdu);
        const auto further = further_columns(rows);
        auto headings = headings_of_points();
        for (const std::string& heading : further) headings.emplace_back(heading);
        add(headings);
        for (const PointRow& row : rows) add(row_of(row, further));
    };
}

TableRow headings_of_points() {
    TableRow headings;
    for (const PointColumn& column : point_columns()) headings.emplace_back(std::string(column.name));
    return headings;
}

}  // namespace busbar::manage
