#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace busbar::manage::tables {

/// Goes through the XML of a workbook's part, from one tag or text to the next, without a tree of it: a sheet of a
/// hundred megabytes costs no more than itself. Names come without their namespace's prefix. A DOCTYPE is refused, so
/// there are no entities but the five of XML, and nothing outside the part can be asked for.
class XmlScanner {
public:
    enum class Kind { open, close, text, end };

    explicit XmlScanner(std::string_view text) : rest_(text), size_(text.size()) {}

    /// What comes next; an empty element is opened and closed.
    Result<Kind> next();
    std::string_view name() const { return name_; }  // of `open` and `close`
    /// Of `open`: an attribute by its name without prefix, decoded.
    std::optional<std::string> attribute(std::string_view wanted) const;
    /// Of `text`: appended, decoded.
    void append_text(std::string& to) const;
    /// How many elements are open.
    std::size_t depth() const { return depth_; }

private:
    static constexpr std::size_t max_depth = 64;

    Result<Kind> read_markup();
    Result<Kind> read_open();
    Result<Kind> read_close();
    tl::unexpected<Error> malformed(const char* what) const;
    bool skip(std::string_view begin, std::string_view end);

    std::string_view rest_, name_, attributes_, content_;
    std::size_t size_, depth_ = 0;
    bool closes_ = false;    // the element just opened was empty
    bool verbatim_ = false;  // `content_` is of a CDATA section
};

}  // namespace busbar::manage::tables
