#pragma once

#include <fstream>
#include <string>
#include <vector>

#include "base/octets.hpp"
#include "support/source_dir.hpp"

namespace busbar::iec102::test {

/// A line of tests/frames/iec102: a frame and what it means.
struct Golden {
    std::string place;  // "meter.txt:4"
    OctetBuffer octets;
    std::string json;
};

inline std::vector<Golden> read_golden() {
    std::vector<Golden> frames;
    std::ifstream text(tests::source_dir + "/tests/frames/iec102/meter.txt");
    unsigned number = 0;
    for (std::string line; std::getline(text, line);) {
        ++number;
        const auto json = line.find('{');
        if (line.empty() || line[0] == '#') continue;
        frames.push_back({"meter.txt:" + std::to_string(number),
                          from_hex(std::string_view{line}.substr(0, json)).value(), line.substr(json)});
    }
    return frames;
}

inline const std::vector<Golden>& golden() {
    static const std::vector<Golden> all = read_golden();
    return all;
}

}  // namespace busbar::iec102::test
