#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace busbar::config {

/// What was read, and everything that is wrong with it, each as "where: what": "protocol.t2: 15 must be less than t1
/// (15)".
template <class Config>
struct Reading {
    Config value;                       // to be used only if there is no fault
    std::vector<std::string> faults;    // all of them, at most max_findings
    std::vector<std::string> warnings;  // unknown members (ignored) and unwise values

    bool good() const { return faults.empty(); }
};

/// A list of findings longer than this ends in "and N more".
inline constexpr std::size_t max_findings = 50;

/// "a; b; c": for a log line or a status `detail`.
std::string joined(const std::vector<std::string>& findings);

}  // namespace busbar::config
