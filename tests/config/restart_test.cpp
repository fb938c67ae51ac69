#include <gtest/gtest.h>

#include "documents.hpp"

namespace busbar::config {
namespace {

using namespace std::chrono_literals;

TEST(Restart, IsNotNeededForTheSameConfiguration) {
    EXPECT_FALSE(restart_needed(ServerConfig{}, ServerConfig{}));
    EXPECT_FALSE(restart_needed(ClientConfig{}, ClientConfig{}));
}

template <class Config, class Change>
bool needs_restart(Change change) {
    Config wanted;
    change(wanted);
    return restart_needed(Config{}, wanted) && restart_needed(wanted, Config{});
}

TEST(Restart, IsNeededForAddressPortTimersSizesAndTlsOfAServer) {
    EXPECT_TRUE(needs_restart<ServerConfig>([](auto& config) { config.network.host = "127.0.0.1"; }));
    EXPECT_TRUE(needs_restart<ServerConfig>([](auto& config) { config.network.port = 2405; }));
    EXPECT_TRUE(needs_restart<ServerConfig>([](auto& config) { config.network.tls.emplace(); }));
    EXPECT_TRUE(needs_restart<ServerConfig>([](auto& config) { config.protocol.t1 = 16s; }));
    EXPECT_TRUE(needs_restart<ServerConfig>([](auto& config) { config.protocol.t2 = 9s; }));
    EXPECT_TRUE(needs_restart<ServerConfig>([](auto& config) { config.protocol.t3 = 21s; }));
    EXPECT_TRUE(needs_restart<ServerConfig>([](auto& config) { config.protocol.k = 13; }));
    EXPECT_TRUE(needs_restart<ServerConfig>([](auto& config) { config.protocol.w = 7; }));
    EXPECT_TRUE(needs_restart<ServerConfig>([](auto& config) { config.protocol.cot_size = 1; }));
    EXPECT_TRUE(needs_restart<ServerConfig>([](auto& config) { config.protocol.ca_size = 1; }));
    EXPECT_TRUE(needs_restart<ServerConfig>([](auto& config) { config.protocol.ioa_size = 1; }));
    EXPECT_TRUE(needs_restart<ServerConfig>([](auto& config) { config.protocol.asdu_max = 248; }));
}

TEST(Restart, IsNotNeededForWhatNoLineOfAServerDependsOn) {
    EXPECT_FALSE(needs_restart<ServerConfig>([](auto& config) { config.revision = 2; }));
    EXPECT_FALSE(needs_restart<ServerConfig>([](auto& config) { config.log_level = LogLevel::debug; }));
    EXPECT_FALSE(needs_restart<ServerConfig>([](auto& config) { config.network.max_connections = 2; }));
    EXPECT_FALSE(needs_restart<ServerConfig>([](auto& config) { config.network.any_port = true; }));
    EXPECT_FALSE(needs_restart<ServerConfig>([](auto& config) { config.network.allowed_clients = {"::1"}; }));
    EXPECT_FALSE(needs_restart<ServerConfig>([](auto& config) { config.network.command_clients = {"::1"}; }));
    EXPECT_FALSE(needs_restart<ServerConfig>([](auto& config) { config.protocol.time_zone = "Europe/Berlin"; }));
    EXPECT_FALSE(needs_restart<ServerConfig>([](auto& config) { config.streams.input = "other"; }));
    EXPECT_FALSE(needs_restart<ServerConfig>([](auto& config) { config.redundancy_groups.resize(1); }));
    EXPECT_FALSE(needs_restart<ServerConfig>([](auto& config) { config.cause = CauseForwarding::verbatim; }));
    EXPECT_FALSE(needs_restart<ServerConfig>([](auto& config) { config.commands.max_age = 6s; }));
    EXPECT_FALSE(needs_restart<ServerConfig>([](auto& config) { config.service.enabled = false; }));
}

TEST(Restart, IsNeededForTheLineOfAClient) {
    EXPECT_TRUE(needs_restart<ClientConfig>([](auto& config) { config.network.host = "10.0.0.1"; }));
    EXPECT_TRUE(needs_restart<ClientConfig>([](auto& config) { config.network.backup = {{"10.0.0.2", 2404}}; }));
    EXPECT_TRUE(needs_restart<ClientConfig>([](auto& config) { config.network.standby = Standby::none; }));
    EXPECT_TRUE(needs_restart<ClientConfig>([](auto& config) { config.protocol.t0 = 31s; }));
    EXPECT_TRUE(needs_restart<ClientConfig>([](auto& config) { config.protocol.t1 = 16s; }));
    EXPECT_TRUE(needs_restart<ClientConfig>([](auto& config) { config.protocol.originator = 3; }));
    EXPECT_FALSE(needs_restart<ClientConfig>([](auto& config) { config.stations = {{101, 1, ""}}; }));
    EXPECT_FALSE(needs_restart<ClientConfig>([](auto& config) { config.interrogation.every = 60s; }));
    EXPECT_FALSE(needs_restart<ClientConfig>([](auto& config) { config.clock_sync.on_connect = true; }));
    EXPECT_FALSE(needs_restart<ClientConfig>([](auto& config) { config.streams.max_length = 5; }));
    EXPECT_FALSE(needs_restart<ClientConfig>([](auto& config) { config.reconnect = 3s; }));
    EXPECT_FALSE(needs_restart<ClientConfig>([](auto& config) { config.not_topical_after = 3s; }));
    EXPECT_FALSE(needs_restart<ClientConfig>([](auto& config) { config.debug = true; }));
}

TEST(Restart, IsNeededForAMetersLineOnlyWhenItIsReachedOtherwise) {
    const auto needed = [](auto change) {
        MeterChannel wanted;
        change(wanted);
        return restart_needed(MeterChannel{}, wanted);
    };
    EXPECT_FALSE(needed([](auto&) {}));
    EXPECT_TRUE(needed([](auto& channel) { channel.connection = MeterSerial{}; }));
    EXPECT_TRUE(needed([](auto& channel) { std::get<MeterTcp>(channel.connection).host = "h"; }));
    EXPECT_TRUE(needed([](auto& channel) { std::get<MeterTcp>(channel.connection).port = 1; }));
    EXPECT_FALSE(needed([](auto& channel) { channel.retries = 1; }));
    EXPECT_FALSE(needed([](auto& channel) { channel.gateways.resize(1); }));
    EXPECT_FALSE(needed([](auto& channel) { channel.devices.resize(1); }));
}

}  // namespace
}  // namespace busbar::config
