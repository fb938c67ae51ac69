#include "store/reply_text.hpp"

#include <charconv>

namespace busbar::store {

std::string fault_of(const Reply& reply) {
    return reply.is_good() ? "an unexpected answer of the store" : std::string{reply.text()};
}

std::string_view find_info(std::string_view info, std::string_view name) {
    while (!info.empty()) {
        const auto end = info.find("\r\n");
        const auto line = info.substr(0, end);
        if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == ':')
            return line.substr(name.size() + 1);
        info.remove_prefix(end == std::string_view::npos ? info.size() : end + 2);
    }
    return {};
}

std::int64_t to_number(std::string_view text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace busbar::store
