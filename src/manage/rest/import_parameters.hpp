#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manage/actions/import_plan.hpp"
#include "manage/actions/import_source.hpp"
#include "manage/actions/jobs.hpp"
#include "manage/rest/route.hpp"

namespace busbar::manage {

inline constexpr std::string_view csv_type = "text/csv",
                                  xlsx_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// How a file is to be imported: as the parameters say and, where they say nothing, the profile that they name.
struct ImportSettings {
    ImportOptions options;
    bool dry_run = false;
    std::string sheet;
    char separator = 0;  // 0: recognised
};
Outcome<ImportSettings> import_settings(Installation& installation, const Call& call);

/// The body, or the file in the folders for imports that the parameters name.
Outcome<ImportSource> import_source(Installation& installation, const std::shared_ptr<const Call>& call,
                                    const ImportSettings& settings);

Parameter casdu_parameter();
std::optional<std::uint16_t> casdu_of(const Call& call);
/// Those of imports of any kind, but the CASDU.
std::vector<Parameter> import_parameters();

/// "format" and "separator" of a file that is answered.
struct FileFormat {
    bool workbook = false;
    char separator = ',';
};
Parameter separator_parameter();
std::vector<Parameter> format_parameters();
FileFormat format_of(const Call& call);
/// `name` without its ending.
Answer file_answer(std::string octets, const std::string& name, const FileFormat& format);

/// 202, and where the job is.
Answer accepted(const Job& job);

}  // namespace busbar::manage
