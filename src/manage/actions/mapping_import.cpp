#include "manage/actions/mapping_import.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <utility>

#include "config/server.hpp"
#include "manage/actions/connectors.hpp"
#include "manage/actions/import_run.hpp"
#include "manage/actions/imports.hpp"
#include "manage/actions/mapping_columns.hpp"
#include "manage/actions/mapping_plan.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

Outcome<ConnectorRow> find_server(Installation& installation, std::string_view id) {
    auto row = find(installation, id);
    if (row && row->kind != server_kind)
        return refuse(Problem::Kind::conflict, "no_mapping", "only an iec104-server has a mapping");
    return row;
}

class MappingImport : public ImportTarget {
public:
    MappingImport(Installation& installation, Actor actor, ConnectorRow connector, std::string source,
                  ImportOptions options)
        : installation_(installation),
          actor_(std::move(actor)),
          file_(installation.database.file()),
          connector_(std::move(connector)),
          source_(std::move(source)),
          options_(std::move(options)) {}

    Outcome<ImportPlan> check(const tables::Table& table) override {
        const auto server = config::read_server_config(connector_.config, {});
        json::object present;
        if (connector_.mapping) present = json::parse(*connector_.mapping).as_object();
        auto plan = plan_mapping(table, std::move(present), server.value.protocol, options_);
        if (!plan) return tl::make_unexpected(plan.error());
        const auto& counts = plan->plan;
        changes_ = counts.added + counts.changed + counts.removed != 0;
        comment_ = fmt::format("import of {}: {} new, {} changed, {} removed", source_, counts.added, counts.changed,
                               counts.removed);
        mapping_ = std::move(plan->mapping);
        return std::move(plan->plan);
    }

    Outcome<std::int64_t> save(UtcTime now) override {
        if (!changes_) return 0;
        Database database(file_);
        const auto present = find_connector_head(database, connector_.id);
        if (!present || present->kind != connector_.kind || present->mapping_revision != connector_.mapping_revision ||
            present->config_revision != connector_.config_revision)
            return refuse(Problem::Kind::conflict, "changed_meanwhile",
                          connector_.id + " was changed meanwhile; import again");
        ConnectorChange change;
        change.mapping = std::move(mapping_);
        change.mapping_fits = connector_.config_revision;
        change.comment = comment_;
        return save_change(database, {actor_, now}, connector_.id, change,
                           [this] {
                               closed_ = true;
                               installation_.gate.close();
                           })
            .map([](const ConnectorRow& row) { return row.mapping_revision; });
    }

    Outcome<std::int64_t> publish(std::int64_t saved) override {
        if (saved != 0) apply_connectors(installation_);
        return saved;
    }
    void end() override {
        if (closed_) installation_.gate.open();
    }

private:
    Installation& installation_;  // the loop's
    Actor actor_;
    std::filesystem::path file_;
    ConnectorRow connector_;  // as it was at the beginning
    std::string source_, mapping_, comment_;
    ImportOptions options_;
    bool changes_ = false, closed_ = false;
};

}  // namespace

Outcome<std::shared_ptr<const Job>> import_mapping(Installation& installation, const Actor& actor,
                                                   std::string_view connector, ImportSource source,
                                                   ImportOptions options, bool dry_run) {
    auto row = find_server(installation, connector);
    if (!row) return tl::make_unexpected(row.error());
    auto job = installation.jobs.add(fmt::format("Import of the mapping of {}", row->id), actor.name, dry_run);
    if (!job) return too_many_jobs();
    const bool skip_faulty = options.skip_faulty;
    auto target =
        std::make_unique<MappingImport>(installation, actor, std::move(*row), source.name, std::move(options));
    run_import(installation, job, std::move(source), std::move(target), skip_faulty);
    return job;
}

Outcome<TableRows> rows_of_mapping(Installation& installation, std::string_view connector) {
    const auto row = find_server(installation, connector);
    if (!row) return tl::make_unexpected(row.error());
    return TableRows([mapping = row->mapping](const auto& add) {
        add(headings_of_mappings());
        if (!mapping) return;
        const json::value document = json::parse(*mapping);
        const auto* points = document.as_object().if_contains("points");
        if (points == nullptr) return;
        for (const json::value& point : points->as_array()) {
            TableRow cells;
            for (const MappingColumn& column : mapping_columns())
                cells.push_back(write_mapping_cell(column, point.as_object()));
            add(cells);
        }
    });
}

TableRow headings_of_mappings() {
    TableRow headings;
    for (const MappingColumn& column : mapping_columns()) headings.emplace_back(std::string(column.name));
    return headings;
}

}  // namespace busbar::manage
