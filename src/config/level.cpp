#include "config/level.hpp"

#include <fmt/format.h>

#include <optional>

#include "config/file.hpp"
#include "config/toml.hpp"

namespace busbar::config {

namespace json = boost::json;

namespace {

std::optional<Level> level_from_file(const std::string& file, std::vector<std::string>& faults) {
    const auto text = read_file(file, max_toml_size);
    if (!text) {
        faults.push_back(fmt::format("--config: {}", text.error().what));
        return std::nullopt;
    }
    auto document = read_toml(*text);
    if (!document) {
        faults.push_back(fmt::format("{}: {}", file, document.error().what));
        return std::nullopt;
    }
    Level level{std::move(document->values), {}};
    for (const auto& [path, line] : document->lines) level.origins[path] = fmt::format("{}:{}: {}", file, line, path);
    return level;
}

Level level_from_environment(Document start, const Environment& environment) {
    Level level;
    for (const Flag& flag : flags(start)) {
        const char* text = environment(flag.environment);
        if (!text || *text == '\0') continue;
        set(level.values, flag.path, from_text(*flag.row, text));
        level.origins[flag.path] = flag.environment;
    }
    return level;
}

Level level_from_flags(Document start, const std::map<std::string, std::string>& given) {
    Level level;
    for (const Flag& flag : flags(start)) {
        const auto text = given.find(flag.path);
        if (text == given.end()) continue;
        set(level.values, flag.path, from_text(*flag.row, text->second));
        level.origins[flag.path] = flag.text();
    }
    return level;
}

}  // namespace

std::vector<Level> levels(Document start, const StartInput& input, std::vector<std::string>& faults) {
    std::vector<Level> levels;
    std::string file = input.config_file;
    if (const char* text = input.environment(config_file_variable(start)); file.empty() && text) file = text;
    if (!file.empty())
        if (auto level = level_from_file(file, faults)) levels.push_back(std::move(*level));
    levels.push_back(level_from_environment(start, input.environment));
    levels.push_back(level_from_flags(start, input.flags));
    return levels;
}

std::string place(const Origins& origins, const std::string& path) {
    for (std::string outer = path; !outer.empty();) {
        if (const auto origin = origins.find(outer); origin != origins.end()) return origin->second;
        const std::size_t last = outer.find_last_of(".[");
        outer.resize(last == std::string::npos ? 0 : last);
    }
    return path;
}

std::string place_or_flag(Document start, const Origins& origins, const std::string& path) {
    if (const std::string given = place(origins, path); given != path) return given;
    for (const Flag& flag : flags(start))
        if (flag.path == path) return flag.text();
    return path;
}

}  // namespace busbar::config
