#include "manage/actions/metadata_answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <memory>
#include <utility>
#include <vector>

#include "manage/tables/number.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

constexpr std::size_t max_faults = 20, max_name = 200;

constexpr std::string_view envelope = "Data";
constexpr std::array<std::string_view, 4> members{"RequestGuid", "SuccessStatus", "StatusMessage", "MetaDataRows"};

enum class Kind : std::uint8_t { text, number, needed_number, word };

/// A member of a row, and where it goes; no column: a further one.
struct Field {
    std::string_view name;
    Kind kind;
    std::string_view column = {};
};

constexpr std::array fields{
    Field{"CommonAddress", Kind::needed_number, "casdu"},
    Field{"InformationObjectAddress", Kind::needed_number, "ioa"},
    Field{"InformationObjectAddressWrite", Kind::number, "command_ioa"},
    Field{"Status", Kind::word, "enabled"},
    Field{"Type", Kind::word, "kind"},
    Field{"SignalDescription", Kind::text, "description"},
    Field{"Units", Kind::text, "unit"},
    Field{"Site", Kind::text, "site"},
    Field{"DeviceName", Kind::text, "device"},
    Field{"Factor", Kind::number, "factor"},
    Field{"Discreets", Kind::text, "states"},
    Field{"Key", Kind::text},
    Field{"Family", Kind::text},
    Field{"SubFamily", Kind::text},
    Field{"Object", Kind::text},
    Field{"SubObject", Kind::text},
    Field{"Service", Kind::text},
    Field{"Uca", Kind::text},
    Field{"Position", Kind::text},
    Field{"Ip", Kind::text},
    Field{"ParameterSimet", Kind::text},
    Field{"IdenIngrid", Kind::text},
    Field{"IdSimet", Kind::number},
};
/// The description is the name, too, as far as it fits.
constexpr std::string_view name_column = "name", name_field = "SignalDescription";

const Field* find_field(std::string_view name) {
    const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& each) { return each.name == name; });
    return found == fields.end() ? nullptr : &*found;
}

std::string_view fault_of(const Field& field, const json::value& value) {
    if (value.is_null()) return field.kind == Kind::needed_number ? "is missing" : "";
    if (field.kind == Kind::text) return value.is_string() ? "" : "is not a text";
    if (field.kind == Kind::word) return value.is_number() || value.is_string() ? "" : "is neither a number nor a text";
    return value.is_number() ? "" : "is not a number";
}

void check_row(std::size_t number, const json::value& given, std::vector<Problem::Fault>& faults) {
    const auto fault = [&](std::string_view member, std::string_view what) {
        if (faults.size() < max_faults)
            faults.push_back(
                {fmt::format("MetaDataRows[{}].{}", number, tables::shortened(member, 64)), std::string(what)});
    };
    const auto* row = given.if_object();
    if (row == nullptr) return fault("", "is not an object");
    for (const auto& [name, value] : *row) {
        const Field* field = find_field(name);
        const auto what = field == nullptr ? std::string_view("is no member of a row") : fault_of(*field, value);
        if (!what.empty()) fault(name, what);
    }
    for (const Field& field : fields) {
        if (field.kind == Kind::needed_number && !row->contains(field.name)) fault(field.name, "is missing");
    }
}

/// 0 and "AnalogInput" are "AI".
std::string kind_of(std::string text) {
    constexpr std::array<std::array<std::string_view, 3>, 4> kinds{{{"0", "AnalogInput", "AI"},
                                                                    {"1", "AnalogOutput", "AO"},
                                                                    {"2", "DigitalInput", "DI"},
                                                                    {"3", "DigitalOutput", "DO"}}};
    for (const auto& [number, word, kind] : kinds) {
        if (text == number || text == word) return std::string(kind);
    }
    return text;
}

/// 0 and 1 are words that a table understands; other numbers are not.
std::string text_of(const Field& field, const json::value& value) {
    std::string text;
    if (const auto* string = value.if_string()) text = std::string_view(*string);
    if (value.is_number()) text = tables::write_number(value.to_number<double>());
    return field.column == "kind" ? kind_of(std::move(text)) : text;
}

/// Those that a row needs, and the others that at least one names, in the order of `fields`.
std::vector<const Field*> columns_of(const json::array& rows) {
    std::vector<const Field*> columns;
    for (const Field& field : fields) {
        const auto names = [&](const json::value& row) { return row.as_object().contains(field.name); };
        if (field.kind == Kind::needed_number || std::any_of(rows.begin(), rows.end(), names))
            columns.push_back(&field);
    }
    return columns;
}

Outcome<ImportRows> to_rows(const json::array& rows) {
    ImportRows read;
    Result<void> good;
    const auto add = [&](std::size_t row, std::size_t column, std::string_view text) {
        if (good) good = read.table.add(row, column, text, {});
    };
    const auto columns = columns_of(rows);
    const bool named = std::any_of(columns.begin(), columns.end(), [](auto* each) { return each->name == name_field; });
    for (std::size_t column = 0; column < columns.size(); ++column) add(0, column, columns[column]->name);
    if (named) add(0, columns.size(), name_column);
    for (std::size_t index = 0; index < rows.size() && good; ++index) {
        const json::object& row = rows[index].as_object();
        std::string name;
        for (std::size_t column = 0; column < columns.size(); ++column) {
            const auto* value = row.if_contains(columns[column]->name);
            if (value == nullptr) continue;
            const auto text = text_of(*columns[column], *value);
            if (columns[column]->name == name_field) name = tables::shortened(text, max_name);
            add(index + 1, column, text);
        }
        if (named) add(index + 1, columns.size(), name);
    }
    if (!good) return refuse(Problem::Kind::invalid, "unreadable_file", good.error().what);
    return read;
}

tl::unexpected<Problem> no_answer(std::vector<Problem::Fault> faults) {
    return refuse(Problem::Kind::invalid, "invalid_body", "the rows of metadata are not as the API describes them",
                  std::move(faults));
}

/// False: it is no member, or of the wrong type.
bool take_member(std::string_view name, json::value& value, MetadataAnswer& answer) {
    if (name == "RequestGuid" && value.is_string()) {
        answer.request = read_guid(value.as_string());
    } else if (name == "StatusMessage" && value.is_string()) {
        answer.message = value.as_string();
    } else if (name == "SuccessStatus" && value.is_bool()) {
        answer.success = value.as_bool();
    } else if (name == "MetaDataRows" && value.is_array()) {
        answer.rows = std::move(value.as_array());
    } else {
        return value.is_null() && std::find(members.begin(), members.end(), name) != members.end();
    }
    return true;
}

/// `inside`: goes before what a fault is about.
Outcome<MetadataAnswer> read_members(json::object& object, const std::string& inside) {
    MetadataAnswer answer;
    std::vector<Problem::Fault> faults;
    const auto has = [&object](std::string_view name) {
        const auto* value = object.if_contains(name);
        return value != nullptr && !value->is_null();
    };
    if (!has("MetaDataRows") && !has("SuccessStatus"))
        faults.push_back({"MetaDataRows", "is missing, and so is SuccessStatus"});
    for (auto& [name, value] : object) {
        if (!take_member(name, value, answer) && faults.size() < max_faults)
            faults.push_back({std::string(tables::shortened(name, 64)), "is no member, or of the wrong type"});
    }
    for (std::size_t row = 0; row < answer.rows.size(); ++row) check_row(row + 1, answer.rows[row], faults);
    if (faults.empty()) return answer;
    for (auto& fault : faults) fault.where.insert(0, inside);
    return no_answer(std::move(faults));
}

}  // namespace

std::string read_guid(std::string_view text) {
    if (text.size() == 38 && text.front() == '{' && text.back() == '}') text = text.substr(1, 36);
    if (text.size() != 36) return "";
    std::string guid;
    bool zeros = true;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char each = text[at] >= 'A' && text[at] <= 'Z' ? static_cast<char>(text[at] + 32) : text[at];
        const bool dash = at == 8 || at == 13 || at == 18 || at == 23;
        const bool digit = (each >= '0' && each <= '9') || (each >= 'a' && each <= 'f');
        if (dash ? each != '-' : !digit) return "";
        zeros = zeros && (dash || each == '0');
        guid += each;
    }
    return zeros ? "" : guid;
}

Outcome<MetadataAnswer> read_metadata_answer(json::value body) {
    auto* object = body.if_object();
    if (object == nullptr) return no_answer({{"", "is not an object"}});
    auto* data = object->if_contains(envelope);
    if (data == nullptr) return read_members(*object, "");
    std::vector<Problem::Fault> faults;
    for (const auto& [name, value] : *object) {
        if (std::string_view(name) != envelope && faults.size() < max_faults)
            faults.push_back({std::string(tables::shortened(name, 64)), "stands beside Data, which is to be alone"});
    }
    if (!data->is_object()) faults.push_back({std::string(envelope), "is not an object"});
    if (!faults.empty()) return no_answer(std::move(faults));
    return read_members(data->as_object(), "Data.");
}

Outcome<MetadataAnswer> parse_metadata_answer(std::string_view text) {
    json::error_code error;
    json::parse_options options;
    options.max_depth = 8;
    auto body = json::parse(text, error, {}, options);
    if (error) return refuse(Problem::Kind::invalid, "not_json", "the answer is not JSON: " + error.message());
    return read_metadata_answer(std::move(body));
}

ImportSource to_source(std::string name, MetadataAnswer answer) {
    return {std::move(name),
            [rows = std::make_shared<json::array>(std::move(answer.rows))]() { return to_rows(*rows); }};
}

const std::map<std::string, std::string, std::less<>>& metadata_columns() {
    static const auto columns = [] {
        std::map<std::string, std::string, std::less<>> made{{std::string(name_column), std::string(name_column)}};
        for (const Field& field : fields)
            made[std::string(field.name)] = field.column.empty() ? "metadata" : field.column;
        return made;
    }();
    return columns;
}

}  // namespace busbar::manage
