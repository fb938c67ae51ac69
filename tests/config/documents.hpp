#pragma once

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <functional>
#include <string>
#include <vector>

#include "config/document.hpp"
#include "config/json_text.hpp"

namespace busbar::config::test {

struct Found {
    std::vector<std::string> faults, warnings;
};

/// Reads the text as that document.
inline Found read(Document document, const std::string& text) {
    const auto found = [](auto reading) { return Found{reading.faults, reading.warnings}; };
    switch (document) {
        case Document::iec104_server: return found(read_server_config(text, {}));
        case Document::iec102_client: return found(read_meter_config(text, {}));
        case Document::iec104_client: return found(read_client_config(text, {}));
        default: return found(read_mapping(text));
    }
}

/// A row that is no table, and how a document is made that has one value in it.
struct Leaf {
    std::string path;
    const Row* row;
    std::function<boost::json::value(boost::json::value)> document_with;
};

/// All rows of a table that are no tables, also those inside lists and optional tables.
inline void collect_leaves(const Row& table, const std::string& path,
                           const std::function<boost::json::value(boost::json::value)>& around,
                           std::vector<Leaf>& leaves) {
    for (const Row& row : table.members) {
        const std::string key(row.key);
        const std::string here = path.empty() ? key : path + "." + key;
        const auto with = [around, key](boost::json::value value) {
            boost::json::object object;
            object[key] = std::move(value);
            return around(object);
        };
        const auto with_element = [with](boost::json::value value) {
            boost::json::array list;
            list.push_back(std::move(value));
            return with(list);
        };
        if (row.kind == Kind::table)
            collect_leaves(row, here, with, leaves);
        else if (row.kind == Kind::variant)
            for (const Row& alternative : row.members)
                collect_leaves(
                    alternative, here,
                    [with, word = alternative.key](boost::json::value value) {
                        value.as_object()[discriminator] = boost::json::string(word);
                        return with(std::move(value));
                    },
                    leaves);
        else if (row.kind == Kind::list && row.members.front().kind == Kind::table)
            collect_leaves(row.members.front(), here + "[0]", with_element, leaves);
        else if (row.kind == Kind::list)
            leaves.push_back({here + "[0]", &row.members.front(), with_element});
        else
            leaves.push_back({here, &row, with});
    }
}

inline std::vector<Leaf> leaves(Document document) {
    std::vector<Leaf> leaves;
    collect_leaves(
        table(document), "", [](boost::json::value value) { return value; }, leaves);
    return leaves;
}

inline constexpr std::array documents{Document::iec104_server, Document::iec104_client, Document::iec102_client,
                                      Document::mapping};

}  // namespace busbar::config::test
