#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "manage/tables/table.hpp"

namespace busbar::manage::tables {

/// The parts of an XLSX file, a ZIP archive. What a part says of its size is not believed: it is counted while it is
/// unpacked, and one that grows beyond what its packed size makes likely is refused.
class Package {
public:
    /// `octets` must outlive it.
    static Result<Package> open(std::string_view octets, const Limits& limits);
    Package(Package&&) noexcept;
    ~Package();

    bool has(std::string_view part) const;
    /// "xl/workbook.xml", as UTF-8.
    Result<std::string> read(std::string_view part) const;
    /// The targets of a part's relations by their ids, as names of parts.
    struct Relation {
        std::string type, target;
    };
    Result<std::map<std::string, Relation>> relations(std::string_view part) const;

private:
    struct Archive;
    explicit Package(std::unique_ptr<Archive> archive);
    std::unique_ptr<Archive> archive_;
};

}  // namespace busbar::manage::tables
