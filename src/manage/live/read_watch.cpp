#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "manage/live/live_session.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

tl::unexpected<Problem> invalid(std::string detail) {
    return refuse(Problem::Kind::invalid, "invalid_message", std::move(detail));
}

Outcome<void> check_members(const json::object& wish) {
    static constexpr std::string_view members[] = {"topic", "id", "filter", "connector", "job", "rate_ms"};
    for (const auto& [name, value] : wish) {
        if (std::ranges::find(members, std::string_view(name)) == std::end(members))
            return invalid("`subscribe` has no member " + std::string(name.substr(0, LiveSession::longest_id)));
    }
    return {};
}

Outcome<void> read_texts(const json::object& wish, TopicWish& into) {
    for (const auto& [name, text] :
         {std::pair{"topic", &into.topic}, std::pair{"id", &into.id}, std::pair{"connector", &into.connector}}) {
        const auto* value = wish.if_contains(name);
        if (value == nullptr) continue;
        if (!value->is_string() || value->as_string().size() > LiveSession::longest_id)
            return invalid(std::string(name) + " is no text of at most 64 octets");
        *text = value->as_string();
    }
    if (into.id.empty()) into.id = into.topic;
    return {};
}

std::optional<std::int64_t> number(const json::value& value, std::int64_t least, std::int64_t most) {
    json::error_code error;
    const auto given = value.to_number<std::int64_t>(error);
    if (error || given < least || given > most) return std::nullopt;
    return given;
}

Outcome<void> read_numbers(const json::object& wish, LiveSession::Watch& into) {
    if (const auto* given = wish.if_contains("rate_ms")) {
        const auto rate = number(*given, LiveSession::fastest_ms, LiveSession::slowest_ms);
        if (!rate) return invalid("rate_ms is a number from 50 to 10000");
        into.rate = std::chrono::milliseconds{*rate};
    }
    if (const auto* given = wish.if_contains("job")) {
        into.wish.job = number(*given, 1, std::numeric_limits<std::int64_t>::max());
        if (!into.wish.job) return invalid("job is the number of a job");
    }
    return {};
}

std::string text_of(const json::value& value) {
    return value.is_string() ? std::string(value.as_string()) : json::serialize(value);
}

Outcome<void> read_filter(const json::object& wish, PointFilter& into) {
    const auto* given = wish.if_contains("filter");
    if (given == nullptr) return {};
    if (!given->is_object()) return invalid("`filter` is no object");
    for (const auto& [word, value] : given->as_object()) {
        if (std::ranges::find(filter_words, std::string_view(word)) == std::end(filter_words))
            return refuse(Problem::Kind::invalid, "invalid_filter",
                          "there is no filter " + std::string(word.substr(0, LiveSession::longest_id)));
    }
    auto filter = manage::read_filter([given](std::string_view word) -> std::optional<std::string> {
        const auto* value = given->as_object().if_contains(word);
        return value != nullptr ? std::optional(text_of(*value)) : std::nullopt;
    });
    if (!filter) return tl::make_unexpected(filter.error());
    into = std::move(*filter);
    return {};
}

}  // namespace

Outcome<LiveSession::Watch> read_watch(const json::value& given) {
    if (!given.is_object()) return invalid("`subscribe` is no object");
    const json::object& wish = given.as_object();
    LiveSession::Watch watch;
    return check_members(wish)
        .and_then([&] { return read_texts(wish, watch.wish); })
        .and_then([&] { return read_numbers(wish, watch); })
        .and_then([&] { return read_filter(wish, watch.wish.filter); })
        .map([&] { return std::move(watch); });
}

}  // namespace busbar::manage
