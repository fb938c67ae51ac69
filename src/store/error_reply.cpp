#include "store/error_reply.hpp"

#include <algorithm>
#include <array>

namespace busbar::store {

ErrorKind kind_of_error(std::string_view text) {
    constexpr std::array permanent{std::string_view{"WRONGTYPE"}, std::string_view{"NOPERM"}, std::string_view{"ERR"}};
    if (text.starts_with('-')) text.remove_prefix(1);
    const auto code = text.substr(0, text.find_first_of(" \r\n"));
    return std::ranges::find(permanent, code) == permanent.end() ? ErrorKind::transient : ErrorKind::permanent;
}

}  // namespace busbar::store
