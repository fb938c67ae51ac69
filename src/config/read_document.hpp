#pragma once

#include <string_view>
#include <utility>

#include "config/check.hpp"
#include "config/json_text.hpp"
#include "config/reader.hpp"
#include "config/reading.hpp"

namespace busbar::config {

/// What is done to a document before it is read.
using Prepare = void (*)(boost::json::object& document);

/// Reads a JSON document over `base` and checks the whole.
template <class Config>
Reading<Config> read_document(std::string_view text, std::size_t max_size, Config base, Prepare prepare = nullptr) {
    Reading<Config> reading{std::move(base), {}, {}};
    auto json = parse_json(text, max_size);
    if (!json) {
        reading.faults.push_back(json.error().what);
        return reading;
    }
    if (prepare && json->is_object()) prepare(json->get_object());
    Findings findings;
    Reader(findings).read(*json, reading.value);
    check(reading.value, findings);
    reading.faults = findings.faults(path_itself);
    reading.warnings = findings.warnings(path_itself);
    return reading;
}

}  // namespace busbar::config
