#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "manage/actions/actor.hpp"
#include "manage/actions/installation.hpp"
#include "manage/actions/problem.hpp"
#include "manage/rest/http.hpp"

namespace busbar::manage {

/// A request whose address, rights, parameters and body are good.
struct Call {
    HttpRequest http;
    Actor actor;                                            // nobody where the route is for anyone
    bool is_guest = false;                                  // came by the route's `guest`
    std::map<std::string, std::string, std::less<>> path;   // "{id}" of the route's path
    std::map<std::string, std::string, std::less<>> query;  // decoded
    boost::json::value body;                                // null without one

    const std::string& at(std::string_view name) const { return path.find(name)->second; }
    std::optional<std::string_view> asked(std::string_view name) const;
    std::int64_t number(std::string_view name, std::int64_t otherwise) const;
    /// Of If-Match, without quotes; empty for "*" and without the header.
    std::string expected_version() const;
};

struct Answer {
    unsigned status = 200;
    boost::json::value body = nullptr;  // null: no body
    Headers headers = {};
    std::string text = {};                       // a body that is JSON text already
    std::shared_ptr<LiveClient> live = nullptr;  // goes on after the answer (http.hpp)
    struct File {
        std::string type, octets;
    };
    std::optional<File> file = {};  // instead of a body of JSON
};
using Finish = std::function<void(Outcome<Answer> outcome)>;

/// A query parameter.
struct Parameter {
    enum class Type : std::uint8_t { text, integer, boolean };
    std::string_view name, description;
    Type type = Type::text;
    std::int64_t least = 0, most = std::numeric_limits<std::int64_t>::max();  // of an integer; length of a text
    std::vector<std::string_view> words = {};                                 // of a text: only these
};

/// Where the role that a route needs must be had: a role in an area is enough only where the route says what place it
/// is about, and then only if that place is in the area. Api checks it before `run` sees the call.
enum class Place : std::uint8_t {
    everywhere,
    station_of_body,    // its member casdu
    device_of_body,     // its member device: a station, or ALL and so everywhere
    station_of_path,    // {casdu}
    connector_of_path,  // {connector}, or else {id}
    any_area,           // whichever: the action itself keeps to those of the actor
};

/// One operation of the API: what serves it and what the OpenAPI document says of it.
struct Route {
    std::string_view method, path;  // "POST", "/api/v1/connectors/{id}/start"
    std::string_view operation;     // "startConnector"
    std::string_view tag;           // "Connectors"
    std::string_view summary;
    std::optional<Role> needs;     // nobody has to log in without it
    std::string_view body = {};    // its schema's name; empty: none
    std::string_view answer = {};  // its schema's name; empty: none
    unsigned good = 200;
    std::vector<Parameter> parameters = {};
    bool if_match = false;                     // takes If-Match
    std::vector<std::string_view> codes = {};  // of its own problems
    std::function<void(Installation&, const std::shared_ptr<const Call>&, Finish)> run = {};
    std::string_view answer_type = "application/json";
    bool idempotency_key = false;                     // takes Idempotency-Key
    std::vector<std::string_view> body_types = {};    // takes a large file of one of these types, `body`, or nothing
    std::vector<std::string_view> answer_types = {};  // answers with a file of one of these types
    std::uint64_t largest_file = std::uint64_t{64} << 20;
    std::vector<Parameter> headers = {};  // that it takes beside those of all
    bool other_parameters = false;        // whoever calls it may add some of his own
    /// Who may do this without a login; nobody: whoever sent this has to log in.
    std::function<std::optional<Actor>(const Installation&, const HttpRequest&)> guest = {};
    Place place = Place::everywhere;
};

/// For a `run` that has its answer at once.
template <class Work>
auto at_once(Work work) {
    return [work](Installation& installation, const std::shared_ptr<const Call>& call, const Finish& finish) {
        finish(work(installation, *call));
    };
}

/// Those that choose points (live/point_filter.hpp).
std::vector<Parameter> filter_parameters();

// A file a resource: rest/routes/NAME.cpp.
std::vector<Route> account_routes();
std::vector<Route> area_routes();
std::vector<Route> backup_routes();
std::vector<Route> certificate_routes();
std::vector<Route> command_routes();
std::vector<Route> connector_routes();
std::vector<Route> event_routes();
std::vector<Route> health_routes();
std::vector<Route> import_routes();
std::vector<Route> job_routes();
std::vector<Route> journal_routes();
std::vector<Route> live_routes();
std::vector<Route> live_point_routes();
std::vector<Route> log_routes();
std::vector<Route> mapping_routes();
std::vector<Route> meter_routes();
std::vector<Route> openid_routes();
std::vector<Route> point_metadata_routes();
std::vector<Route> script_routes();
std::vector<Route> settings_routes();
std::vector<Route> station_routes();
std::vector<Route> user_routes();

}  // namespace busbar::manage
