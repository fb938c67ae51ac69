#include "store/durability.hpp"

#include <memory>

#include "store/reply_text.hpp"

namespace busbar::store {

namespace {

/// The value in the answer to CONFIG GET of one setting.
std::string setting_of(const Reply& reply) {
    return reply.children().size() == 2 ? std::string{reply.children()[1].text()} : std::string{};
}

DurabilityReport judge_one_server(const DurabilitySettings& settings) {
    if (settings.appendonly == "no" || settings.aof_enabled == false)
        return {Durability::memory, "no append-only file: what came after the last snapshot can be lost"};
    if (settings.appendfsync == "always")
        return {Durability::disk, "append-only file, on the disk before it is confirmed"};
    if (settings.appendfsync == "everysec")
        return {Durability::memory, "append-only file, written through every second: the last second can be lost"};
    if (settings.appendfsync == "no")
        return {Durability::memory, "append-only file, written through when the system likes"};
    return {Durability::unknown, "the store does not tell its settings"};
}

}  // namespace

std::string_view to_string(Durability durability) {
    switch (durability) {
        case Durability::unknown: return "unknown";
        case Durability::memory: return "memory";
        case Durability::disk: return "disk";
        case Durability::replicated: return "replicated";
    }
    return "";
}

DurabilityReport judge(const DurabilitySettings& settings) {
    auto report = judge_one_server(settings);
    if (settings.replicas == 0 || report.durability == Durability::disk) return report;
    report.durability = Durability::replicated;
    report.detail += "; replicas that follow: " + std::to_string(settings.replicas);
    return report;
}

void find_durability(Store& store, std::function<void(const DurabilityReport&)> handler) {
    auto settings = std::make_shared<DurabilitySettings>();
    auto& client = store.client();
    client.command({"CONFIG", "GET", "appendonly"},
                   [settings](const Reply& reply) { settings->appendonly = setting_of(reply); });
    client.command({"CONFIG", "GET", "appendfsync"},
                   [settings](const Reply& reply) { settings->appendfsync = setting_of(reply); });
    client.command({"INFO", "persistence"}, [settings](const Reply& reply) {
        const auto enabled = find_info(reply.text(), "aof_enabled");
        if (!enabled.empty()) settings->aof_enabled = enabled == "1";
    });
    client.command({"INFO", "replication"}, [settings, handler = std::move(handler)](const Reply& reply) {
        settings->replicas = to_number(find_info(reply.text(), "connected_slaves"));
        handler(judge(*settings));
    });
}

}  // namespace busbar::store
