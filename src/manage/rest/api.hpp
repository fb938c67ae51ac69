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

private:
    void run(const Route& route, HttpRequest request, const Respond& say);
    Outcome<std::shared_ptr<const Call>> accept(const Route& route, HttpRequest request) const;

    Installation& installation_;
    std::vector<Route> routes_;
    boost::json::object document_;
    BodyCheck body_check_;
};

/// The answer to a request that was refused: RFC 9457.
HttpResponse problem_response(const Problem& problem);

}  // namespace busbar::manage
