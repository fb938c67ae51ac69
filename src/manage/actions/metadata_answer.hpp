#pragma once

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <map>
#include <string>
#include <string_view>

#include "manage/actions/import_source.hpp"
#include "manage/actions/problem.hpp"

namespace busbar::manage {

/// What an import script answers, or a program sends: rows of metadata, or that there are none and why. The names are
/// those of DataMiner's import scripts.
struct MetadataAnswer {
    static constexpr std::size_t max_octets = std::size_t{32} << 20;

    std::string request;  // a GUID in small letters; empty: none, or one that is none
    bool success = true;
    std::string message;
    boost::json::array rows;
};

/// An ImportMetaDataRequest (rows), an ImportMetaDataResponse (whether it went well), or both in one object; bare, or
/// as the one member Data of an envelope. Which members have the wrong type is said row by row.
Outcome<MetadataAnswer> read_metadata_answer(boost::json::value body);
/// The same of a text.
Outcome<MetadataAnswer> parse_metadata_answer(std::string_view text);

/// The rows as those of a table, numbered from 1, and which column of a point each of their members is.
ImportSource to_source(std::string name, MetadataAnswer answer);
const std::map<std::string, std::string, std::less<>>& metadata_columns();

/// "6F9619FF-…": in small letters; empty: it is none, or that of zeros.
std::string read_guid(std::string_view text);

}  // namespace busbar::manage
