#include "manage/actions/copy_connector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include <boost/json.hpp>

#include "config/schema.hpp"
#include "manage/actions/change_apart.hpp"

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

Outcome<std::vector<ConnectorRow>> copies_of(Database& database, std::string_view id, const CopyTable& table) {
    const auto original = find_connector(database, id);
    if (!original) return tl::make_unexpected(no_such_connector(id).error());
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
            return check_new(database, made, copies).map([&] { copies.push_back(std::move(made)); });
        });
        if (!copy) add_faults(copy.error(), row, faults);
    }
    if (faults.empty()) return copies;
    return refuse(Problem::Kind::invalid, "invalid_copies", "nothing was made: rows have faults", std::move(faults));
}

Outcome<std::vector<ConnectorRow>> save_copies(Database& database, const Author& author, std::string_view id,
                                               const CopyTable& table, const std::function<void()>& alone) {
    auto copies = copies_of(database, id, table);
    if (!copies) return copies;
    alone();
    Change transaction(database);
    for (const ConnectorRow& copy : *copies) {
        if (find_connector_head(database, copy.id))
            return refuse(Problem::Kind::conflict, "changed_meanwhile",
                          copy.id + " was made while this was checked; try again");
    }
    save_new_connectors(database, author, *copies, "copy of " + std::string(id));
    transaction.commit();
    return copies;
}

}  // namespace

void copy_connector(Installation& installation, const Actor& actor, std::string id, CopyTable table, bool dry_run,
                    std::function<void(Outcome<std::vector<ConnectorRow>>)> done) {
    const bool takes_long = has_long_mapping(installation, id);
    const Author author{actor, installation.loop.utc_now()};
    auto work = [author, id = std::move(id), table = std::move(table), dry_run](Database& database, const auto& alone) {
        return dry_run ? copies_of(database, id, table) : save_copies(database, author, id, table, alone);
    };
    auto then = [&installation, dry_run, done = std::move(done)](Outcome<std::vector<ConnectorRow>> copies) {
        if (copies && !dry_run) apply_connectors(installation);
        done(std::move(copies));
    };
    if (!takes_long) return then(work(installation.database, std::function<void()>([] {})));
    change_apart<std::vector<ConnectorRow>>(installation, std::move(work), std::move(then));
}

}  // namespace busbar::manage
