#include <boost/json.hpp>

#include "manage/actions/connector_log.hpp"
#include "manage/rest/route.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

/// A log has whatever was written to it; JSON is UTF-8.
std::string as_utf8(const std::string& line) {
    json::error_code error;
    json::parse(json::serialize(json::string(line)), error);
    if (!error) return line;
    std::string printable = line;
    for (char& octet : printable) {
        if (static_cast<unsigned char>(octet) >= 0x80) octet = '?';
    }
    return printable;
}

Outcome<Answer> lines(Installation& installation, const Call& call) {
    LogQuery query;
    query.lines = static_cast<std::size_t>(call.number("lines", 200));
    query.level = call.asked("level").value_or("");
    query.text = call.asked("text").value_or("");
    return read_log(installation, call.at("id"), query).map([](const LogLines& found) {
        json::array lines;
        for (const std::string& line : found.lines) lines.emplace_back(as_utf8(line));
        return Answer{200, {{"lines", std::move(lines)}, {"cut", found.cut}}, {}};
    });
}

Outcome<Answer> file(Installation& installation, const Call& call) {
    const auto& id = call.at("id");
    return download_log(installation, id).map([&id](std::string text) {
        Answer answer{200, nullptr, {{"content-disposition", "attachment; filename=\"" + id + ".log\""}}};
        answer.file = Answer::File{"text/plain; charset=utf-8", std::move(text)};
        return answer;
    });
}

}  // namespace

std::vector<Route> log_routes() {
    const auto most = static_cast<std::int64_t>(LogQuery::most_lines);
    Route download{"GET",
                   "/api/v1/connectors/{id}/log/file",
                   "downloadLog",
                   "Connectors",
                   "The end of a connector's log, at most 4 MB, as a file",
                   Role::viewer,
                   {},
                   {},
                   200,
                   {},
                   false,
                   {"no_such_connector", "log_elsewhere"},
                   at_once(file)};
    download.answer_types = {"text/plain; charset=utf-8"};
    return {
        {"GET",
         "/api/v1/connectors/{id}/log",
         "readLog",
         "Connectors",
         "The last lines of a connector's log that fit, the oldest first; 1 MB of it is looked at",
         Role::viewer,
         {},
         "LogLines",
         200,
         {{"lines", "At most so many; 200 without it", Parameter::Type::integer, 1, most},
          {"level", "This one or a graver one", Parameter::Type::text, 0, 10, {log_levels.begin(), log_levels.end()}},
          {"text", "What stands in the line, in either case"}},
         false,
         {"no_such_connector", "log_elsewhere"},
         at_once(lines)},
        std::move(download)};
}

}  // namespace busbar::manage
