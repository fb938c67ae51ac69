#include "config/file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace busbar::config {

Result<std::string> read_file(const std::string& name, std::size_t max_size) {
    errno = 0;
    std::ifstream file(name, std::ios::binary);
    if (!file) return fail(fmt::format("{} cannot be read: {}", name, std::strerror(errno)));
    std::string text(max_size + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad() || (file.gcount() == 0 && errno != 0))
        return fail(fmt::format("{} cannot be read: {}", name, std::strerror(errno)));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > max_size) return fail(fmt::format("{} is longer than {} octets", name, max_size));
    return text;
}

}  // namespace busbar::config
