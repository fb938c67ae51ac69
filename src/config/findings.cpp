#include "config/findings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/reading.hpp"

namespace busbar::config {

void Findings::Bounded::add(std::string path, std::string what) {
    if (list.size() < max_findings)
        list.push_back({std::move(path), std::move(what)});
    else
        ++more;
}

void Findings::conflict(std::string path, std::string what) {
    const std::size_t bracket = path.rfind(']');
    const std::string entry = bracket == std::string::npos ? path : path.substr(0, bracket + 1);
    const auto inside = [&](const Finding& fault) { return fault.path.starts_with(entry); };
    if (std::ranges::none_of(faults_.list, inside)) conflicts_.add(std::move(path), std::move(what));
}

std::vector<std::string> Findings::faults(const Where& where) const {
    Bounded all = faults_;
    for (const Finding& conflict : conflicts_.list) all.add(conflict.path, conflict.what);
    all.more += conflicts_.more;
    return all.texts(where);
}

std::vector<std::string> Findings::Bounded::texts(const Where& where) const {
    std::vector<std::string> texts;
    for (const Finding& finding : list) {
        const std::string place = where(finding.path);
        texts.push_back(place.empty() ? finding.what : place + ": " + finding.what);
    }
    if (more > 0) texts.push_back(fmt::format("and {} more", more));
    return texts;
}

std::string path_itself(const std::string& path) { return path; }

std::string joined(const std::vector<std::string>& findings) {
    std::string text;
    for (const std::string& finding : findings) text += text.empty() ? finding : "; " + finding;
    return text;
}

}  // namespace busbar::config
