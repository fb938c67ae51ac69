#include <boost/json.hpp>

#include "manage/live/event_json.hpp"
#include "manage/live/live.hpp"
#include "manage/live/point_filter.hpp"
#include "manage/rest/json_members.hpp"
#include "manage/rest/route.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

std::string_view field(store::EntryFields fields, std::string_view name) {
    for (const auto& [key, value] : fields) {
        if (key == name) return value;
    }
    return {};
}

Outcome<std::optional<std::uint64_t>> read_time(const Call& call, std::string_view name) {
    const auto text = call.asked(name);
    if (!text) return std::nullopt;
    const auto time = parse_iso8601(*text);
    if (!time || time->time_since_epoch().count() < 0)
        return refuse(Problem::Kind::invalid, "invalid_time", std::string(name) + " is no date and time (RFC 3339)");
    return static_cast<std::uint64_t>(time->time_since_epoch().count());
}

/// Time range, direction, cursor and limit.
Outcome<StreamHistory::Question> read_question(const Call& call, std::string_view stream) {
    StreamHistory::Question question;
    question.stream = stream;
    question.newest_first = call.asked("order").value_or("newest") == "newest";
    question.limit = static_cast<std::size_t>(call.number("limit", 100));
    const auto from = read_time(call, "from"), to = read_time(call, "to");
    if (!from) return tl::make_unexpected(from.error());
    if (!to) return tl::make_unexpected(to.error());
    if (*from) question.from.milliseconds = **from;
    if (*to) question.to.milliseconds = **to;
    if (const auto cursor = call.asked("after")) {
        const auto id = store::parse_stream_id(*cursor);
        if (!id) return refuse(Problem::Kind::invalid, "invalid_cursor", "`after` is no `next` of an answer");
        if (question.newest_first) {
            question.to = std::min(question.to, id_before(*id));
        } else {
            question.from = std::max(question.from, id_after(*id));
        }
    }
    return question;
}

void ask(Installation& installation, StreamHistory::Question question, std::string_view member,
         const std::shared_ptr<std::string>& items, Finish finish) {
    installation.live.history.ask(
        std::move(question), [member, items, finish = std::move(finish)](const Outcome<StreamHistory::Found>& found) {
            if (!found) return finish(tl::make_unexpected(found.error()));
            Answer answer;
            answer.text = "{\"" + std::string(member) + "\":[" + *items + ']';
            if (found->last) answer.text += ",\"next\":\"" + to_string(*found->last) + '"';
            answer.text += '}';
            finish(std::move(answer));
        });
}

void events(Installation& installation, const std::shared_ptr<const Call>& call, Finish finish) {
    auto question = read_question(*call, store::keys::updates);
    if (!question) return finish(tl::make_unexpected(question.error()));
    auto items = std::make_shared<std::string>();
    question->take = [items, casdu = call->asked("casdu"), ioa = call->asked("ioa"), source = call->asked("source"),
                      call](store::StreamId id, store::EntryFields fields) {
        if (casdu && field(fields, "casdu") != *casdu) return false;
        if (ioa && field(fields, "ioa") != *ioa) return false;
        if (source && field(fields, "source") != *source) return false;
        const auto station = read_number(field(fields, "casdu"), 0xffff);
        const auto object = read_number(field(fields, "ioa"), 0xffffffff);
        if (!station || !object) return false;
        const store::ImageAddress address{static_cast<std::uint16_t>(*station), static_cast<std::uint32_t>(*object)};
        std::string item;
        if (!write_event(item, id, address, field(fields, "source"), field(fields, "data"))) return false;
        *items += (items->empty() ? "" : ",") + item;
        return true;
    };
    ask(installation, std::move(*question), "events", items, std::move(finish));
}

void errors(Installation& installation, const std::shared_ptr<const Call>& call, Finish finish) {
    auto question = read_question(*call, store::keys::errors);
    if (!question) return finish(tl::make_unexpected(question.error()));
    auto items = std::make_shared<std::string>();
    question->take = [items, source = call->asked("source"), call](store::StreamId id, store::EntryFields fields) {
        if (source && field(fields, "source") != *source) return false;
        const json::object error{{"id", to_string(id)},
                                 {"at", iso(UtcTime{std::chrono::milliseconds{id.milliseconds}})},
                                 {"source", field(fields, "source")},
                                 {"reason", field(fields, "reason")},
                                 {"data", field(fields, "data")}};
        *items += (items->empty() ? "" : ",") + json::serialize(error);
        return true;
    };
    ask(installation, std::move(*question), "errors", items, std::move(finish));
}

}  // namespace

std::vector<Route> event_routes() {
    using Type = Parameter::Type;
    const Parameter from{"from", "In the store since (RFC 3339)", Type::text, 0, 40};
    const Parameter to{"to", "In the store until", Type::text, 0, 40};
    const Parameter source{"source", "Only from this source", Type::text, 0, 200};
    const Parameter order{"order", "newest first without it", Type::text, 0, 10, {"newest", "oldest"}};
    const Parameter limit{"limit", "How many at most; 100 without it", Type::integer, 1, 1000};
    const Parameter after{"after", "`next` of the answer before", Type::text, 0, 50};
    const Parameter casdu{"casdu", "Common address", Type::integer, 0, 65535};
    const Parameter ioa{"ioa", "Information object address", Type::integer, 0, 4294967295};
    return {
        {"GET",
         "/api/v1/events",
         "listEvents",
         "Events",
         "Every update that is still in the stream; there may be a `next` though nothing was found",
         Role::viewer,
         {},
         "Events",
         200,
         {from, to, casdu, ioa, source, order, limit, after},
         false,
         {"invalid_time", "invalid_cursor", "store_away"},
         events},
        {"GET",
         "/api/v1/errors",
         "listErrors",
         "Events",
         "What could not be used, and gaps",
         Role::viewer,
         {},
         "Errors",
         200,
         {from, to, source, order, limit, after},
         false,
         {"invalid_time", "invalid_cursor", "store_away"},
         errors},
    };
}

}  // namespace busbar::manage
