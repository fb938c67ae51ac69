#include "manage/live/connector_book.hpp"

#include <utility>

#include "config/client.hpp"
#include "config/meter.hpp"
#include "config/server.hpp"

namespace busbar::manage {

namespace {

KnownConnector read(Database& database, ConnectorHead head) {
    const std::string config = config_of_connector(database, head.id).value_or("{}");
    if (head.kind == "iec104-client")
        return {std::move(head), config::read_client_config(config, {}).value.service, {}};
    if (head.kind != "iec104-server") return {std::move(head), config::read_meter_config(config, {}).value.service, {}};
    const auto server = config::read_server_config(config, {}).value;
    KnownConnector known{std::move(head), server.service, {}};
    for (const auto& group : server.redundancy_groups) {
        if (group.required || server.service.required) known.required_groups.push_back(group.name);
    }
    return known;
}

}  // namespace

const std::vector<KnownConnector>& ConnectorBook::look() {
    std::vector<KnownConnector> now;
    auto before = known_.begin();  // by id, as the heads are
    for (ConnectorHead& head : connector_heads(database_)) {
        while (before != known_.end() && before->head.id < head.id) ++before;
        const bool same = before != known_.end() && before->head.id == head.id && before->head.kind == head.kind &&
                          before->head.config_revision == head.config_revision;
        if (same) {
            KnownConnector& kept = now.emplace_back(std::move(*before++));
            kept.head = std::move(head);
        } else {
            now.push_back(read(database_, std::move(head)));
        }
    }
    known_ = std::move(now);
    return known_;
}

}  // namespace busbar::manage
