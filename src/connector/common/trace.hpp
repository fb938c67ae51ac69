#pragma once

#include <string_view>

#include "base/octets.hpp"
#include "base/time.hpp"
#include "store/publisher.hpp"

namespace busbar::connector {

/// Publishes octets of a line on `connectors:{ID}:trace`, a message an APDU:
/// {"time":"…Z","peer":"10.1.0.7:2404","dir":"in"|"out","octets":"680407000000"}. What is no whole APDU comes as it is.
void trace(store::Publisher& publisher, UtcTime time, std::string_view peer, bool sent, Octets octets);

}  // namespace busbar::connector
