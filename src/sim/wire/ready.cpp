#include "sim/wire/ready.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace busbar::sim {

void write_ready_file(const std::string& path, std::uint16_t port) {
    const std::string draft = path + ".new";
    std::ofstream file(draft);
    file << port << '\n';
    file.close();
    std::error_code error;
    if (file) std::filesystem::rename(draft, path, error);
    if (!file || error) throw std::runtime_error(fmt::format("{}: cannot be written", path));
}

}  // namespace busbar::sim
