#include "connector/iec102_client/meter_requests.hpp"

#include <fmt/format.h>

#include <utility>

#include "connector/common/request_data.hpp"
#include "iec102/meter/json.hpp"

namespace busbar::connector {
namespace {

using iec102::Question;

constexpr std::size_t most_open = 64;
constexpr std::size_t most_asdus = 2000;  // of one reply; the rest of a longer answer is counted

Result<iec102::TimeRange> time_range(const RequestData& data) {
    const auto from = parse_iso8601(data.text("from")), to = parse_iso8601(data.text("to"));
    if (!from) return fail("from: a time is needed, 2026-11-21T00:00:00Z");
    if (!to) return fail("to: a time is needed, 2026-11-21T00:00:00Z");
    const auto offset = data.number("utc_offset_minutes", -720, 840, 60);
    if (!offset) return tl::make_unexpected(offset.error());
    const std::chrono::minutes base{*offset};
    return iec102::TimeRange{iec102::label_a(*from, base), iec102::label_a(*to, base)};
}

/// Load curves (record 11 hourly, 12 quarter-hourly, 21 daily), events and stored tariff information.
Result<Question> ranged_question(std::string_view action, const RequestData& data) {
    const auto range = time_range(data);
    if (!range) return tl::make_unexpected(range.error());
    const auto record = data.number("record", 0, 255, action == "events" ? -1 : action == "tariff" ? 134 : 11);
    if (!record) return tl::make_unexpected(record.error());
    const auto address = static_cast<std::uint8_t>(*record);
    if (action == "events") return iec102::read_events(address, *range);
    if (action == "tariff") return iec102::read_stored_tariff(address, *range);
    if (data.flag("absolute", false)) return iec102::read_totals(address, {1, 8, *range});
    return iec102::read_increments(address, {1, 8, *range});
}

Result<std::variant<iec102::ReadNow, Question>> what_is_asked(std::string_view action, const RequestData& data) {
    if (action == "read") return iec102::ReadNow{};
    if (action == "time") return iec102::read_time();
    if (action == "identification") return iec102::read_identification();
    if (action == "configuration") return iec102::read_configuration();
    if (action == "ratios") return iec102::read_ratios();
    auto question = ranged_question(action, data);
    if (!question) return tl::make_unexpected(question.error());
    return std::move(*question);
}

}  // namespace

bool MeterRequests::does(std::string_view action) {
    for (const std::string_view each :
         {"read", "time", "identification", "configuration", "ratios", "curve", "tariff", "events"}) {
        if (action == each) return true;
    }
    return false;
}

void MeterRequests::begin(std::string_view action, std::string_view data, const Ask& ask, Reply reply) {
    const auto object = RequestData::parse(data);
    if (!object) return reply(tl::make_unexpected(object.error()));
    const std::string device = object->text("device");
    if (device.empty()) return reply(fail("device: channel/device is needed"));
    auto what = what_is_asked(action, *object);
    if (!what) return reply(tl::make_unexpected(what.error()));
    if (open_.size() >= most_open) return reply(fail("too many requests are waiting"));
    const std::uint64_t id = next_++;
    open_[id] = {std::move(reply), {}, 0};
    if (auto refused = ask(device, {id, std::move(*what)})) {
        const auto open = open_.extract(id);
        if (open) open.mapped().reply(fail("device: " + *refused));
    }
}

void MeterRequests::take(const iec102::RequestAnswer& answer) {
    const auto found = open_.find(answer.id);
    if (found == open_.end() || ++found->second.count > most_asdus) return;
    if (!found->second.asdus.empty()) found->second.asdus += ',';
    found->second.asdus += iec102::asdu_to_json(answer.asdu);
}

void MeterRequests::take(const iec102::RequestFinished& finished) {
    const auto open = open_.extract(finished.id);
    if (!open) return;
    if (finished.error) return open.mapped().reply(fail(*finished.error));
    open.mapped().reply(
        fmt::format(R"({{"done":true,"asdus":{},"answer":[{}]}})", open.mapped().count, open.mapped().asdus));
}

}  // namespace busbar::connector
