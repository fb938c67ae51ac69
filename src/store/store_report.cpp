#include "store/store_report.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "store/keys.hpp"
#include "store/reply_text.hpp"

namespace busbar::store {

namespace {

constexpr std::array streams{keys::updates, keys::commands, keys::command_results, keys::errors};

/// Asks in four steps, each a pipeline, the next when the one before has been answered.
struct Reporter : std::enable_shared_from_this<Reporter> {
    Store& store;
    std::function<void(const StoreReport&)> handler;
    StoreReport report;

    Reporter(Store& asked, std::function<void(const StoreReport&)> owner) : store(asked), handler(std::move(owner)) {}

    void ask_info() {
        store.client().command(
            {"DBSIZE"}, [self = shared_from_this()](const Reply& reply) { self->report.keys = reply.integer(); });
        store.client().command({"INFO"}, [self = shared_from_this()](const Reply& reply) {
            if (!reply.is_good()) {
                self->report.error = fault_of(reply);
                return self->handler(self->report);
            }
            self->take_info(reply.text());
            self->ask_streams();
        });
    }

    void take_info(std::string_view info) {
        const auto valkey = find_info(info, "valkey_version");
        report.server = valkey.empty() ? "redis " : "valkey ";
        report.server += valkey.empty() ? find_info(info, "redis_version") : valkey;
        report.role = find_info(info, "role");
        report.history = find_info(info, "master_replid");
        report.eviction_policy = find_info(info, "maxmemory_policy");
        report.uptime_s = to_number(find_info(info, "uptime_in_seconds"));
        report.used_memory = to_number(find_info(info, "used_memory"));
        report.max_memory = to_number(find_info(info, "maxmemory"));
        report.clients = to_number(find_info(info, "connected_clients"));
    }

    void ask_streams() {
        for (const auto key : streams)
            store.client().command({"XINFO", "STREAM", key}, [self = shared_from_this(), key](const Reply& reply) {
                self->report.streams.push_back({std::string{key}, read_stream_facts(reply).value_or(StreamFacts{})});
            });
        find_durability(store, [self = shared_from_this()](const DurabilityReport& found) {
            self->report.durability = found;
            self->find_connectors("0");
        });
    }

    void find_connectors(std::string_view position) {
        store.client().command({"SCAN", position, "MATCH", keys::status("*"), "COUNT", "2000"},
                               [self = shared_from_this()](const Reply& reply) { self->take_connectors(reply); });
    }

    void take_connectors(const Reply& reply) {
        const auto parts = reply.children();
        if (parts.size() != 2) {
            report.error = fault_of(reply);
            return handler(report);
        }
        for (const auto& key : parts[1].children()) ask_connector(key.text());
        if (parts[0].text() != "0") return find_connectors(parts[0].text());
        // Answered after all that was asked before.
        store.client().command({"PING"}, [self = shared_from_this()](const Reply&) { self->finish(); });
    }

    /// SCAN may have named a connector twice.
    void finish() {
        auto& found = report.connectors;
        std::ranges::sort(found, {}, &StoreReport::Connector::id);
        const auto twice = std::ranges::unique(found, {}, &StoreReport::Connector::id);
        found.erase(twice.begin(), twice.end());
        handler(report);
    }

    void ask_connector(std::string_view key) {
        const auto id = key.substr(key.find(':') + 1);
        store.client().command(
            {"HMGET", key, "state", "detail", "version", "heartbeat"},
            [self = shared_from_this(), id = std::string{id.substr(0, id.rfind(':'))}](const Reply& reply) {
                const auto fields = reply.children();
                if (fields.size() != 4) return;
                self->report.connectors.push_back({id, std::string{fields[0].text()}, std::string{fields[1].text()},
                                                   std::string{fields[2].text()}, to_number(fields[3].text())});
            });
    }
};

}  // namespace

void read_report(Store& store, std::function<void(const StoreReport&)> handler) {
    std::make_shared<Reporter>(store, std::move(handler))->ask_info();
}

}  // namespace busbar::store
