#include "sim/scada/screen.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "iec60870/asdu/type_table.hpp"
#include "sim/wire/object_json.hpp"

namespace busbar::sim {
namespace {

/// "09:00:00.123"
std::string time_of_day(UtcTime time) {
    char text[iso8601_size];
    write_iso8601(text, time);
    return {text + 11, 12};
}

/// Address, name, type, value, quality and times of one object, in columns.
std::string object_text(const iec60870::AsduHeader& header, iec60870::InformationObject object, UtcTime received,
                        const ObjectNames& names) {
    const auto* type = iec60870::find_type(header.type);
    const auto time = time_of(header.type, object.element, received);
    const auto name = names.find({header.common_address, object.ioa});
    std::string text = fmt::format("{} {:>5} {:>8}  {:<9}  cot {:<2}  {:>12} {:<9}  {:<12}", time_of_day(received),
                                   header.common_address, object.ioa, type ? type->name : "?",
                                   static_cast<unsigned>(header.cause), value_text(header.type, object.element),
                                   quality_text(header.type, object.element), time ? time_of_day(*time) : "");
    if (name != names.end()) text += "  " + name->second;
    return text;
}

constexpr std::string_view head =
    "received     casdu      ioa  type       cause          value quality    time tag      name";

}  // namespace

void LineScreen::show(const iec60870::AsduHeader& header, iec60870::InformationObject object, UtcTime received) {
    text_ += object_text(header, object, received, names_) + '\n';
}

void LineScreen::tell(std::string_view sentence, UtcTime at) {
    text_ += fmt::format("{} {}\n", time_of_day(at), sentence);
}

TableScreen::TableScreen(unsigned rows, unsigned columns, ObjectNames names)
    : columns_(std::max(columns, 20u)), most_rows_(rows > 4 ? rows - 3 : 1), names_(std::move(names)) {}

TableScreen::Row& TableScreen::row_for(std::pair<iec60870::CommonAddress, iec60870::Ioa> address) {
    if (const auto place = places_.find(address); place != places_.end()) return rows_[place->second];
    std::size_t index = rows_.size();
    if (index < most_rows_) {
        rows_.emplace_back();
    } else {
        index = static_cast<std::size_t>(std::ranges::min_element(rows_, {}, &Row::changed) - rows_.begin());
        places_.erase(rows_[index].address);
    }
    places_[address] = index;
    rows_[index].address = address;
    return rows_[index];
}

void TableScreen::show(const iec60870::AsduHeader& header, iec60870::InformationObject object, UtcTime received) {
    Row& row = row_for({header.common_address, object.ioa});
    row.changed = ++objects_;
    row.text = object_text(header, object, received, names_);
}

void TableScreen::tell(std::string_view sentence, UtcTime at) {
    sentence_ = fmt::format("{} {}", time_of_day(at), sentence);
}

std::string TableScreen::take(UtcTime now) {
    std::string text = "\x1b[H";  // top left corner; each line erases what it does not cover
    const auto line = [&](std::string_view content) {
        text += content.substr(0, columns_);
        text += "\x1b[K\n";
    };
    line(fmt::format("{}  {} objects  {}", time_of_day(now), objects_, sentence_));
    line(head);
    for (const Row& row : rows_) line(row.text);
    return text + "\x1b[J";
}

}  // namespace busbar::sim
