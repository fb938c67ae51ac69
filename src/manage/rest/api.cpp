#include "manage/rest/api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <utility>

#include "manage/rest/identify.hpp"
#include "manage/rest/openapi.hpp"
#include "manage/rest/sure_answer.hpp"
#include "manage/rest/target.hpp"
#include "manage/rest/web_files.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

struct KindOfProblem {
    unsigned status;
    std::string_view title;
};

KindOfProblem describe(Problem::Kind kind) {
    switch (kind) {
        case Problem::Kind::invalid: return {400, "What was sent makes no sense"};
        case Problem::Kind::not_logged_in: return {401, "Nobody is logged in"};
        case Problem::Kind::forbidden: return {403, "Not with these rights"};
        case Problem::Kind::not_found: return {404, "No such thing"};
        case Problem::Kind::conflict: return {409, "Does not go with what is there"};
        case Problem::Kind::changed_meanwhile: return {412, "Somebody else has changed it meanwhile"};
        case Problem::Kind::too_large: return {413, "Too large"};
        case Problem::Kind::too_many: return {429, "Too many requests"};
        case Problem::Kind::unavailable: return {503, "Not available now"};
        case Problem::Kind::failed: break;
    }
    return {500, "The service failed"};
}

std::vector<Route> all_routes() {
    std::vector<Route> all;
    for (auto* routes :
         {account_routes, area_routes,     backup_routes,  certificate_routes, command_routes, connector_routes,
          event_routes,   health_routes,   import_routes,  job_routes,         journal_routes, live_point_routes,
          live_routes,    log_routes,      mapping_routes, meter_routes,       openid_routes,  point_metadata_routes,
          script_routes,  settings_routes, station_routes, user_routes}) {
        for (Route& route : routes()) all.push_back(std::move(route));
    }
    return all;
}

HttpResponse to_response(const Answer& answer) {
    HttpResponse response{answer.status, answer.headers, answer.text, answer.live};
    if (!answer.text.empty()) response.headers.emplace_back("content-type", "application/json");
    if (answer.file) {
        response.headers.emplace_back("content-type", answer.file->type);
        response.body = answer.file->octets;
    }
    if (answer.body.is_null()) return response;
    response.headers.emplace_back("content-type", "application/json");
    response.body = json::serialize(answer.body);
    return response;
}

/// What every answer tells browsers.
void add_security_headers(HttpResponse& response, bool secure) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> headers{
        {{"x-content-type-options", "nosniff"},
         {"x-frame-options", "DENY"},
         {"referrer-policy", "no-referrer"},
         {"cache-control", "no-store"}}};
    for (const auto& [name, value] : headers) response.headers.emplace_back(name, value);
    if (secure) response.headers.emplace_back("strict-transport-security", "max-age=31536000");
}

/// A page of our own: nothing in it comes from elsewhere.
HttpResponse page_response(const WebFile& file) {
    return {200,
            {{"content-type", std::string(file.type)},
             {"content-security-policy",
              "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
              "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"}},
            std::string(file.octets)};
}

/// Before anything else of the request is looked at: somewhere at least he may.
bool passes_door(const Route& route, const Actor& actor) {
    return route.place == Place::everywhere ? actor.may(*route.needs) : actor.may_somewhere(*route.needs);
}

Problem not_at_this_place(const Route& route) {
    return {Problem::Kind::forbidden,
            "forbidden",
            fmt::format("this needs the role {} at this place", to_string(*route.needs)),
            {}};
}

/// A CASDU; -1: it is none.
std::int64_t station_named(std::string_view text) {
    std::uint16_t casdu = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), casdu);
    return error == std::errc{} && end == text.data() + text.size() ? casdu : -1;
}

bool is_of_body(Place place) { return place == Place::station_of_body || place == Place::device_of_body; }

bool may_there(const Route& route, const Call& call) {
    switch (route.place) {
        case Place::everywhere: break;
        case Place::any_area: return call.actor.may_somewhere(*route.needs);
        case Place::station_of_body: {
            const json::value* casdu = call.body.as_object().if_contains("casdu");
            return call.actor.may_at_station(*route.needs, casdu != nullptr ? casdu->to_number<std::int64_t>() : -1);
        }
        case Place::device_of_body: {
            const json::value* device = call.body.as_object().if_contains("device");
            return call.actor.may_at_station(*route.needs, device != nullptr ? station_named(device->as_string()) : -1);
        }
        case Place::station_of_path: return call.actor.may_at_station(*route.needs, station_named(call.at("casdu")));
        case Place::connector_of_path: {
            const auto named = call.path.find("connector");
            const auto& connector = named != call.path.end() ? named->second : call.at("id");
            return call.actor.may_with_connector(*route.needs, connector);
        }
    }
    return call.actor.may(*route.needs);
}

bool is_safe(std::string_view method) { return method == "GET" || method == "HEAD"; }

/// Whether this body is to be read as what the route's schema describes.
bool takes_json(const Route& route, const HttpRequest& request) {
    if (route.body.empty()) return false;
    return route.body_types.empty() || request.header("content-type").starts_with("application/json");
}

Outcome<void> check_type(const Route& route, const HttpRequest& request) {
    if (route.body_types.empty() || request.body.empty()) return {};
    const auto type = request.header("content-type");
    const auto takes = [type](std::string_view each) { return type.starts_with(each); };
    if (std::any_of(route.body_types.begin(), route.body_types.end(), takes)) return {};
    return refuse(Problem::Kind::invalid, "unknown_type",
                  fmt::format("the body must be {}{}", route.body.empty() ? "" : "application/json or ",
                              fmt::join(route.body_types, " or ")));
}

Outcome<void> read_body(const BodyCheck& checks, const Route& route, Call& call) {
    if (!takes_json(route, call.http)) return check_type(route, call.http);
    if (!call.http.header("content-type").starts_with("application/json"))
        return refuse(Problem::Kind::invalid, "not_json", "the body must be application/json");
    if (call.http.body.size() > Api::json_body)
        return refuse(Problem::Kind::too_large, "too_large",
                      fmt::format("a body of JSON has at most {} octets", Api::json_body));
    json::error_code error;
    json::parse_options options;
    options.max_depth = 24;
    call.body = json::parse(call.http.body, error, {}, options);
    if (error) return refuse(Problem::Kind::invalid, "not_json", "the body is not JSON: " + error.message());
    if (auto faults = checks.faults(route.body, call.body); !faults.empty())
        return refuse(Problem::Kind::invalid, "invalid_body", "the body is not as the API describes it",
                      std::move(faults));
    return {};
}

HttpResponse failed(const Route& route, const std::exception& error) {
    fmt::print(stderr, "{} failed: {}\n", route.operation, error.what());
    return problem_response({Problem::Kind::failed, "failed", error.what(), {}});
}

}  // namespace

std::optional<std::string_view> Call::asked(std::string_view name) const {
    const auto found = query.find(name);
    if (found == query.end()) return std::nullopt;
    return found->second;
}

std::int64_t Call::number(std::string_view name, std::int64_t otherwise) const {
    const auto text = asked(name);
    if (text) std::from_chars(text->data(), text->data() + text->size(), otherwise);
    return otherwise;
}

std::string Call::expected_version() const {
    std::string_view tag = http.header("if-match");
    if (tag == "*") return {};
    if (tag.starts_with('"') && tag.ends_with('"') && tag.size() > 1) tag = tag.substr(1, tag.size() - 2);
    return std::string(tag);
}

HttpResponse problem_response(const Problem& problem) {
    const auto [status, title] = describe(problem.kind);
    json::object document{{"type", "urn:busbar:problem:" + problem.code},
                          {"title", title},
                          {"status", status},
                          {"code", problem.code},
                          {"detail", problem.detail}};
    if (!problem.faults.empty()) {
        json::array errors;
        for (const auto& fault : problem.faults) errors.push_back({{"where", fault.where}, {"what", fault.what}});
        document["errors"] = std::move(errors);
    }
    HttpResponse response{status, {{"content-type", "application/problem+json"}}, json::serialize(document)};
    if (problem.kind == Problem::Kind::unavailable || problem.kind == Problem::Kind::too_many)
        response.headers.emplace_back("retry-after", "5");
    return response;
}

Api::Api(Installation& installation)
    : installation_(installation),
      routes_(all_routes()),
      document_(openapi_document(routes_)),
      body_check_(std::make_shared<BodyCheck>(document_.at("components").at("schemas").as_object())) {}

void Api::handle(HttpRequest request, const Respond& respond) {
    const auto answer = std::make_shared<SureAnswer>([respond, secure = request.secure](HttpResponse response) {
        add_security_headers(response, secure);
        respond(std::move(response));
    });
    const auto say = [this, answer, began = installation_.loop.now()](HttpResponse response) {
        installation_.requests.count(response.status, installation_.loop.now() - began);
        answer->say(std::move(response));
    };
    if (is_safe(request.method) && request.target == "/api/v1/openapi.json")
        return say(to_response({200, document_, {}}));
    if (is_safe(request.method) && (request.target == "/" || request.target == "/explorer"))
        return say({303, {{"location", "/explorer/"}}, {}});
    for (const WebFile& file : web_files()) {
        if (is_safe(request.method) && request.target == file.path) return say(page_response(file));
    }
    const auto target = parse_target(request.target);
    if (!target) return say(problem_response({Problem::Kind::invalid, "invalid_target", target.error().what, {}}));
    const std::string_view method = request.method == "HEAD" ? "GET" : std::string_view(request.method);
    std::string allowed;
    for (const Route& route : routes_) {
        if (!match(route.path, target->path)) continue;
        allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
        if (route.method != method) continue;
        return start(route, std::move(request), say);
    }
    if (allowed.empty()) return say(problem_response({Problem::Kind::not_found, "no_such_path", target->path, {}}));
    auto response =
        problem_response({Problem::Kind::invalid, "method_not_allowed", "this address takes " + allowed, {}});
    response.status = 405;
    response.headers.emplace_back("allow", allowed);
    say(std::move(response));
}

std::uint64_t Api::body_limit(const HttpRequest& header) const {
    const auto target = parse_target(header.target);
    if (!target) return small_body;
    const auto route = std::find_if(routes_.begin(), routes_.end(), [&](const Route& each) {
        return !each.body_types.empty() && each.method == header.method && match(each.path, target->path);
    });
    if (route == routes_.end()) return small_body;
    bool is_guest = false;
    return identify_for(*route, header, is_guest) ? route->largest_file : small_body;
}

std::uint64_t Api::largest_body() const {
    std::uint64_t largest = small_body;
    for (const Route& route : routes_) {
        if (!route.body_types.empty()) largest = std::max(largest, route.largest_file);
    }
    return largest;
}

/// What throws here is the machine's fault (a full disk, a damaged database): this request fails, the service goes on.
void Api::start(const Route& route, HttpRequest request, const Respond& say) {
    if (!is_safe(route.method)) {
        auto& gate = installation_.gate;
        if (gate.is_full())
            return say(problem_response({Problem::Kind::unavailable, "busy", "too many changes at the same time", {}}));
        const auto held = std::make_shared<HttpRequest>(std::move(request));
        if (gate.holds([this, &route, held, say] { start(route, std::move(*held), say); })) return;
        request = std::move(*held);
    }
    try {
        auto call = accept(route, std::move(request));
        if (!call) return say(problem_response(call.error()));
        if ((*call)->http.body.size() <= loops_body || !takes_json(route, (*call)->http))
            return run(route, *call, read_body(*body_check_, route, **call), say);
        // The worker may outlive this: it has what it needs, and gives the rest back.
        installation_.worker.run(
            [this, checks = body_check_, copy = route, &route, given = *call, say]() -> std::function<void()> {
                auto good = read_body(*checks, copy, *given);
                return [this, good = std::move(good), &route, given, say] { run(route, given, good, say); };
            });
    } catch (const std::exception& error) {
        say(failed(route, error));
    }
}

void Api::run(const Route& route, const Going& call, const Outcome<void>& good, const Respond& say) {
    if (!good) return say(problem_response(good.error()));
    if (is_of_body(route.place) && !call->is_guest && !may_there(route, *call))
        return say(problem_response(not_at_this_place(route)));
    try {
        route.run(installation_, call, [say](const Outcome<Answer>& outcome) {
            say(outcome ? to_response(*outcome) : problem_response(outcome.error()));
        });
    } catch (const std::exception& error) {
        say(failed(route, error));
    }
}

/// Somebody who may, by login or as the route's guest.
Outcome<Actor> Api::identify_for(const Route& route, const HttpRequest& request, bool& is_guest) const {
    if (route.guest) {
        if (auto guest = route.guest(installation_, request)) {
            is_guest = true;
            return *guest;
        }
    }
    auto actor = identify(installation_, request, route.needs.has_value());
    if (actor && route.needs && !passes_door(route, *actor))
        return refuse(Problem::Kind::forbidden, "forbidden",
                      "this needs the role " + std::string(to_string(*route.needs)));
    return actor;
}

/// Everything but the body.
Outcome<Api::Going> Api::accept(const Route& route, HttpRequest request) const {
    auto call = std::make_shared<Call>();
    auto target = parse_target(request.target);
    call->path = *match(route.path, target->path);
    auto actor = identify_for(route, request, call->is_guest);
    if (!actor) return tl::make_unexpected(actor.error());
    call->actor = *actor;
    if (route.needs && !is_of_body(route.place) && !call->is_guest && !may_there(route, *call))
        return tl::make_unexpected(not_at_this_place(route));
    if (auto faults = query_faults(route, target->query); !faults.empty())
        return refuse(Problem::Kind::invalid, "invalid_parameter", "a parameter makes no sense", std::move(faults));
    call->query = {target->query.begin(), target->query.end()};
    call->http = std::move(request);
    return call;
}

}  // namespace busbar::manage
