#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manage/live/point_names.hpp"
#include "manage/live/point_table.hpp"
#include "manage/live/problem.hpp"

namespace busbar::manage {

/// Which points somebody wants to see. Absent: all of them.
struct PointFilter {
    enum class Known : std::uint8_t { all, live, configured };

    std::optional<std::uint16_t> casdu;
    std::optional<std::uint32_t> ioa_from, ioa_to;
    std::optional<std::uint8_t> type, cot;
    std::optional<std::string> connector;  // the source of the value
    std::optional<std::uint16_t> flags;    // any of these; 0: good
    std::optional<std::chrono::milliseconds> age_over, age_under;
    std::optional<bool> commandable, conflict;
    std::string text;  // in name, description, site, device, or address "CASDU/IOA"; small letters
    Known known = Known::all;

    /// Whatever a value must have is had by none where there is no value.
    bool wants_value() const;
    /// `live`, `name`: nothing where there is none.
    bool matches(store::ImageAddress address, const LivePoint* live, const PointName* name, const PointTable& table,
                 UtcTime now) const;

private:
    bool matches_value(const LivePoint& live, const PointTable& table, UtcTime now) const;
};

inline constexpr std::string_view filter_words[] = {"connector", "casdu",       "ioa_from",    "ioa_to",       "type",
                                                    "quality",   "cot",         "age_over_ms", "age_under_ms", "text",
                                                    "known",     "commandable", "conflict"};

/// `given` has the text of each word that is there. A fault names the word.
Outcome<PointFilter> read_filter(const std::function<std::optional<std::string>(std::string_view word)>& given);

/// A decimal number up to `most`.
std::optional<std::uint64_t> read_number(std::string_view text, std::uint64_t most);

}  // namespace busbar::manage
