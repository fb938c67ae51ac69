#include "config/flags.hpp"

#include <algorithm>
#include <array>

#include "base/result.hpp"

namespace busbar::config {

namespace {

/// Options that the command line has at another place than their path says.
struct Placed {
    std::string_view path, subcommand, name;
};
constexpr std::array client_places{Placed{"streams.updates", "redis", "--in-stream"},
                                   Placed{"streams.max_length", "redis", "--stream-max-length"}};

/// Sections whose name a flag does not repeat.
constexpr std::array<std::string_view, 3> plain_sections = {"redis.", "network.", "protocol."};

std::string dashed(std::string_view path) {
    for (const std::string_view section : plain_sections)
        if (path.starts_with(section)) path.remove_prefix(section.size());
    std::string name = path.size() == 1 ? "-" : "--";
    for (const char character : path) name += character == '.' || character == '_' ? '-' : character;
    return name;
}

std::string environment_name(std::string_view subcommand, std::string_view flag) {
    flag.remove_prefix(std::min(flag.find_first_not_of('-'), flag.size()));
    std::string name = "BUSBAR_" + std::string(subcommand) + "_" + std::string(flag);
    for (char& character : name) {
        if (character == '-') character = '_';
        if (character >= 'a' && character <= 'z') character = static_cast<char>(character - 'a' + 'A');
    }
    return name;
}

Flag flag_of(Document start, const std::string& path, const Row& row) {
    Flag flag{path, std::string(line_subcommand(start)), dashed(path), "", &row};
    if (path.starts_with("redis.")) flag.subcommand = "redis";
    if (path == "id" || path == "instance" || path == "metrics_file" || path == "log_level") flag.subcommand.clear();
    for (const Placed& placed : client_places) {
        const bool is_client = start == Document::iec104_client_start || start == Document::iec102_client_start;
        if (!is_client || placed.path != path) continue;
        flag.subcommand = placed.subcommand;
        flag.name = placed.name;
    }
    flag.environment = environment_name(flag.subcommand.empty() ? page_name(start) : flag.subcommand, flag.name);
    // A tool that only knows the store has its options on the page itself, with the variables all pages share.
    if (start == Document::store_start) flag.subcommand.clear();
    return flag;
}

void add_flags(Document start, const Row& table, const std::string& section, std::vector<Flag>& flags) {
    for (const Row& row : table.members) {
        const std::string path = section + std::string(row.key);
        const bool holds_tables = row.kind == Kind::list && row.members.front().kind == Kind::table;
        if (row.has(managed) || holds_tables || row.kind == Kind::variant) continue;
        if (row.kind != Kind::table || row.nullable) flags.push_back(flag_of(start, path, row));
        if (row.kind == Kind::table) add_flags(start, row, path + ".", flags);
    }
}

std::vector<Flag> all_flags(Document start) {
    std::vector<Flag> flags;
    add_flags(start, table(start), "", flags);
    return flags;
}

}  // namespace

std::string_view page_name(Document start) {
    switch (start) {
        case Document::iec104_server_start: return "iec104-server";
        case Document::iec104_client_start: return "iec104-client";
        case Document::iec102_client_start: return "iec102-client";
        case Document::store_start: return "store";
        default: require(false, "only what is started has a page"); return {};
    }
}

std::string_view line_subcommand(Document start) {
    switch (start) {
        case Document::iec104_server_start: return "server";
        case Document::iec104_client_start: return "client";
        case Document::iec102_client_start: return "meter";
        default: return {};
    }
}

std::string config_file_variable(Document start) { return environment_name(page_name(start), "config"); }

const std::vector<Flag>& flags(Document start) {
    static const std::vector<Flag> server = all_flags(Document::iec104_server_start);
    static const std::vector<Flag> client = all_flags(Document::iec104_client_start);
    static const std::vector<Flag> meter = all_flags(Document::iec102_client_start);
    static const std::vector<Flag> store = all_flags(Document::store_start);
    if (start == Document::iec104_server_start) return server;
    if (start == Document::iec104_client_start) return client;
    if (start == Document::iec102_client_start) return meter;
    require(start == Document::store_start, "only what is started has flags");
    return store;
}

}  // namespace busbar::config
