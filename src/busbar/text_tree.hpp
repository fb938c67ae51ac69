#pragma once

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <utility>

namespace busbar::program {

/// Writes lines, each level two blanks further in.
class TextTree {
public:
    explicit TextTree(std::string& out) : out_(&out) {}

    template <class... Arguments>
    void line(unsigned level, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
        out_->append(std::size_t{2} * level, ' ');
        fmt::format_to(std::back_inserter(*out_), format, std::forward<Arguments>(arguments)...);
        *out_ += '\n';
    }

private:
    std::string* out_;
};

}  // namespace busbar::program
