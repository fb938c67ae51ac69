#pragma once

#include <fmt/format.h>

#include <concepts>
#include <iterator>
#include <string>
#include <string_view>

#include "base/octets.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace busbar::sim {

/// One JSON object on a line of its own, appended member by member to text that the caller owns:
/// `JsonLine(out).add("what", "connected").add("peer", peer).end();`
class JsonLine {
public:
    explicit JsonLine(std::string& out) : out_(out) { out_ += '{'; }

    JsonLine& add(std::string_view key, std::string_view text);
    JsonLine& add(std::string_view key, const char* text) { return add(key, std::string_view(text)); }
    JsonLine& add(std::string_view key, UtcTime time);
    JsonLine& add(std::string_view key, bool value) { return add_json(key, value ? "true" : "false"); }
    template <std::integral Number>
    JsonLine& add(std::string_view key, Number number) {
        char digits[max_number_size];
        return add_json(key, {digits, static_cast<std::size_t>(write_number(digits, number) - digits)});
    }
    JsonLine& add_hex(std::string_view key, Octets octets);
    /// `json` is a value already: a number, "[…]", "{…}".
    JsonLine& add_json(std::string_view key, std::string_view json);
    /// `members` are finished: "a":1,"b":2.
    JsonLine& add_members(std::string_view members);

    /// Closes the object and the line.
    void end() { out_ += "}\n"; }

private:
    void separate();
    void add_key(std::string_view key);

    std::string& out_;
    bool first_ = true;
};

/// Appends `text` as a JSON string, quoted and escaped. What is no UTF-8 goes through as it is.
void append_json_text(std::string& out, std::string_view text);

/// Appends a number; what JSON has no number for becomes "NaN", "Infinity" or "-Infinity", quoted.
void append_json_number(std::string& out, double number);

}  // namespace busbar::sim
