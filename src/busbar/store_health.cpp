#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <iostream>

#include "busbar/store_pages.hpp"
#include "busbar/store_visit.hpp"
#include "busbar/subcommand.hpp"
#include "store/store_report.hpp"

namespace busbar::program {

namespace json = boost::json;

namespace {

using store::StoreReport;

/// Store contract: a heartbeat older than this is that of a connector that is lost.
constexpr std::int64_t longest_heartbeat_age_ms = 10'000;

struct Verdict {
    std::string state;  // as in the status, or "lost"
    std::int64_t heartbeat_age_ms = 0;
    bool well = false;
};

Verdict judge(const StoreReport::Connector& connector, UtcTime now) {
    Verdict verdict{connector.state, now.time_since_epoch().count() - connector.heartbeat_ms, true};
    if (connector.state == "Stopped") return verdict;
    if (connector.heartbeat_ms == 0 || verdict.heartbeat_age_ms > longest_heartbeat_age_ms) verdict.state = "lost";
    verdict.well = verdict.state != "lost" && verdict.state != "Error";
    return verdict;
}

json::object to_json(const StoreReport& report, UtcTime now) {
    json::array streams, connectors;
    for (const StoreReport::Stream& stream : report.streams) {
        json::object object{
            {"key", stream.key}, {"length", stream.facts.length}, {"last_id", to_string(stream.facts.last_id)}};
        if (const auto removed = stream.facts.removed()) object["removed"] = *removed;
        streams.push_back(std::move(object));
    }
    for (const StoreReport::Connector& connector : report.connectors) {
        const Verdict verdict = judge(connector, now);
        connectors.push_back({{"id", connector.id},
                              {"state", verdict.state},
                              {"detail", connector.detail},
                              {"version", connector.version},
                              {"heartbeat_age_ms", verdict.heartbeat_age_ms}});
    }
    return {{"server", report.server},
            {"role", report.role},
            {"uptime_s", report.uptime_s},
            {"used_memory", report.used_memory},
            {"max_memory", report.max_memory},
            {"eviction_policy", report.eviction_policy},
            {"clients", report.clients},
            {"keys", report.keys},
            {"durability", to_string(report.durability.durability)},
            {"durability_detail", report.durability.detail},
            {"streams", std::move(streams)},
            {"connectors", std::move(connectors)}};
}

std::string to_text(const StoreReport& report, UtcTime now) {
    std::string text = fmt::format("store       {}, {}, up {} s, {} clients, {} keys\n", report.server, report.role,
                                   report.uptime_s, report.clients, report.keys);
    text += fmt::format("memory      {} octets of {}, {} when full\n", report.used_memory,
                        report.max_memory == 0 ? "all there is" : std::to_string(report.max_memory),
                        report.eviction_policy);
    text += fmt::format("durability  {}: {}\n", to_string(report.durability.durability), report.durability.detail);
    for (const StoreReport::Stream& stream : report.streams) {
        const auto removed = stream.facts.removed();
        text += fmt::format("stream      {}: {} entries, {} trimmed, last {}\n", stream.key, stream.facts.length,
                            removed ? std::to_string(*removed) : "unknown", to_string(stream.facts.last_id));
    }
    for (const StoreReport::Connector& connector : report.connectors) {
        const Verdict verdict = judge(connector, now);
        text += fmt::format("connector   {}: {}, heartbeat {:.1f} s ago, version {}{}{}\n", connector.id, verdict.state,
                            static_cast<double>(verdict.heartbeat_age_ms) / 1000, connector.version,
                            connector.detail.empty() ? "" : ", ", connector.detail);
    }
    return text;
}

}  // namespace

int store_health(const config::StoreOptions& store, const HealthOptions& options) {
    StoreVisit visit(store);
    return visit.run([&] {
        store::read_report(visit.store(), [&](const StoreReport& report) {
            if (!report.error.empty()) {
                std::cerr << "busbar store health: " << report.error << '\n';
                return visit.finish(exit_failed);
            }
            const UtcTime now = visit.loop().utc_now();
            std::cout << (options.json ? json::serialize(to_json(report, now)) + "\n" : to_text(report, now));
            bool well = true;
            for (const StoreReport::Connector& connector : report.connectors) well = well && judge(connector, now).well;
            visit.finish(well ? exit_good : exit_failed);
        });
    });
}

}  // namespace busbar::program
