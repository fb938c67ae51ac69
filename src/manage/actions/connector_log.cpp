#include "manage/actions/connector_log.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>

#include "manage/actions/connectors.hpp"

namespace busbar::manage {

namespace {

namespace fs = std::filesystem;

struct Tail {
    std::string text;
    bool cut = false;
};

/// The last octets of a file; nothing of one that is not there.
Tail tail_of(const fs::path& file, std::size_t most) {
    std::ifstream stream(file, std::ios::binary | std::ios::ate);
    if (!stream) return {};
    const auto size = static_cast<std::size_t>(std::max<std::streamoff>(stream.tellg(), 0));
    Tail tail{std::string(std::min(size, most), '\0'), size > most};
    stream.seekg(static_cast<std::streamoff>(size - tail.text.size()));
    stream.read(tail.text.data(), static_cast<std::streamsize>(tail.text.size()));
    tail.text.resize(static_cast<std::size_t>(stream.gcount()));
    if (tail.cut) tail.text.erase(0, tail.text.find('\n') + 1);  // what is left of a line
    return tail;
}

/// The log's end, reaching into the file before it where there is room.
Outcome<Tail> log_tail(Installation& installation, const std::string& id, std::size_t most) {
    if (const auto found = find_head(installation, id); !found) return tl::make_unexpected(found.error());
    const auto log = installation.supervision.log(id);
    if (!log) return refuse(Problem::Kind::conflict, "log_elsewhere", log.error().what);
    Tail tail = tail_of(*log, most);
    const fs::path older = log->string() + ".1";
    if (tail.cut) return tail;
    Tail before = tail_of(older, most - tail.text.size());
    return Tail{before.text + tail.text, before.cut};
}

/// "2026-11-21T09:00:00.123Z warning [rtu-1] …"; what looks otherwise (a crash says it) is as grave as can be.
std::size_t gravity(std::string_view line) {
    const auto begin = line.find(' ');
    if (begin == std::string_view::npos) return log_levels.size();
    const auto word = line.substr(begin + 1, line.find(' ', begin + 1) - begin - 1);
    return static_cast<std::size_t>(std::find(log_levels.begin(), log_levels.end(), word) - log_levels.begin());
}

bool contains(std::string_view line, std::string_view text) {
    const auto same = [](unsigned char one, unsigned char other) { return std::tolower(one) == std::tolower(other); };
    return std::search(line.begin(), line.end(), text.begin(), text.end(), same) != line.end();
}

}  // namespace

Outcome<LogLines> read_log(Installation& installation, const std::string& id, const LogQuery& query) {
    const auto tail = log_tail(installation, id, searched_log);
    if (!tail) return tl::make_unexpected(tail.error());
    const auto least =
        static_cast<std::size_t>(std::find(log_levels.begin(), log_levels.end(), query.level) - log_levels.begin()) %
        log_levels.size();
    LogLines found{{}, tail->cut};
    std::string_view rest = tail->text;
    while (!rest.empty() && found.lines.size() < std::min(query.lines, LogQuery::most_lines)) {
        if (rest.ends_with('\n')) rest.remove_suffix(1);
        const auto before = rest.rfind('\n');
        const auto line = rest.substr(before == std::string_view::npos ? 0 : before + 1);
        rest.remove_suffix(line.size());
        if (gravity(line) >= least && contains(line, query.text)) found.lines.emplace_back(line);
    }
    found.cut = found.cut || !rest.empty();
    std::reverse(found.lines.begin(), found.lines.end());
    return found;
}

Outcome<std::string> download_log(Installation& installation, const std::string& id) {
    return log_tail(installation, id, downloaded_log).map([](const Tail& tail) { return tail.text; });
}

}  // namespace busbar::manage
