#pragma once

#include <span>
#include <string>
#include <vector>

#include "store/client/reply.hpp"
#include "store/stream_entry.hpp"

namespace busbar::store {

/// Entries of the updates stream, read out of a reply of the store. Reused: allocates only to grow.
class EntryBatch {
public:
    /// Replaces the entries. `entries`: an array of [id, [field, value …]], as XRANGE and XREAD give it. False: it is
    /// something else. The texts live as long as the reply.
    bool read(const Reply& entries);
    /// Copies the texts: they live until the next read.
    void keep();
    /// Replaces the entries by copies of these.
    void keep(std::span<const StreamEntry> entries);
    void clear() { entries_.clear(); }
    std::span<const StreamEntry> entries() const { return entries_; }

private:
    std::vector<StreamEntry> entries_;
    std::string text_;
};

}  // namespace busbar::store
