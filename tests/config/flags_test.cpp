#include "config/flags.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace busbar::config {
namespace {

std::string path_of(Document start, const std::string& text) {
    for (const Flag& flag : flags(start))
        if (flag.text() == text) return flag.path;
    return "";
}

TEST(Flags, OfTheServerConnectorAreThoseOfTheRequirements) {
    const Document server = Document::iec104_server_start;
    EXPECT_EQ(path_of(server, "--id"), "id");
    EXPECT_EQ(path_of(server, "--log-level"), "log_level");
    EXPECT_EQ(path_of(server, "--instance"), "instance");
    EXPECT_EQ(path_of(server, "--metrics-file"), "metrics_file");
    EXPECT_EQ(path_of(server, "redis --host"), "redis.host");
    EXPECT_EQ(path_of(server, "redis --port"), "redis.port");
    EXPECT_EQ(path_of(server, "redis --pwd"), "redis.pwd");
    EXPECT_EQ(path_of(server, "redis --pwd-file"), "redis.pwd_file");
    EXPECT_EQ(path_of(server, "server --port"), "network.port");
    EXPECT_EQ(path_of(server, "server --max-connections"), "network.max_connections");
    EXPECT_EQ(path_of(server, "server --t1"), "protocol.t1");
    EXPECT_EQ(path_of(server, "server -k"), "protocol.k");
    EXPECT_EQ(path_of(server, "server --streams-input"), "streams.input");
    EXPECT_EQ(path_of(server, "server --tls-key"), "network.tls.key");
}

TEST(Flags, OfTheClientConnectorAreThoseOfTheRequirements) {
    const Document client = Document::iec104_client_start;
    EXPECT_EQ(path_of(client, "--id"), "id");
    EXPECT_EQ(path_of(client, "--log-level"), "log_level");
    EXPECT_EQ(path_of(client, "--metrics-file"), "metrics_file");
    EXPECT_EQ(path_of(client, "client --host"), "network.host");
    EXPECT_EQ(path_of(client, "client --port"), "network.port");
    EXPECT_EQ(path_of(client, "client --t0"), "protocol.t0");
    EXPECT_EQ(path_of(client, "client --t1"), "protocol.t1");
    EXPECT_EQ(path_of(client, "client --t2"), "protocol.t2");
    EXPECT_EQ(path_of(client, "client --t3"), "protocol.t3");
    EXPECT_EQ(path_of(client, "client -k"), "protocol.k");
    EXPECT_EQ(path_of(client, "client -w"), "protocol.w");
    EXPECT_EQ(path_of(client, "redis --host"), "redis.host");
    EXPECT_EQ(path_of(client, "redis --port"), "redis.port");
    EXPECT_EQ(path_of(client, "redis --pwd"), "redis.pwd");
    EXPECT_EQ(path_of(client, "redis --stream-max-length"), "streams.max_length");
    EXPECT_EQ(path_of(client, "redis --in-stream"), "streams.updates");
}

TEST(Flags, OfTheMeterClientAreThoseThatNeedNoLine) {
    const Document meter = Document::iec102_client_start;
    EXPECT_EQ(path_of(meter, "--id"), "id");
    EXPECT_EQ(path_of(meter, "--log-level"), "log_level");
    EXPECT_EQ(path_of(meter, "redis --host"), "redis.host");
    EXPECT_EQ(path_of(meter, "redis --stream-max-length"), "streams.max_length");
    EXPECT_EQ(path_of(meter, "redis --in-stream"), "streams.updates");
    EXPECT_EQ(path_of(meter, "meter --streams-error"), "streams.error");
    EXPECT_EQ(path_of(meter, "meter --debug"), "debug");
    EXPECT_EQ(config_file_variable(meter), "BUSBAR_IEC102_CLIENT_CONFIG");
}

TEST(Flags, HaveAVariableEach) {
    const auto variable = [](const std::string& text) {
        for (const Flag& flag : flags(Document::iec104_client_start))
            if (flag.text() == text) return flag.environment;
        return std::string();
    };
    EXPECT_EQ(variable("--id"), "BUSBAR_IEC104_CLIENT_ID");
    EXPECT_EQ(variable("--log-level"), "BUSBAR_IEC104_CLIENT_LOG_LEVEL");
    EXPECT_EQ(variable("redis --pwd"), "BUSBAR_REDIS_PWD");
    EXPECT_EQ(variable("redis --stream-max-length"), "BUSBAR_REDIS_STREAM_MAX_LENGTH");
    EXPECT_EQ(variable("client -k"), "BUSBAR_CLIENT_K");
    EXPECT_EQ(config_file_variable(Document::iec104_client_start), "BUSBAR_IEC104_CLIENT_CONFIG");
}

TEST(Flags, AreUnique) {
    for (const Document start : {Document::iec104_server_start, Document::iec104_client_start,
                                 Document::iec102_client_start, Document::store_start}) {
        std::set<std::string> texts, variables, paths;
        for (const Flag& flag : flags(start)) {
            EXPECT_TRUE(texts.insert(flag.text()).second) << flag.text();
            EXPECT_TRUE(variables.insert(flag.environment).second) << flag.environment;
            EXPECT_TRUE(paths.insert(flag.path).second) << flag.path;
            EXPECT_EQ(table(start).find(flag.path), flag.row) << flag.path;
        }
    }
}

TEST(Flags, OfAToolShareTheVariablesOfTheStore) {
    for (const Flag& flag : flags(Document::store_start)) {
        EXPECT_TRUE(flag.subcommand.empty());
        EXPECT_THAT(flag.environment, testing::StartsWith("BUSBAR_REDIS_"));
    }
}

TEST(Row, ExplainsEveryOptionInASentence) {
    const std::function<void(const Row&, const std::string&)> look = [&](const Row& row, const std::string& path) {
        for (const Row& member : row.members) {
            const std::string here = path + "." + std::string(member.key);
            if (row.kind != Kind::list && row.kind != Kind::variant) {
                EXPECT_THAT(std::string(member.sentence), testing::EndsWith(".")) << here;
            }
            look(member, here);
        }
    };
    for (const Document document : {Document::iec104_server_start, Document::iec104_client_start,
                                    Document::iec102_client_start, Document::mapping})
        look(table(document), "");
}

}  // namespace
}  // namespace busbar::config
