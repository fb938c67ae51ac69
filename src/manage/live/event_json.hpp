#pragma once

#include <string>
#include <string_view>

#include "store/keys.hpp"
#include "store/stream_id.hpp"

namespace busbar::manage {

/// Adds an entry of the updates stream as an API object: the point, and `id` and `at` of the entry. False, and nothing
/// added: `data` is no point.
bool write_event(std::string& out, store::StreamId id, store::ImageAddress address, std::string_view source,
                 std::string_view data);

}  // namespace busbar::manage
