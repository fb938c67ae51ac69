#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "config/row.hpp"

namespace busbar::config {

/// A TOML file as the JSON it stands for, with the line of each member ("network.tls.ca", "stations[0].casdu").
struct TomlDocument {
    boost::json::object values;
    std::map<std::string, std::size_t, std::less<>> lines;
};

inline constexpr std::size_t max_toml_size = std::size_t{1} << 20;

/// The error begins with line and column.
Result<TomlDocument> read_toml(std::string_view text);

/// `values` as TOML, with what each member means, may be and is by default as comments. What is absent or empty stands
/// there as a comment to be filled in.
std::string write_toml(const Row& table, const boost::json::object& values);

}  // namespace busbar::config
