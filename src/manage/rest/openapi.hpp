#pragma once

#include <boost/json/object.hpp>
#include <vector>

#include "manage/rest/route.hpp"

namespace busbar::manage {

/// The OpenAPI 3.1 document of these routes.
boost::json::object openapi_document(const std::vector<Route>& routes);

/// components.schemas: what bodies and answers look like (JSON Schema 2020-12).
boost::json::object api_schemas();
/// Those of values, commands and events.
boost::json::object live_schemas();
/// Those of logins by OpenID Connect.
boost::json::object openid_schemas();
/// Those of points' metadata and of imports.
boost::json::object import_schemas();
/// Those of settings, stations, meters and certificates.
boost::json::object installation_schemas();
/// Those of import scripts and of the metadata that they answer.
boost::json::object script_schemas();

}  // namespace busbar::manage
