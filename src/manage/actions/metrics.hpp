#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "manage/actions/installation.hpp"

namespace busbar::manage {

/// The metrics of the service and of all its connectors, in the text format of Prometheus.
std::string metrics_of(const Installation& installation);

/// Texts in that format as one: families of one name stand together, under the header of the first. What is neither a
/// header nor a sample of `busbar_…` is left out.
std::string merge_metrics(const std::vector<std::string>& texts);

}  // namespace busbar::manage
