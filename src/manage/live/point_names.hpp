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
    std::string members;  // of its JSON: ,"name":"Feeder 1","unit":"kV"
    std::string text;     // name, description, site and device in small letters, for searching
};

/// By address. Takes its time: for some hundred thousand points half a second.
std::vector<PointName> read_point_names(Database& database);

/// The rows of points in memory, by address.
class PointNames {
public:
    explicit PointNames(Database& database) : database_(database) {}

    /// Rows were changed: they are read again when somebody asks.
    void changed() { fresh_ = false; }
    /// Rows were changed, and somebody has read them already.
    void changed(std::vector<PointName> names) {
        names_ = std::move(names);
        fresh_ = true;
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
