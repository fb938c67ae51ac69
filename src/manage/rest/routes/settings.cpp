#include "manage/actions/settings.hpp"

#include "manage/rest/route.hpp"

namespace busbar::manage {

namespace {

Outcome<Answer> show(Installation& installation, const Call&) { return Answer{200, settings_of(installation), {}}; }

Outcome<Answer> change(Installation& installation, const Call& call) {
    return change_settings(installation, call.actor, call.body.as_object()).map([&] {
        return Answer{200, settings_of(installation), {}};
    });
}

}  // namespace

std::vector<Route> settings_routes() {
    return {
        {.method = "GET",
         .path = "/api/v1/settings",
         .operation = "getSettings",
         .tag = "Settings",
         .summary = "What belongs to the whole installation",
         .needs = Role::viewer,
         .answer = "Settings",
         .run = at_once(show)},
        {.method = "PATCH",
         .path = "/api/v1/settings",
         .operation = "changeSettings",
         .tag = "Settings",
         .summary = "Changes what is named",
         .needs = Role::admin,
         .body = "SettingsChange",
         .answer = "Settings",
         .codes = {"no_limit"},
         .run = at_once(change)},
    };
}

}  // namespace busbar::manage
