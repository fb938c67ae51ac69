#include "manage/live/point_names.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace busbar::manage {

namespace json = boost::json;

namespace {

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
    if (!row.enabled) members["enabled"] = false;
    std::string text = json::serialize(members);
    text.pop_back();
    text.front() = ',';
    return {{row.address.casdu, row.address.ioa},
            std::move(text),
            in_small_letters(row.name + '\n' + row.description + '\n' + row.site + '\n' + row.device)};
}

}  // namespace

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
