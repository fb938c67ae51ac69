#pragma once

#include <span>
#include <string_view>

#include "store/keys.hpp"
#include "store/stream_id.hpp"

namespace busbar::store {

/// One entry of the updates stream. Texts are borrowed for the call that hands the entry over.
struct StreamEntry {
    StreamId id;
    ImageAddress address;
    std::string_view source;
    std::string_view data;   // the point's JSON
    std::string_view fault;  // not empty: what is wrong with the entry; then only `id` is sure
};

}  // namespace busbar::store
