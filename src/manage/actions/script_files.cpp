#include "manage/actions/script_files.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <iterator>

namespace busbar::manage {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr std::size_t max_scripts = 200, max_manifest = 64 << 10, max_description = 1000;
constexpr std::int64_t longest_s = 3600;
constexpr std::string_view ending = ".json";

bool is_name(const std::string& name) {
    return !name.empty() && name.size() <= 100 && name.front() != '.' &&
           std::all_of(name.begin(), name.end(), [](char each) {
               return (each >= '0' && each <= '9') || (each >= 'A' && each <= 'Z') || (each >= 'a' && each <= 'z') ||
                      each == '.' || each == '_' || each == '-';
           });
}

/// Who can write to it could have anything run with our rights.
Result<void> check_owner(const fs::path& path, mode_t type) {
    struct stat status {};
    const std::string name = path.filename();
    if (::lstat(path.c_str(), &status) != 0) return fail(name + " is not there");
    if ((status.st_mode & S_IFMT) != type)
        return fail(name + (type == S_IFDIR ? " is no folder" : " is no regular file"));
    if (status.st_uid != 0 && status.st_uid != ::geteuid()) return fail(name + " belongs to somebody else");
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) return fail(name + " can be written by others");
    return {};
}

Result<void> read_members(const json::object& manifest, ScriptFile& script) {
    for (const auto& [key, value] : manifest) {
        if (key == "description" && value.is_string()) {
            script.description = std::string_view(value.as_string()).substr(0, max_description);
        } else if (key == "inputs" && value.is_array()) {
            for (const json::value& input : value.as_array()) {
                if (!input.is_string()) return fail("`inputs` is a list of texts");
                script.inputs.emplace_back(input.as_string());
            }
        } else if (key == "time_limit_s" && value.is_int64() && value.as_int64() >= 1 &&
                   value.as_int64() <= longest_s) {
            script.time_limit = std::chrono::seconds{value.as_int64()};
        } else {
            return fail(fmt::format("the manifest's `{}` makes no sense", std::string_view(key).substr(0, 50)));
        }
    }
    for (const char* needed : {"ImportElementName", "RequestGuid"}) {
        if (std::find(script.inputs.begin(), script.inputs.end(), needed) == script.inputs.end())
            return fail(fmt::format("its `inputs` do not have {}", needed));
    }
    return {};
}

Result<void> read_manifest(const fs::path& file, ScriptFile& script) {
    if (auto good = check_owner(file, S_IFREG); !good) return good;
    std::ifstream in(file, std::ios::binary);
    std::string text(max_manifest + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > max_manifest) return fail("the manifest is too large");
    json::error_code error;
    const auto manifest = json::parse(text, error);
    if (error || !manifest.is_object()) return fail("the manifest is no JSON object");
    return read_members(manifest.as_object(), script);
}

}  // namespace

Result<ScriptFile> find_script(const fs::path& data, const std::string& name) {
    const fs::path folder = data / "scripts";
    if (!is_name(name) || name.ends_with(ending)) return fail("its name is none of a script");
    if (auto good = check_owner(folder, S_IFDIR); !good) return tl::make_unexpected(good.error());
    ScriptFile script;
    script.name = name;
    script.program = folder / name;
    if (auto good = check_owner(script.program, S_IFREG); !good) return tl::make_unexpected(good.error());
    if (::access(script.program.c_str(), X_OK) != 0) return fail(name + " is not executable");
    if (auto good = read_manifest(folder / (name + std::string(ending)), script); !good)
        return tl::make_unexpected(good.error());
    return script;
}

ScriptFolder read_scripts(const fs::path& data) {
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto& file : fs::directory_iterator(data / "scripts", ignored)) {
        const std::string name = file.path().filename();
        if (names.size() < max_scripts && name.ends_with(ending))
            names.push_back(name.substr(0, name.size() - ending.size()));
    }
    std::sort(names.begin(), names.end());
    ScriptFolder found;
    for (const std::string& name : names) {
        if (!is_name(name)) continue;
        auto script = find_script(data, name);
        if (script) {
            found.scripts.push_back(std::move(*script));
        } else {
            found.refused.push_back({name, script.error().what});
        }
    }
    return found;
}

}  // namespace busbar::manage
