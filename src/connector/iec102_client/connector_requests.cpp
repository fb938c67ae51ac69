#include <boost/json.hpp>

#include "connector/common/request_data.hpp"
#include "connector/iec102_client/connector.hpp"

/// What operators ask of a meter client, and what they see.
namespace busbar::connector {
namespace {

constexpr std::string_view tcp_names[] = {"disconnected", "connecting", "connected"};

std::int64_t ms(Duration duration) { return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count(); }

boost::json::object device_json(const iec102::Device& device, TimePoint now) {
    const iec102::DeviceStatus& status = device.status();
    boost::json::object object{{"device", device.config().name},
                               {"state", iec102::state_text(status.state)},
                               {"detail", status.reason},
                               {"failures", status.failures},
                               {"rounds_failed", status.rounds_failed},
                               {"answers", status.answers},
                               {"refusals", status.refusals},
                               {"demotions", status.demotions}};
    if (status.until) object["for_ms"] = std::max<std::int64_t>(0, ms(*status.until - now));
    auto& intervals = object["intervals_ms"].emplace_object();
    for (std::size_t index = 0; index < iec102::value_objects.size(); ++index) {
        if (status.intervals[index])
            intervals[std::to_string(iec102::value_objects[index])] = ms(*status.intervals[index]);
    }
    return object;
}

boost::json::object line_json(const MeterLine& line, TimePoint now) {
    boost::json::object object{{"channel", line.name()},
                               {"peer", line.peer()},
                               {"tcp", tcp_names[static_cast<std::size_t>(line.tcp())]},
                               {"link", line.holder() ? "gateway" : ""},
                               {"transfer", ""},
                               {"detail", line.last_fault()},
                               {"connections", line.connections_made()}};
    auto& gateways = object["gateways"].emplace_array();
    for (const auto& gateway : line.gateways())
        gateways.push_back({{"port", gateway->port()}, {"client", gateway->client()}});
    auto& devices = object["devices"].emplace_array();
    for (const iec102::Device* device : line.channel().devices()) devices.push_back(device_json(*device, now));
    return object;
}

}  // namespace

void MeterConnector::request(std::string_view action, std::string_view data, Reply reply) {
    if (!MeterRequests::does(action)) return reply(do_request(action, data));
    requests_.begin(
        action, data,
        [this](std::string_view device, iec102::Request request) -> std::optional<std::string> {
            MeterLine* line = line_of_device(device);
            if (!line) return "there is no such device";
            return line->request(device, std::move(request));
        },
        std::move(reply));
}

Result<std::string> MeterConnector::do_request(std::string_view action, std::string_view data) {
    const auto object = RequestData::parse(data);
    if (!object) return tl::make_unexpected(object.error());
    const std::string done = R"({"done":true})";
    if (action == "debug") {
        config_.debug = object->flag("on", true);
        return done;
    }
    if (action == "log_level") {
        if (!set_log_level(object->text("level")))
            return fail("level: trace, debug, info, warning, error, critical or off");
        return done;
    }
    if (action == "end_demotion") {
        MeterLine* line = line_of_device(object->text("device"));
        if (!line) return fail("device: there is no such device");
        if (!line->end_demotion(object->text("device"))) return fail("device: it is on-scan");
        return done;
    }
    if (action != "close_gateway" && action != "reconnect")
        return fail(fmt::format("action: '{}' is not known", action));
    const auto line = lines_.find(object->text("channel"));
    if (line == lines_.end()) return fail("channel: there is no such channel");
    if (action == "reconnect") {
        line->second->reconnect("asked for");
    } else if (!line->second->close_gateway_client("asked for")) {
        return fail("channel: no gateway client has the line");
    }
    return done;
}

MeterLine* MeterConnector::line_of_device(std::string_view device) {
    const auto line = lines_.find(std::string{device.substr(0, device.find('/'))});
    return line == lines_.end() ? nullptr : line->second.get();
}

void MeterConnector::refresh_status() {
    const TimePoint now = loop().now();
    boost::json::array lines;
    iec102::LineCounters sum;
    iec102::ReaderCounters read;
    std::int64_t devices = 0, good = 0, demoted = 0, failed = 0, connected = 0;
    for (const auto& [name, line] : lines_) {
        lines.push_back(line_json(*line, now));
        connected += line->tcp() == MeterLine::Tcp::connected;
        const auto& counters = line->channel().counters();
        sum.frames_sent += counters.frames_sent;
        sum.answers += counters.answers;
        sum.silences += counters.silences;
        sum.octets_sent += counters.octets_sent;
        sum.octets_received += counters.octets_received;
        read.bad_checksums += line->channel().reader_counters().bad_checksums;
        read.skipped += line->channel().reader_counters().skipped;
        for (const iec102::Device* device : line->channel().devices()) {
            ++devices;
            good += device->status().state == iec102::DeviceState::good;
            demoted += device->status().state == iec102::DeviceState::demoted;
            failed += static_cast<std::int64_t>(device->status().rounds_failed);
        }
    }
    status().set("line", boost::json::serialize(lines));
    const auto set = [this](std::string_view field, auto value) {
        status().set(field, static_cast<std::int64_t>(value));
    };
    set("links_up", connected);
    set("devices", devices);
    set("devices_good", good);
    set("devices_demoted", demoted);
    set("rounds_failed", failed);
    set("frames_sent", sum.frames_sent);
    set("frames_answered", sum.answers);
    set("frames_unanswered", sum.silences);
    set("octets_sent", sum.octets_sent);
    set("octets_received", sum.octets_received);
    set("bad_checksums", read.bad_checksums);
    set("octets_skipped", read.skipped);
    set("tags", tags_.size());
    set("tags_bad", tags_.bad());
    set("points_stored", points_stored_);
    set("points_refused", points_refused_);
}

}  // namespace busbar::connector
