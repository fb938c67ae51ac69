#include "manage/actions/copy_connector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include <boost/json.hpp>

#include "config/schema.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

/// A step of a JSON pointer (RFC 6901), and the rest of it.
std::string take_step(std::string_view& pointer) {
    pointer.remove_prefix(1);
    const auto end = std::min(pointer.find('/'), pointer.size());
    std::string step(pointer.substr(0, end));
    pointer.remove_prefix(end);
    boost::algorithm::replace_all(step, "~1", "/");
    boost::algorithm::replace_all(step, "~0", "~");
    return step;
}

config::Document document_of(std::string_view kind) {
    if (kind == server_kind) return config::Document::iec104_server;
    return kind == client_kind ? config::Document::iec104_client : config::Document::iec102_client;
}

/// Whether the configuration can have it: a reader ignores members that it does not know, and a wrong heading would go
/// unnoticed.
bool is_known(json::value schema, std::string_view pointer) {
    if (!pointer.starts_with('/')) return false;
    while (!pointer.empty() && schema.is_object()) {
        const std::string step = take_step(pointer);
        const auto& described = schema.get_object();
        if (const auto* members = described.if_contains("properties")) {
            const auto* member = members->as_object().if_contains(step);
            if (member == nullptr) return false;
            schema = json::value(*member);
        } else if (const auto* items = described.if_contains("items")) {
            schema = json::value(*items);
        } else {
            return true;
        }
    }
    return true;
}

bool is_index(std::string_view step) {
    return !step.empty() && step.size() < 4 && step.find_first_not_of("0123456789") == step.npos;
}

/// Members that are missing are made, and the first element after the last. False: there is no such place.
bool set_at(json::value& document, std::string_view pointer, const json::value& wanted) {
    json::value* place = &document;
    while (!pointer.empty()) {
        const std::string step = take_step(pointer);
        if (place->is_null() && is_index(step)) place->emplace_array();
        if (place->is_null()) place->emplace_object();
        if (place->is_object()) {
            place = &place->get_object()[step];
        } else if (place->is_array() && is_index(step)) {
            auto& elements = place->get_array();
            const auto index = std::stoul(step);
            if (index > elements.size()) return false;
            if (index == elements.size()) elements.emplace_back(nullptr);
            place = &elements[index];
        } else {
            return false;
        }
    }
    *place = wanted;
    return true;
}

Outcome<ConnectorRow> make_copy(const ConnectorRow& original, const CopyTable& table, const CopyTable::Row& row) {
    if (row.values.size() != table.columns.size())
        return refuse(Problem::Kind::invalid, "",
                      fmt::format("{} values for {} columns", row.values.size(), table.columns.size()));
    json::value config = json::parse(original.config);
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        if (row.values[column].is_null()) continue;
        if (!set_at(config, table.columns[column], row.values[column]))
            return refuse(Problem::Kind::invalid, "", table.columns[column] + " is no place in the configuration");
    }
    ConnectorRow copy = original;
    copy.id = row.id;
    copy.name = row.name;
    copy.config = json::serialize(config);
    copy.stopped = table.stopped;
    return copy;
}

void add_faults(const Problem& problem, std::size_t row, std::vector<Problem::Fault>& faults) {
    const auto where = fmt::format("rows[{}]", row);
    if (problem.faults.empty()) faults.push_back({where, problem.detail});
    for (const auto& fault : problem.faults)
        faults.push_back({fault.where.empty() ? where : where + ": " + fault.where, fault.what});
}

}  // namespace

Outcome<std::vector<ConnectorRow>> copy_connector(Installation& installation, const Actor& actor, std::string_view id,
                                                  const CopyTable& table, bool dry_run) {
    const auto original = find(installation, id);
    if (!original) return tl::make_unexpected(original.error());
    std::vector<ConnectorRow> copies;
    std::vector<Problem::Fault> faults;
    const json::value schema = config::schema(document_of(original->kind));
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        if (!is_known(schema, table.columns[column]))
            faults.push_back({fmt::format("columns[{}]", column),
                              table.columns[column] + " is no member of this kind's configuration"});
    }
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        const auto copy = make_copy(*original, table, table.rows[row]).and_then([&](ConnectorRow made) {
            return check_new(installation, made, copies).map([&] { copies.push_back(std::move(made)); });
        });
        if (!copy) add_faults(copy.error(), row, faults);
    }
    if (!faults.empty())
        return refuse(Problem::Kind::invalid, "invalid_copies", "nothing was made: rows have faults",
                      std::move(faults));
    if (!dry_run) add_connectors(installation, actor, copies, "copy of " + original->id);
    return copies;
}

}  // namespace busbar::manage
