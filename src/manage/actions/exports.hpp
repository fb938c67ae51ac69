#pragma once

#include <functional>
#include <optional>
#include <string>

#include "manage/actions/installation.hpp"
#include "manage/actions/problem.hpp"

namespace busbar::manage {

struct ExportOptions {
    bool workbook = false;  // XLSX; else CSV
    char separator = ',';
    std::optional<std::uint16_t> casdu;  // only of this station
    bool only_headings = false;          // a template
};
/// All that is known of points, a row each; imported again it changes nothing.
void export_points(Installation& installation, const ExportOptions& options,
                   std::function<void(Outcome<std::string> octets)> done);

}  // namespace busbar::manage
