#pragma once

#include <memory>

#include "config/client.hpp"
#include "connector/iec104_client/line_path.hpp"

namespace busbar::connector {

/// What the line needs to know of the options. `tls`: null without.
LineConfig line_config(const config::ClientConfig& config, const std::shared_ptr<net::TlsEnd>& tls);

}  // namespace busbar::connector
