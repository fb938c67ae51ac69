#include <fmt/format.h>

#include "connector/common/request_data.hpp"
#include "connector/iec104_server/connector.hpp"
#include "connector/iec104_server/server_status.hpp"

/// What operators ask of a server connector, and what they see.
namespace busbar::connector {

void ServerConnector::request(std::string_view action, std::string_view data, Reply reply) {
    reply(answer(action, data));
}

Result<std::string> ServerConnector::answer(std::string_view action, std::string_view data) {
    const auto object = RequestData::parse(data);
    if (!object) return tl::make_unexpected(object.error());
    if (action == "reconnect") {
        parts_->peers.close_connections("asked for");
    } else if (action == "log_level") {
        if (!set_log_level(object->text("level")))
            return fail("level: trace, debug, info, warning, error, critical or off");
    } else {
        return fail(fmt::format("action: '{}' is not known", action));
    }
    return std::string(R"({"done":true})");
}

void ServerConnector::refresh_status() {
    if (!parts_) return;
    write_server_status(status(), parts_->station, parts_->peers, parts_->groups);
    if (groups_open_ && parts_->groups.is_whole()) status().set("store_history", parts_->projection.history());
    security_.write_status(status());
    status().set("bad_points", static_cast<std::int64_t>(bad_points_));
    if (parts_->files) parts_->files->write_status(status());
    write_command_status(status(), parts_->commands.counters());
    status().set("clock_offset_ms", clock_offset_ms_);
    status().set("position", store::to_string(parts_->projection.position()));
}

}  // namespace busbar::connector
