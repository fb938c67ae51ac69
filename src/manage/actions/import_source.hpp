#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "manage/actions/problem.hpp"
#include "manage/tables/table.hpp"
#include "manage/tables/xlsx.hpp"

namespace busbar::manage {

/// What came of reading a file: its rows, and what sheets it has.
struct ImportRows {
    tables::Table table;
    std::vector<tables::Sheet> sheets;
};

/// What is to be imported.
struct ImportSource {
    std::string name;                           // for the revision: "upload", "shared/points.csv"
    std::function<Outcome<ImportRows>()> read;  // called by the worker's thread
};

/// A CSV or XLSX file.
struct ImportFileSource {
    std::string name;
    std::string sheet;   // empty: the first that is not hidden
    char separator = 0;  // of CSV; 0: recognised
    std::function<Result<std::string>()> octets;
};
ImportSource to_source(ImportFileSource file);

}  // namespace busbar::manage
