#pragma once

#include <boost/json/object.hpp>

namespace busbar::config {

/// Writes into a meter client's document what the presets of its channels stand for, wherever the document does not say
/// it itself. Whatever is not as it should be is left for the reader to complain about.
void fill_in_presets(boost::json::object& document);

}  // namespace busbar::config
