#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::config {

/// Something wrong or unwise at one place of a document.
struct Finding {
    std::string path;  // "protocol.t2", "points[3].ioa"; empty: the document itself
    std::string what;
};

/// Collects what readers and checks find; their number is bounded.
class Findings {
public:
    void fault(std::string path, std::string what) { faults_.add(std::move(path), std::move(what)); }
    /// A fault between members. Left out where the entry of a list, or the member itself, has a fault already: what
    /// stands there now is not what was meant.
    void conflict(std::string path, std::string what);
    void warn(std::string path, std::string what) { warnings_.add(std::move(path), std::move(what)); }

    /// "where: what" each, `where` made from the path; a last "and N more" if there were too many.
    using Where = std::function<std::string(const std::string& path)>;
    std::vector<std::string> faults(const Where& where) const;
    std::vector<std::string> warnings(const Where& where) const { return warnings_.texts(where); }

private:
    struct Bounded {
        std::vector<Finding> list;
        std::size_t more = 0;
        void add(std::string path, std::string what);
        std::vector<std::string> texts(const Where& where) const;
    };
    Bounded faults_, conflicts_, warnings_;
};

/// The path itself, for JSON documents that need no more.
std::string path_itself(const std::string& path);

}  // namespace busbar::config
