#include "manage/actions/mapping_import.hpp"
#include "manage/rest/import_parameters.hpp"
#include "manage/rest/route.hpp"

namespace busbar::manage {

namespace {

Outcome<Answer> import(Installation& installation, const std::shared_ptr<const Call>& call) {
    auto settings = import_settings(installation, *call);
    if (!settings) return tl::make_unexpected(settings.error());
    auto source = import_source(installation, call, *settings);
    if (!source) return tl::make_unexpected(source.error());
    return import_mapping(installation, call->actor, call->at("id"), std::move(*source), std::move(settings->options),
                          settings->dry_run)
        .map([](const std::shared_ptr<const Job>& job) { return accepted(*job); });
}

void exporting(Installation& installation, const std::shared_ptr<const Call>& call, Finish finish) {
    auto rows = rows_of_mapping(installation, call->at("id"));
    if (!rows) return finish(tl::make_unexpected(rows.error()));
    const auto format = format_of(*call);
    write_table(installation, {format.workbook, format.separator, "Mapping"}, std::move(*rows),
                [finish = std::move(finish), format](Outcome<std::string> octets) {
                    if (!octets) return finish(tl::make_unexpected(octets.error()));
                    finish(file_answer(std::move(*octets), "mapping", format));
                });
}

}  // namespace

std::vector<Route> mapping_routes() {
    Route taking{
        "POST",
        "/api/v1/connectors/{id}/mapping/import",
        "importMapping",
        "Imports",
        "Begins an import into the mapping of a server connector; applied live, as one revision, or not at all",
        Role::engineer,
        {},
        "Job",
        202,
        import_parameters(),
        false,
        {"no_such_connector", "no_mapping", "no_file", "no_such_profile", "too_many_jobs"},
        [](Installation& installation, const std::shared_ptr<const Call>& call, const Finish& finish) {
            finish(import(installation, call));
        }};
    taking.body_types = {csv_type, xlsx_type};
    Route giving{"GET",
                 "/api/v1/connectors/{id}/mapping/export",
                 "exportMapping",
                 "Imports",
                 "The mapping of a server connector, as a file that can be imported again",
                 Role::viewer,
                 {},
                 {},
                 200,
                 format_parameters(),
                 false,
                 {"no_such_connector", "no_mapping", "too_many_jobs"},
                 exporting};
    giving.answer_types = {csv_type, xlsx_type};
    return {taking, giving};
}

}  // namespace busbar::manage
