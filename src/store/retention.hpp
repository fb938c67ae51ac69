#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace busbar::store {

/// How long the updates stream keeps its entries (the key `{stream}:retention`): nobody trims when adding, the trimmer
/// does, and never past a required consumer's cursor. What is missing limits nothing.
struct Retention {
    struct Consumer {
        std::string connector, group;
        bool operator==(const Consumer&) const = default;
    };
    std::optional<std::uint64_t> entries;     // at this many nothing more is added
    std::optional<std::uint64_t> bytes;       // the same, as MEMORY USAGE of the stream
    std::optional<std::chrono::seconds> age;  // older entries go, even if there is room
    std::vector<Consumer> required;
    bool operator==(const Retention&) const = default;

    bool is_full(std::uint64_t length, std::uint64_t size) const {
        return (entries && length >= *entries) || (bytes && size >= *bytes);
    }
};

/// Reads {"entries":1000000,"bytes":null,"age":null,"required":["srv1/scada"]}; the error names the member.
Result<Retention> read_retention(std::string_view json);

}  // namespace busbar::store
