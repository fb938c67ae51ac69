#pragma once

#include <string>
#include <utility>
#include <vector>

#include "manage/database/point_rows.hpp"
#include "store/keys.hpp"

namespace busbar::manage {

/// What people know of a point, as lists of points need it.
struct PointName {
    store::ImageAddress address;
    std::string members;          // of its JSON: ,"name":"Feeder 1","unit":"kV"
    std::string text;             // name, description, site and device in small letters, for searching
    bool is_commandable = false;  // enabled, and an output or with an address for commands
};
PointName name_of(const PointRow& row);

/// By address. Takes its time: for some hundred thousand points half a second.
std::vector<PointName> read_point_names(Database& database);

/// The rows of points in memory, by address.
class PointNames {
public:
    explicit PointNames(Database& database) : database_(database) {}

    /// Rows were changed: they are read again when somebody asks.
    void changed() { fresh_ = false; }
    /// Rows of this address were changed, of no other.
    void changed(PointAddress address);
    /// Rows were changed, and somebody has read them already. What was before, which may take long to destroy.
    std::vector<PointName> changed(std::vector<PointName> names) {
        fresh_ = true;
        return std::exchange(names_, std::move(names));
    }
    const std::vector<PointName>& all();
    const PointName* find(store::ImageAddress address);

private:
    Database& database_;
    std::vector<PointName> names_;
    bool fresh_ = false;
};

/// A to Z only; a search is no comparison of languages.
std::string in_small_letters(std::string_view text);

}  // namespace busbar::manage
