#include "manage/rest/path_id.hpp"

#include <charconv>
#include <string>

namespace busbar::manage {

std::int64_t path_id(const Call& call) {
    const std::string& text = call.at("id");
    const char* const end = text.data() + text.size();
    std::int64_t id = 0;
    const auto read = std::from_chars(text.data(), end, id);
    return read.ec == std::errc{} && read.ptr == end ? id : 0;
}

}  // namespace busbar::manage
