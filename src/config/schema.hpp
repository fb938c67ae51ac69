#pragma once

#include <boost/json/object.hpp>

#include "config/document.hpp"

namespace busbar::config {

/// The document's JSON Schema (2020-12). Beside the standard's words a member may have "unit", and "restarts": true if
/// a change drops the line. Relations between members are not in it.
boost::json::object schema(Document document);

}  // namespace busbar::config
