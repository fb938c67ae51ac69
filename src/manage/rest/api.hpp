#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <vector>

#include "manage/rest/body_check.hpp"
#include "manage/rest/route.hpp"

namespace busbar::manage {

/// Everything below /api/v1, /healthz and /readyz: finds the route, asks who it is and whether he may, checks
/// parameters and body against what the OpenAPI document says, and has the action done.
class Api {
public:
    explicit Api(Installation& installation);

    void handle(HttpRequest request, const Respond& respond);
    /// How large a request's body may be, by its header alone: only who may send files may send much.
    std::uint64_t body_limit(const HttpRequest& header) const;
    const std::vector<Route>& routes() const { return routes_; }
    /// The OpenAPI 3.1 document.
    const boost::json::object& document() const { return document_; }

    static constexpr std::uint64_t small_body = std::uint64_t{1} << 20;
    /// Of all routes.
    std::uint64_t largest_body() const;
    /// Of bodies of JSON that may be files, too; a larger one than the second is read by the worker.
    static constexpr std::size_t json_body = std::size_t{32} << 20, loops_body = std::size_t{64} << 10;

private:
    using Going = std::shared_ptr<Call>;
    void start(const Route& route, HttpRequest request, const Respond& say);
    void run(const Route& route, const Going& call, const Outcome<void>& good, const Respond& say);
    Outcome<Actor> identify_for(const Route& route, const HttpRequest& request, bool& is_guest) const;
    Outcome<Going> accept(const Route& route, HttpRequest request) const;

    Installation& installation_;
    std::vector<Route> routes_;
    boost::json::object document_;
    std::shared_ptr<const BodyCheck> body_check_;  // the worker's, too
};

/// The answer to a request that was refused: RFC 9457.
HttpResponse problem_response(const Problem& problem);

}  // namespace busbar::manage
