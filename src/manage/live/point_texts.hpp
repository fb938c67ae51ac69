#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "manage/live/point_table.hpp"

namespace busbar::manage {

/// The points that changed last, written as JSON once: many clients want the same ones.
class PointTexts {
public:
    static constexpr std::size_t most = 8192;
    /// A longer one is written each time.
    static constexpr std::size_t longest = 1024;

    /// What `write_value` (point_list.hpp) says of it. Good until the next call.
    const std::string& of(const LivePoint& point, const PointTable& table);

private:
    struct Text {
        std::uint64_t change = 0;
        std::string json;
    };
    std::vector<Text> texts_ = std::vector<Text>(most);  // by the number of the change
    std::string written_;
};

}  // namespace busbar::manage
