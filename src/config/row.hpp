#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "config/table/option.hpp"

namespace busbar::config {

/// A variant is a table whose member "type" says which other members it has.
enum class Kind { boolean, integer, number, text, choice, list, table, variant };

/// A row of a table of options, or a whole table, for whoever does not care about the C++ struct behind it: schema,
/// TOML, flags, manual.
struct Row {
    std::string_view key;
    Kind kind{};
    bool nullable = false;  // may be null
    std::string_view unit;
    Range range;
    unsigned marks = live;
    std::string_view sentence;
    const Syntax* syntax = nullptr;
    std::vector<std::string_view> choices;
    boost::json::value initial;  // the default; null for a nullable row
    std::vector<Row> members;    // of a table; of a list: one row, its element; of a variant: a table for each word

    bool has(Mark mark) const { return (marks & mark) != 0; }
    /// "network.tls.ca" -> that row; nullptr if there is none.
    const Row* find(std::string_view path) const;
};

/// "1-255 s", "at most 64 characters", "trace, debug, info …"; empty if anything goes.
std::string allowed(const Row& row);

/// "1-255 s", "trace, debug …": the values a number or a choice may have; empty for other rows.
std::string values(const Row& row);
/// "default 15"; empty where an empty default says nothing by being shown.
std::string default_note(const Row& row);

/// A flag's or environment variable's text as the JSON the row wants; what does not fit stays text, for the reader to
/// complain about. Elements of a list stand between commas.
boost::json::value from_text(const Row& row, std::string_view text);

/// Sets the member at `path` ("network.tls.ca"), making the tables above it as needed.
void set(boost::json::object& object, std::string_view path, boost::json::value value);

}  // namespace busbar::config
