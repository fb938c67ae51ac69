#include <boost/json.hpp>

#include "manage/actions/metrics.hpp"
#include "manage/rest/route.hpp"

namespace busbar::manage {

namespace {

constexpr std::string_view metrics_type = "text/plain; version=0.0.4";

Outcome<Answer> health(Installation&, const Call&) { return Answer{200, {{"status", "good"}}, {}}; }

Outcome<Answer> readiness(Installation& installation, const Call&) {
    if (installation.store.is_connected()) return Answer{200, {{"status", "good"}}, {}};
    return refuse(Problem::Kind::unavailable, "store_away", "the store is away: " + installation.store.down_reason());
}

Outcome<Answer> metrics(Installation& installation, const Call&) {
    Answer answer;
    answer.file = {std::string(metrics_type), metrics_of(installation)};
    return answer;
}

}  // namespace

std::vector<Route> health_routes() {
    return {
        {"GET",
         "/healthz",
         "health",
         "Health",
         "The service answers",
         std::nullopt,
         {},
         "Health",
         200,
         {},
         false,
         {},
         at_once(health)},
        {"GET",
         "/readyz",
         "readiness",
         "Health",
         "The service can do its work: the store is there",
         std::nullopt,
         {},
         "Health",
         200,
         {},
         false,
         {"store_away"},
         at_once(readiness)},
        {.method = "GET",
         .path = "/metrics",
         .operation = "metrics",
         .tag = "Health",
         .summary = "The service and its connectors in the text format of Prometheus",
         .needs = Role::viewer,
         .run = at_once(metrics),
         .answer_types = {metrics_type}},
    };
}

}  // namespace busbar::manage
