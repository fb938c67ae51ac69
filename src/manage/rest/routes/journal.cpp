#include <fmt/format.h>

#include <boost/json.hpp>
#include <initializer_list>

#include "manage/actions/difference.hpp"
#include "manage/actions/exports.hpp"
#include "manage/actions/journal.hpp"
#include "manage/rest/import_parameters.hpp"
#include "manage/rest/json_members.hpp"
#include "manage/rest/path_id.hpp"
#include "manage/rest/route.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

constexpr std::size_t most_differences = 1000;
constexpr std::int64_t most_exported = 200'000;  // entries

json::value parsed(const std::optional<std::string>& text) { return text ? json::parse(*text) : json::value(); }

json::object to_json(const Revision& revision) {
    return {{"id", revision.id},          {"at", iso(revision.at)},    {"author", revision.author},
            {"kind", revision.kind},      {"object", revision.object}, {"action", revision.action},
            {"comment", revision.comment}};
}

json::object to_json(const Difference& difference) {
    json::object object{{"where", difference.where}};
    if (difference.before) object["before"] = *difference.before;
    if (difference.after) object["after"] = *difference.after;
    return object;
}

/// With what was before and after, and where they differ.
json::object whole(const Revision& revision) {
    json::object object = to_json(revision);
    json::value before = parsed(revision.before), after = parsed(revision.after);
    if (revision.before && revision.after) {
        json::array places;
        for (const Difference& each : differences(before, after, most_differences)) places.push_back(to_json(each));
        object["differences"] = std::move(places);
    }
    object["before"] = std::move(before);
    object["after"] = std::move(after);
    return object;
}

Outcome<Answer> list(Installation& installation, const Call& call) {
    json::array found;
    const auto limit = call.number("limit", 100);
    for (const Revision& each : list_revisions(installation, call.asked("kind").value_or("config"),
                                               call.asked("object").value_or(""), call.number("before", 0), limit))
        found.push_back(to_json(each));
    json::object answer{{"revisions", std::move(found)}};
    const auto& all = answer["revisions"].as_array();
    if (static_cast<std::int64_t>(all.size()) == limit) answer["next"] = all.back().at("id");
    return Answer{200, std::move(answer), {}};
}

Outcome<Answer> answer_of(Database& database, const Actor& actor, std::int64_t id) {
    return get_revision(database, actor, id).map([](const Revision& revision) {
        return Answer{200, whole(revision), {}};
    });
}

/// A change of points or of a mapping may be long: it is the worker's.
void show(Installation& installation, const std::shared_ptr<const Call>& call, const Finish& finish) {
    const auto id = path_id(*call);
    if (kind_of_revision(installation.database, id).value_or("config") == "config")
        return finish(answer_of(installation.database, call->actor, id));
    installation.worker.run([file = installation.database.file(), call, id, finish]() -> std::function<void()> {
        Database database(file);
        const auto answer = std::make_shared<Outcome<Answer>>(answer_of(database, call->actor, id));
        return [answer, finish] { finish(std::move(*answer)); };
    });
}

PutBack to_answer(const Finish& finish) {
    return [finish](const Outcome<std::string>& object) {
        finish(object.map([](const std::string& restored) { return Answer{200, {{"restored", restored}}, {}}; }));
    };
}

void restore(Installation& installation, const std::shared_ptr<const Call>& call, const Finish& finish) {
    restore_revision(installation, call->actor, path_id(*call), to_answer(finish));
}

void undo(Installation& installation, const std::shared_ptr<const Call>& call, const Finish& finish) {
    undo_revision(installation, call->actor, path_id(*call), to_answer(finish));
}

Outcome<AuditFilter> read_audit_filter(const Call& call) {
    AuditFilter filter;
    filter.before = call.number("before", 0);
    filter.who = call.asked("who").value_or("");
    filter.action = call.asked("action").value_or("");
    filter.object = call.asked("object").value_or("");
    for (const auto& [name, into] : {std::pair{"from", &filter.from}, std::pair{"to", &filter.to}}) {
        const auto text = call.asked(name);
        if (!text) continue;
        *into = parse_iso8601(*text);
        if (!*into)
            return refuse(Problem::Kind::invalid, "invalid_time",
                          std::string(name) + " is no date and time (RFC 3339)");
    }
    return filter;
}

Outcome<Answer> audit(Installation& installation, const Call& call) {
    const auto filter = read_audit_filter(call);
    if (!filter) return tl::make_unexpected(filter.error());
    json::array entries;
    const auto limit = call.number("limit", 100);
    for (const AuditEntry& entry : audit_entries(installation.database, *filter, static_cast<int>(limit))) {
        entries.push_back({{"id", entry.id},
                           {"at", iso(entry.at)},
                           {"who", entry.who},
                           {"address", entry.address},
                           {"action", entry.action},
                           {"object", entry.object},
                           {"before", parsed(entry.before)},
                           {"after", parsed(entry.after)}});
    }
    json::object answer{{"entries", std::move(entries)}};
    const auto& all = answer["entries"].as_array();
    if (static_cast<std::int64_t>(all.size()) == limit) answer["next"] = all.back().at("id");
    return Answer{200, std::move(answer), {}};
}

TableRow to_cells(std::initializer_list<std::string> texts) { return {texts.begin(), texts.end()}; }

TableRow row_of(const AuditEntry& entry, const std::string& hash) {
    return to_cells({std::to_string(entry.id), iso(entry.at), entry.who, entry.address, entry.action, entry.object,
                     entry.before.value_or(""), entry.after.value_or(""), hash});
}

void export_audit(Installation& installation, const std::shared_ptr<const Call>& call, const Finish& finish) {
    const auto filter = read_audit_filter(*call);
    if (!filter) return finish(tl::make_unexpected(filter.error()));
    if (count_audit_entries(installation.database, *filter) > most_exported)
        return finish(refuse(Problem::Kind::invalid, "too_many_entries",
                             fmt::format("a file has {} entries at most; choose a shorter time", most_exported)));
    const auto rows = [file = installation.database.file(), filter = *filter](const auto& add) {
        Database database(file);
        add(to_cells({"id", "at", "who", "address", "action", "object", "before", "after", "hash"}));
        for_each_audit_entry(database, filter,
                             [&add](const AuditEntry& entry, const std::string& hash) { add(row_of(entry, hash)); });
    };
    const auto format = format_of(*call);
    write_table(installation, {false, format.separator}, rows, [finish, format](Outcome<std::string> octets) {
        if (!octets) return finish(tl::make_unexpected(octets.error()));
        finish(file_answer(std::move(*octets), "audit", format));
    });
}

Outcome<Answer> check(Installation& installation, const Call&) {
    const auto forged = first_forged_entry(installation.database);
    json::object answer{{"whole", forged == 0}};
    if (forged != 0) answer["first_forged"] = forged;
    return Answer{200, std::move(answer), {}};
}

Route export_route(std::vector<Parameter> filter) {
    Route route{
        .method = "GET",
        .path = "/api/v1/audit/export",
        .operation = "exportAudit",
        .tag = "Audit",
        .summary = "Who did what, oldest first, as a file, each entry with the hash that chains it to the one before",
        .needs = Role::admin,
        .parameters = std::move(filter),
        .codes = {"invalid_time", "too_many_entries", "too_many_jobs"},
        .run = export_audit,
        .answer_types = {csv_type}};
    route.parameters.push_back(separator_parameter());
    return route;
}

}  // namespace

std::vector<Route> journal_routes() {
    using Type = Parameter::Type;
    const Parameter limit{"limit", "How many at most; 100 without it", Type::integer, 1, 1000};
    const Parameter before{"before", "Only those before this one: `next` of the answer before", Type::integer, 1};
    const Parameter kind{"kind", "What was changed; config without it", Type::text, 0,
                         10,     {"config", "mapping", "points"}};
    const Parameter object{"object", "Only of this connector", Type::text, 1, 64};
    const std::vector<Parameter> filter{{"who", "Only what this user did", Type::text, 1, 64},
                                        {"action", "Only this one, to the letter", Type::text, 1, 200},
                                        {"object", "Only what was done to this", Type::text, 1, 200},
                                        {"from", "Done since (RFC 3339)", Type::text, 1, 40},
                                        {"to", "Done until", Type::text, 1, 40}};
    auto of_list = filter;
    of_list.insert(of_list.end(), {before, limit});
    std::vector<Route> routes{
        {"GET",
         "/api/v1/revisions",
         "listRevisions",
         "Revisions",
         "Changes of the configuration, newest first",
         Role::viewer,
         {},
         "Revisions",
         200,
         {kind, object, before, limit},
         false,
         {},
         at_once(list)},
        {"GET",
         "/api/v1/revisions/{id}",
         "getRevision",
         "Revisions",
         "One change with what was before and after, and where they differ",
         Role::viewer,
         {},
         "Revision",
         200,
         {},
         false,
         {"no_such_revision"},
         show},
        {"POST",
         "/api/v1/revisions/{id}/restore",
         "restoreRevision",
         "Revisions",
         "Puts what this change touched back as it was after it, as a new change",
         Role::engineer,
         {},
         "Restored",
         200,
         {},
         false,
         {"no_such_revision", "not_restorable", "invalid_config", "invalid_mapping", "changed_meanwhile",
          "too_many_jobs"},
         restore},
        {"POST",
         "/api/v1/revisions/{id}/undo",
         "undoRevision",
         "Revisions",
         "Puts what this change touched back as it was before, as a new change",
         Role::engineer,
         {},
         "Restored",
         200,
         {},
         false,
         {"no_such_revision", "not_restorable", "invalid_config", "invalid_mapping", "changed_meanwhile",
          "too_many_jobs"},
         undo},
        {"GET",
         "/api/v1/audit",
         "listAudit",
         "Audit",
         "Who did what, newest first",
         Role::admin,
         {},
         "AuditEntries",
         200,
         std::move(of_list),
         false,
         {"invalid_time"},
         at_once(audit)},
        {"GET",
         "/api/v1/audit/check",
         "checkAudit",
         "Audit",
         "Whether nobody has altered it behind our back",
         Role::admin,
         {},
         "AuditCheck",
         200,
         {},
         false,
         {},
         at_once(check)},
    };
    routes.push_back(export_route(filter));
    return routes;
}

}  // namespace busbar::manage
