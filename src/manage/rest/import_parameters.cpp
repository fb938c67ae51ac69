#include "manage/rest/import_parameters.hpp"

#include <boost/json.hpp>
#include <utility>

#include "manage/actions/import_files.hpp"
#include "manage/actions/import_profiles.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

using Type = Parameter::Type;

/// Of the parameters, else of the profile.
class Settings {
public:
    Settings(const Call& call, json::object profile) : call_(call), profile_(std::move(profile)) {}

    std::string text(std::string_view name) const {
        if (const auto given = call_.asked(name)) return std::string(*given);
        const auto* value = profile_.if_contains(name);
        return value != nullptr && value->is_string() ? std::string(value->as_string()) : "";
    }
    std::optional<std::uint16_t> casdu() const {
        if (auto given = casdu_of(call_)) return given;
        const auto* value = profile_.if_contains("casdu");
        if (value == nullptr || !value->is_number()) return std::nullopt;
        return value->to_number<std::uint16_t>();
    }
    /// Of the file's headings; those of the profile that the parameter does not name stay.
    Outcome<std::map<std::string, std::string, std::less<>>> columns() const {
        std::map<std::string, std::string, std::less<>> columns;
        if (const auto* saved = profile_.if_contains("columns")) add(*saved, columns);
        const auto given = call_.asked("columns");
        if (!given) return columns;
        json::error_code error;
        const auto parsed = json::parse(*given, error);
        if (error || !add(parsed, columns))
            return refuse(Problem::Kind::invalid, "invalid_parameter", "a parameter makes no sense",
                          {{"columns", "is a JSON object of texts: {\"heading\":\"column\"}"}});
        return columns;
    }

private:
    static bool add(const json::value& given, std::map<std::string, std::string, std::less<>>& columns) {
        if (!given.is_object()) return false;
        for (const auto& [heading, column] : given.as_object()) {
            if (!column.is_string()) return false;
            columns[heading] = column.as_string();
        }
        return true;
    }

    const Call& call_;
    json::object profile_;
};

char separator_named(std::string_view name) {
    return name == "semicolon" ? ';' : name == "tab" ? '\t' : name == "comma" ? ',' : '\0';
}

}  // namespace

Outcome<ImportSettings> import_settings(Installation& installation, const Call& call) {
    json::object profile;
    if (const auto name = call.asked("profile")) {
        auto found = find_import_profile(installation, *name);
        if (!found) return tl::make_unexpected(found.error());
        profile = std::move(*found);
    }
    const Settings from(call, std::move(profile));
    ImportSettings settings;
    const auto mode = from.text("mode");
    settings.options.mode = mode == "replace"       ? ImportMode::replace
                            : mode == "update-only" ? ImportMode::update_only
                                                    : ImportMode::merge;
    settings.options.casdu = from.casdu();
    settings.options.skip_faulty = from.text("faulty_rows") == "skip";
    settings.dry_run = call.asked("dry_run") == "true";
    settings.sheet = from.text("sheet");
    settings.separator = separator_named(from.text("separator"));
    auto columns = from.columns();
    if (!columns) return tl::make_unexpected(columns.error());
    settings.options.columns = std::move(*columns);
    return settings;
}

Outcome<ImportSource> import_source(Installation& installation, const std::shared_ptr<const Call>& call,
                                    const ImportSettings& settings) {
    ImportFileSource source{"upload", settings.sheet, settings.separator,
                            [call]() -> Result<std::string> { return call->http.body; }};
    if (const auto file = call->asked("file")) {
        const std::string name(*file), folder(call->asked("folder").value_or("shared"));
        source.name = std::string(tables::shortened(folder + "/" + name, 200));
        source.octets = [data = installation.database.folder(), folder, name] {
            return read_import_file(data, folder, name);
        };
    } else if (call->http.body.empty()) {
        return refuse(Problem::Kind::invalid, "no_file", "send the file as the body, or name one by `file`");
    }
    return to_source(std::move(source));
}

Parameter casdu_parameter() {
    return {"casdu", "The station: of rows that name none, or the only one", Type::integer, 0, 65535};
}

std::optional<std::uint16_t> casdu_of(const Call& call) {
    if (!call.asked("casdu")) return std::nullopt;
    return static_cast<std::uint16_t>(call.number("casdu", 0));
}

std::vector<Parameter> import_parameters() {
    return {{"sheet", "Of a workbook; the first that is not hidden without it"},
            {"mode",
             "merge: adds and changes; replace: the file's rows are all there are; update-only: adds none",
             Type::text,
             0,
             20,
             {"merge", "replace", "update-only"}},
            {"dry_run", "Only says what it would do", Type::boolean},
            {"faulty_rows", "Refuse the whole, or leave them out", Type::text, 0, 10, {"refuse", "skip"}},
            {"columns", "JSON: a column by heading of the file; \"metadata\": a further one; \"\": left out"},
            {"separator", "Of CSV; recognised without it", Type::text, 0, 10, {"comma", "semicolon", "tab"}},
            {"profile", "Saved settings; parameters go before them"},
            {"file", "A file in the folders for imports, instead of a body"},
            {"folder", "Where that lies: shared, or an element's"}};
}

Parameter separator_parameter() {
    return {"separator", "Of CSV; comma without it", Type::text, 0, 10, {"comma", "semicolon", "tab"}};
}

std::vector<Parameter> format_parameters() {
    return {{"format", "csv without it", Type::text, 0, 10, {"csv", "xlsx"}}, separator_parameter()};
}

FileFormat format_of(const Call& call) {
    return {call.asked("format") == "xlsx", separator_named(call.asked("separator").value_or("comma"))};
}

Answer file_answer(std::string octets, const std::string& name, const FileFormat& format) {
    const std::string file = name + (format.workbook ? ".xlsx" : ".csv");
    Answer answer{200, nullptr, {{"content-disposition", "attachment; filename=\"" + file + '"'}}};
    answer.file = Answer::File{std::string(format.workbook ? xlsx_type : csv_type), std::move(octets)};
    return answer;
}

Answer accepted(const Job& job) {
    return {202, to_json(job, true), {{"location", "/api/v1/jobs/" + std::to_string(job.id)}}};
}

}  // namespace busbar::manage
