#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "store/store.hpp"

namespace busbar::store {

/// The value of notify-keyspace-events that has everything in `present` and also tells SET and DEL by key ("K$g").
std::string with_set_and_del(std::string_view present);
/// True if `flags` tells SET and DEL by key.
bool tells_set_and_del(std::string_view flags);

/// Makes the store tell SET and DEL by keyspace notification, if it may be told to. `handler` once: an empty reason: it
/// does; otherwise why that is not so, or not known, and looking must do instead.
void enable_keyspace_events(Store& store, std::function<void(const std::string& reason)> handler);

}  // namespace busbar::store
