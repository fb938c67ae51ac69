#include "manage/live/point_names.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace busbar::manage {

namespace json = boost::json;

PointName name_of(const PointRow& row) {
    json::object members{{"configured", true}};
    const auto add = [&members](std::string_view member, const std::string& text) {
        if (!text.empty()) members[member] = text;
    };
    add("name", row.name);
    add("description", row.description);
    add("unit", row.unit);
    add("site", row.site);
    add("device", row.device);
    add("kind", row.kind);
    if (row.states != "[]") members["states"] = json::parse(row.states);
    if (row.command_ioa) members["command_ioa"] = *row.command_ioa;
    if (row.factor != 1) members["factor"] = row.factor;
    if (row.low) members["low"] = *row.low;
    if (row.high) members["high"] = *row.high;
    if (!row.enabled) members["enabled"] = false;
    std::string text = json::serialize(members);
    text.pop_back();
    text.front() = ',';
    return {{row.address.casdu, row.address.ioa},
            std::move(text),
            in_small_letters(row.name + '\n' + row.description + '\n' + row.site + '\n' + row.device),
            row.enabled && (row.command_ioa || row.kind == "AO" || row.kind == "DO")};
}

std::vector<PointName> read_point_names(Database& database) {
    std::vector<PointName> names;
    for_each_point(database, [&names](const PointRow& row) {
        const store::ImageAddress address{row.address.casdu, row.address.ioa};
        if (names.empty() || names.back().address != address) names.push_back(name_of(row));
    });
    return names;
}

const std::vector<PointName>& PointNames::all() {
    if (fresh_) return names_;
    names_ = read_point_names(database_);
    fresh_ = true;
    return names_;
}

void PointNames::changed(PointAddress changed) {
    if (!fresh_) return;
    const store::ImageAddress address{changed.casdu, changed.ioa};
    const auto place = std::ranges::lower_bound(names_, address, {}, &PointName::address);
    const bool is_there = place != names_.end() && place->address == address;
    const auto row = find_point(database_, changed);
    if (row && is_there) {
        *place = name_of(*row);
    } else if (row) {
        names_.insert(place, name_of(*row));
    } else if (is_there) {
        names_.erase(place);
    }
}

const PointName* PointNames::find(store::ImageAddress address) {
    const auto& names = all();
    const auto found = std::ranges::lower_bound(names, address, {}, &PointName::address);
    return found == names.end() || found->address != address ? nullptr : &*found;
}

std::string in_small_letters(std::string_view text) {
    std::string small(text);
    for (char& letter : small) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter + 32);
    }
    return small;
}

}  // namespace busbar::manage
