#include <boost/json.hpp>

#include "manage/actions/journal.hpp"
#include "manage/rest/json_members.hpp"
#include "manage/rest/path_id.hpp"
#include "manage/rest/route.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

json::value parsed(const std::optional<std::string>& text) { return text ? json::parse(*text) : json::value(); }

json::object to_json(const Revision& revision, bool whole) {
    json::object object{{"id", revision.id},          {"at", iso(revision.at)},    {"author", revision.author},
                        {"kind", revision.kind},      {"object", revision.object}, {"action", revision.action},
                        {"comment", revision.comment}};
    if (whole) {
        object["before"] = parsed(revision.before);
        object["after"] = parsed(revision.after);
    }
    return object;
}

Outcome<Answer> list(Installation& installation, const Call& call) {
    json::array found;
    const auto limit = call.number("limit", 100);
    for (const Revision& each : list_revisions(installation, call.asked("kind").value_or("config"),
                                               call.asked("object").value_or(""), call.number("before", 0), limit))
        found.push_back(to_json(each, false));
    json::object answer{{"revisions", std::move(found)}};
    const auto& all = answer["revisions"].as_array();
    if (static_cast<std::int64_t>(all.size()) == limit) answer["next"] = all.back().at("id");
    return Answer{200, std::move(answer), {}};
}

Outcome<Answer> show(Installation& installation, const Call& call) {
    return get_revision(installation, call.actor, path_id(call)).map([](const Revision& revision) {
        return Answer{200, to_json(revision, true), {}};
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

Outcome<Answer> audit(Installation& installation, const Call& call) {
    json::array entries;
    const auto limit = call.number("limit", 100);
    for (const AuditEntry& entry :
         audit_entries(installation.database, call.number("before", 0), static_cast<int>(limit))) {
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

Outcome<Answer> check(Installation& installation, const Call&) {
    const auto forged = first_forged_entry(installation.database);
    json::object answer{{"whole", forged == 0}};
    if (forged != 0) answer["first_forged"] = forged;
    return Answer{200, std::move(answer), {}};
}

}  // namespace

std::vector<Route> journal_routes() {
    using Type = Parameter::Type;
    const Parameter limit{"limit", "How many at most; 100 without it", Type::integer, 1, 1000};
    const Parameter before{"before", "Only those before this one: `next` of the answer before", Type::integer, 1};
    const Parameter kind{"kind", "What was changed; config without it", Type::text, 0,
                         10,     {"config", "mapping", "points"}};
    const Parameter object{"object", "Only of this connector", Type::text, 1, 64};
    return {
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
         "One change with what was before and after",
         Role::viewer,
         {},
         "Revision",
         200,
         {},
         false,
         {"no_such_revision"},
         at_once(show)},
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
         {"no_such_revision", "not_restorable", "invalid_config", "invalid_mapping"},
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
         {"no_such_revision", "not_restorable", "invalid_config", "invalid_mapping"},
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
         {before, limit},
         false,
         {},
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
}

}  // namespace busbar::manage
