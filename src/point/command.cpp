#include "point/command.hpp"

#include <charconv>

#include "base/text.hpp"
#include "point/json_scanner.hpp"
#include "point/json_string.hpp"

namespace busbar::point {
namespace {

constexpr std::size_t max_text_size = std::size_t{16} * 1024;

/// More than keys, times and punctuation of the members beside the texts need.
constexpr std::size_t room_for_the_rest = 256;

char* write_time(char* out, std::string_view key, const std::optional<UtcTime>& time) {
    if (!time) return out;
    out = write_text(out, key);
    *out++ = '"';
    out = write_iso8601(out, *time);
    *out++ = '"';
    return out;
}

char* write_member(char* out, std::string_view key, std::string_view text) {
    if (text.empty()) return out;
    return write_json_string(write_text(out, key), text);
}

/// Reads one object whose members the caller knows; says which member is of a wrong kind.
class Members {
public:
    explicit Members(std::string_view json) : scanner_(json) {}

    template <class ReadMember>
    Result<void> read(ReadMember&& read_member) {
        const bool good = scanner_.object([&](std::string_view key) {
            key_ = key;
            if (scanner_.peek() == 'n') return scanner_.null();  // as if it were not there
            return read_member(key);
        });
        if (good && scanner_.end()) return {};
        return tl::make_unexpected(scanner_.take_error());
    }
    bool text(std::string_view& out) { return must_be("a text", "\"") && scanner_.string(out); }
    bool flag(bool& out) { return must_be("true or false", "tf") && scanner_.boolean(out); }
    bool time(std::optional<UtcTime>& out) {
        std::string_view word;
        if (!text(word)) return false;
        out = parse_iso8601(word);
        return out || wrong("is not a time as in 2026-11-21T09:00:00.123Z");
    }
    bool cause(std::uint8_t& out) {
        std::string_view digits;
        if (!must_be("a number", "0123456789") || !scanner_.number(digits)) return false;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
        const bool good = error == std::errc{} && end == digits.data() + digits.size() && out <= 63;
        return good || wrong("is not a cause from 0 to 63");
    }
    bool stage(CommandStage& out) {
        std::string_view word;
        if (!text(word)) return false;
        for (std::size_t i = 0; i < command_stage_names.size(); ++i) {
            if (command_stage_names[i] != word) continue;
            out = static_cast<CommandStage>(i);
            return true;
        }
        return wrong("is no stage of a command");
    }
    bool skip() { return scanner_.skip(); }

private:
    bool must_be(std::string_view kind, std::string_view first_characters) {
        return first_characters.find(scanner_.peek()) != std::string_view::npos ||
               wrong("must be " + std::string{kind});
    }
    bool wrong(const std::string& what) { return scanner_.fail(std::string{key_} + ": " + what); }

    JsonScanner scanner_;
    std::string_view key_;
};

}  // namespace

std::string to_json(const Command& command) {
    const Point& point = command.point;
    std::string json(max_json_size + room_for_the_rest +
                         6 * (point.source.size() + point.reason.size() + command.peer.size() + command.session.size()),
                     '\0');
    char* out = write_json(json.data(), point) - 1;  // what follows takes the place of the last brace
    if (command.cancel) out = write_text(out, R"(,"cancel":true)");
    out = write_member(out, R"(,"peer":)", command.peer);
    out = write_member(out, R"(,"session":)", command.session);
    out = write_time(out, R"(,"issued":)", command.issued);
    out = write_time(out, R"(,"expires":)", command.expires);
    *out++ = '}';
    json.resize(static_cast<std::size_t>(out - json.data()));
    return json;
}

Result<Command> read_command(std::string_view json) {
    auto point = read_json(json);
    if (!point) return tl::make_unexpected(std::move(point.error()));
    Command command;
    command.point = *point;
    Members members(json);
    const auto read = members.read([&](std::string_view key) {
        if (key == "cancel") return members.flag(command.cancel);
        if (key == "peer") return members.text(command.peer);
        if (key == "session") return members.text(command.session);
        if (key == "issued") return members.time(command.issued);
        if (key == "expires") return members.time(command.expires);
        return members.skip();
    });
    if (!read) return tl::make_unexpected(read.error());
    return command;
}

std::string to_json(const CommandResult& result) {
    std::string json(room_for_the_rest + 6 * (result.by.size() + result.reason.size()), '\0');
    char* out = write_text(json.data(), R"({"stage":")");
    out = write_text(out, to_string(result.stage));
    *out++ = '"';
    if (result.cause != 0) out = write_number(write_text(out, R"(,"cause":)"), result.cause);
    if (result.negative) out = write_text(out, R"(,"negative":true)");
    out = write_member(out, R"(,"by":)", result.by);
    out = write_time(out, R"(,"time":)", result.time);
    out = write_member(out, R"(,"reason":)", result.reason);
    *out++ = '}';
    json.resize(static_cast<std::size_t>(out - json.data()));
    return json;
}

Result<CommandResult> read_command_result(std::string_view json) {
    if (json.size() > max_text_size) return fail("a result has at most 16 kB", max_text_size);
    CommandResult result;
    bool has_stage = false;
    Members members(json);
    const auto read = members.read([&](std::string_view key) {
        if (key == "stage") return has_stage = members.stage(result.stage);
        if (key == "cause") return members.cause(result.cause);
        if (key == "negative") return members.flag(result.negative);
        if (key == "by") return members.text(result.by);
        if (key == "time") return members.time(result.time);
        if (key == "reason") return members.text(result.reason);
        return members.skip();
    });
    if (!read) return tl::make_unexpected(read.error());
    if (!has_stage) return fail("stage is missing", 0);
    return result;
}

}  // namespace busbar::point
