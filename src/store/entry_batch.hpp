#pragma once

#include <span>
#include <string>
#include <vector>

#include "store/client/reply.hpp"
#include "store/stream_entry.hpp"

namespace busbar::store {

/// Reads entries out of the store's replies and keeps copies until they are handed on. Reused: allocates only to grow.
class EntryBatch {
public:
    void clear();
    /// `entries`: an array of [id, [field, value …]], as XRANGE and XREAD give it. False: it is not that.
    bool add(const Reply& entries);
    /// Without copying: the views live as long as the reply.
    bool add_borrowed(const Reply& entries);
    std::span<const StreamEntry> entries() const { return entries_; }

private:
    std::vector<StreamEntry> entries_;
    std::string text_;
};

}  // namespace busbar::store
