#pragma once

#include <optional>
#include <string>
#include <vector>

#include "manage/database/connector_rows.hpp"
#include "net/timer.hpp"
#include "store/store.hpp"

namespace busbar::manage {

/// Keeps the store's configuration keys what the database says: `connectors:{ID}:config` and `:mapping` of every
/// connector, nothing of those that were removed, and `process:updates:retention`. Looks when it is told to, at every
/// connection, and regularly, so that a store that was flushed, or that somebody wrote to, is set right.
class Publication : store::StorePart {
public:
    static constexpr Duration look_every = std::chrono::seconds{5};

    Publication(store::Store& store, Database& database);

    /// Something has changed in the database.
    void check();

private:
    struct Key {
        std::string name, connector;      // no connector: of the whole installation
        std::optional<std::string> text;  // nothing: must not be there
    };

    void connected() override { check(); }
    std::vector<Key> wanted() const;
    void compare(const store::Reply& reply, const std::vector<Key>& keys);
    void set(const Key& key);
    void clear_removed();

    Database& database_;
    net::Timer timer_;
    bool looking_ = false, again_ = false;
};

/// A document with its revision as its first member, as connectors read it.
std::string with_revision(std::string_view json, std::int64_t revision);

}  // namespace busbar::manage
