#include "manage/actions/backup.hpp"

#include <boost/json.hpp>

#include "manage/rest/route.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

constexpr std::string_view backup_type = "application/octet-stream", passphrase_header = "x-busbar-passphrase";

void take(Installation& installation, const std::shared_ptr<const Call>& call, const Finish& finish) {
    take_backup(installation, call->actor, std::string(call->body.at("passphrase").as_string()),
                [finish](Outcome<std::string> file) {
                    finish(std::move(file).map([](std::string octets) {
                        Answer answer;
                        answer.headers.emplace_back("content-disposition", "attachment; filename=\"busbar.backup\"");
                        answer.file = {std::string(backup_type), std::move(octets)};
                        return answer;
                    }));
                });
}

json::object to_json(const RestorePlan& plan, bool dry_run) {
    const auto list = [](const std::vector<std::string>& texts) { return json::array(texts.begin(), texts.end()); };
    return {{"dry_run", dry_run},
            {"same_installation", plan.same_installation},
            {"connectors",
             {{"added", list(plan.connectors_added)},
              {"changed", list(plan.connectors_changed)},
              {"removed", list(plan.connectors_removed)}}},
            {"points", {{"before", plan.points_before}, {"after", plan.points_after}}},
            {"users", {{"before", list(plan.users_before)}, {"after", list(plan.users_after)}}}};
}

void restore(Installation& installation, const std::shared_ptr<const Call>& call, const Finish& finish) {
    if (call->http.body.empty())
        return finish(refuse(Problem::Kind::invalid, "no_file", "send the backup as the body"));
    const bool dry_run = call->asked("dry_run") == "true";
    restore_backup(
        installation, call->actor, call->http.body, std::string(call->http.header(passphrase_header)), dry_run,
        [finish, dry_run](const Outcome<RestorePlan>& plan) {
            finish(plan.map([dry_run](const RestorePlan& good) { return Answer{200, to_json(good, dry_run), {}}; }));
        });
}

}  // namespace

std::vector<Route> backup_routes() {
    return {
        {.method = "POST",
         .path = "/api/v1/backup",
         .operation = "takeBackup",
         .tag = "Backup",
         .summary = "The whole database, sealed with a passphrase",
         .needs = Role::admin,
         .body = "NewBackup",
         .run = take,
         .answer_types = {backup_type}},
        {.method = "POST",
         .path = "/api/v1/restore",
         .operation = "restoreBackup",
         .tag = "Backup",
         .summary = "Puts everything back as it was in a backup; all logins end",
         .needs = Role::admin,
         .answer = "RestoredBackup",
         .parameters = {{"dry_run", "Only says what it would change", Parameter::Type::boolean}},
         .codes = {"no_file", "unusable_backup"},
         .run = restore,
         .body_types = {backup_type},
         .largest_file = std::uint64_t{256} << 20,
         .headers = {{passphrase_header, "The backup's passphrase"}}},
    };
}

}  // namespace busbar::manage
