#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "manage/live/connector_book.hpp"
#include "net/timer.hpp"
#include "store/store.hpp"

namespace busbar::manage {

/// Keeps the store's configuration keys what the database says: `connectors:{ID}:config` and `:mapping` of every
/// connector, nothing of those that were removed, and `process:updates:retention`. Looks when it is told to, at every
/// connection, and regularly, so that a store that was flushed, or that somebody wrote to, is set right.
///
/// Neither the texts nor what the store has is gone through each time: of a text only its print is kept, until its
/// revision is another. Of long ones in the store a look compares length and beginning, where the revision is, and some
/// pieces, so that all of them are compared in the course of several looks.
class Publication : store::StorePart {
public:
    static constexpr Duration look_every = std::chrono::seconds{5};
    static constexpr std::size_t long_from = std::size_t{64} << 10, piece_size = std::size_t{256} << 10;
    static constexpr std::size_t pieces_a_look = 16, keys_a_command = 20, octets_at_once = std::size_t{1} << 20;

    Publication(store::Store& store, Database& database);

    /// Something may have changed in the database.
    void check();
    /// The same, when revisions may have begun anew: another database was put into this one.
    void check_all();
    /// Those of the database.
    const std::vector<KnownConnector>& connectors() { return book_.look(); }

private:
    struct Print {
        std::size_t size;
        std::string beginning;
        std::vector<std::size_t> pieces;  // hashes
    };
    struct Key {
        enum class Part : std::uint8_t { config, mapping, retention };
        std::string connector;
        Part part;
        std::int64_t revision;
        std::optional<Print> print = {};  // nothing: it must not be there
        bool is_long() const { return print && print->size > long_from; }
    };
    using Keys = std::map<std::string, Key, std::less<>>;

    void connected() override { check(); }
    /// Within a transaction: revision and text belong together.
    void refresh();
    void add(Keys& now, std::string name, Key key);
    std::optional<std::string> text_of(const Key& key);
    static Print print_of(std::string_view text);

    void ask_all();
    void ask_whole(std::vector<std::string> names);
    void compare_whole(const std::string& name, const store::Reply& found);
    void ask_beginning(const std::string& name, const Print& print);
    void ask_piece(const std::string& name, std::size_t piece);
    /// Asks for it, and notes the key as wrong unless `is_right` holds of the answer.
    void ask(std::initializer_list<std::string_view> words, const std::string& name,
             std::function<bool(const store::Reply&)> is_right);
    /// Calls it when everything before has its answer; false: the connection was lost.
    void when_answered(std::function<void(bool good)> then);
    void set_wrong(bool good);
    void set_some();
    std::size_t set(const std::string& name, const Key& key);
    void clear_removed();

    Database& database_;
    ConnectorBook book_;
    net::Timer timer_;
    Keys keys_;
    std::set<std::string> wrong_;  // keys of the store that are to be set
    std::size_t next_piece_ = 0;
    bool looking_ = false, again_ = false;
};

/// A document with its revision as its first member, as connectors read it.
std::string with_revision(std::string_view json, std::int64_t revision);

}  // namespace busbar::manage
