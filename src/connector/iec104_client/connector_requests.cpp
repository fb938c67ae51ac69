#include "connector/common/counters.hpp"
#include "connector/iec104_client/connector.hpp"
#include "connector/iec104_client/line_requests.hpp"
#include "connector/iec104_client/line_status.hpp"

/// What operators ask of a client connector, and what they see.
namespace busbar::connector {

void ClientConnector::request(std::string_view action, std::string_view data, Reply reply) {
    if (action == "reset_process") return resets_->request(data, config_, commands_owner(), std::move(reply));
    if (LineFiles::does(action)) return files_->request(*line_, make_maker(), action, data, std::move(reply));
    reply(do_line_request(*line_, make_maker(), action, data,
                          {.set_debug = [this](bool on) { config_.debug = on; },
                           .synchronize_clock = [this](auto station) { return synchronize_clock(station); }}));
}

void ClientConnector::refresh_status() {
    const auto* session = line_->session();
    write_counters(status(), line_->counters());
    security_.write_status(status());
    status().set("line", line_json(*line_, last_lost_, line_since_));
    LinesNow lines;
    for (const auto& path : line_->paths())
        if (path->session()) lines.add(path->session()->link());
    write_lines(status(), lines);
    const auto made = static_cast<std::int64_t>(line_->connections_made());
    status().set("connections_made", made);
    status().set("reconnects", std::max<std::int64_t>(made - 1, 0));
    status().set("points_received", static_cast<std::int64_t>(feed_->maker().counters().points));
    status().set("points_stored", static_cast<std::int64_t>(feed_->committed()));
    status().set("points_refused", static_cast<std::int64_t>(points_refused_));
    status().set("points_of_other_owner", static_cast<std::int64_t>(feed_->dropped_elsewhere()));
    status().set("points_unlisted", static_cast<std::int64_t>(feed_->maker().counters().unlisted_stations));
    const auto& commands = commands_->counters();
    status().set("commands_taken", static_cast<std::int64_t>(commands.taken));
    status().set("commands_sent", static_cast<std::int64_t>(commands.sent));
    status().set("commands_confirmed", static_cast<std::int64_t>(commands.confirmed));
    status().set("commands_refused", static_cast<std::int64_t>(commands.refused));
    status().set("commands_unknown", static_cast<std::int64_t>(commands.unknown));
    files_->write_status(status());
    status().set("counter_gaps", static_cast<std::int64_t>(feed_->maker().counters().counter_gaps));
    if (session) {
        status().set("asdus_damaged", static_cast<std::int64_t>(session->counters().damaged));
        status().set("asdus_unknown_type", static_cast<std::int64_t>(session->counters().unknown_type));
        status().set("interrogations", static_cast<std::int64_t>(session->counters().interrogations));
    }
}

LineFiles::Owner ClientConnector::files_owner() {
    return {.casdu_of = [this](std::uint16_t remote) { return feed_->maker().casdu_of(remote).value_or(remote); },
            .utc_of =
                [this](const iec60870::Cp56Time2a& tag, UtcTime otherwise) {
                    const auto local = iec60870::station_time(tag);
                    return local ? zone_.to_utc(*local, tag.summer) : otherwise;
                }};
}

}  // namespace busbar::connector
