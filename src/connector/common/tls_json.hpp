#pragma once

#include <boost/json/object.hpp>

#include "net/stream.hpp"

namespace busbar::connector {

/// For the status of a line: {"subject":…,"fingerprint":…,"expires":…,"protocol":…,"suite":…,"resumed":false}.
boost::json::object tls_json(const net::TlsPeer& peer);

}  // namespace busbar::connector
