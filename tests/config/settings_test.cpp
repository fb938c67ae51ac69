#include "config/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "config/flags.hpp"

namespace busbar::config {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A file that is gone with the test.
class TemporaryFile {
public:
    explicit TemporaryFile(const std::string& content) { write(content); }
    ~TemporaryFile() { std::filesystem::remove(name_); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    void write(const std::string& content) { std::ofstream(name_) << content; }
    const std::string& name() const { return name_; }

private:
    std::string name_ = testing::TempDir() + "busbar_settings_" + std::to_string(::getpid()) + "_" +
                        std::to_string(reinterpret_cast<std::uintptr_t>(this));
};

using Variables = std::map<std::string, std::string>;

StartInput input(std::map<std::string, std::string> flags, Variables variables = {}, std::string file = {}) {
    flags.try_emplace("id", "x1");
    const auto environment = [variables = std::move(variables)](const std::string& name) {
        const auto found = variables.find(name);
        return found == variables.end() ? nullptr : found->second.c_str();
    };
    return {std::move(flags), std::move(file), environment, true};
}

TEST(Settings, AreTheDefaultsOfTheRequirementsWhenOnlyTheIdIsGiven) {
    const auto server = read_server_settings(input({}));
    EXPECT_THAT(server.faults, IsEmpty());
    EXPECT_EQ(server.value.id, "x1");
    EXPECT_FALSE(server.value.instance.empty());
    EXPECT_EQ(server.value.store, StoreOptions{});
    EXPECT_EQ(server.value.store.host, "127.0.0.1");
    EXPECT_EQ(server.value.store.port, 6379);
    EXPECT_EQ(server.value.config, ServerConfig{});
    const auto client = read_client_settings(input({}));
    EXPECT_THAT(client.faults, IsEmpty());
    EXPECT_EQ(client.value.config, ClientConfig{});
    const auto meter = read_meter_settings(input({}));
    EXPECT_THAT(meter.faults, IsEmpty());
    EXPECT_EQ(meter.value.config, MeterConfig{});
}

TEST(Settings, NeedAnId) {
    StartInput nothing;
    nothing.environment = [](const std::string&) -> const char* { return nullptr; };
    EXPECT_THAT(read_server_settings(nothing).faults, ElementsAre("--id: must be given"));
    EXPECT_THAT(read_client_settings(nothing).faults, ElementsAre("--id: must be given"));
    nothing.to_run = false;
    EXPECT_THAT(read_client_settings(nothing).faults, IsEmpty());
}

TEST(Settings, PreferFlagsToEnvironmentToFileToDefault) {
    const TemporaryFile file("[protocol]\nt1 = 101\nt3 = 103\nk = 104\n[network]\nport = 2501\n");
    const Variables variables{{"BUSBAR_CLIENT_T1", "111"}, {"BUSBAR_CLIENT_T3", "113"}};
    const auto reading = read_client_settings(input({{"protocol.t1", "121"}}, variables, file.name()));
    EXPECT_THAT(reading.faults, IsEmpty());
    EXPECT_EQ(reading.value.config.protocol.t1, 121s);  // flag
    EXPECT_EQ(reading.value.config.protocol.t3, 113s);  // environment
    EXPECT_EQ(reading.value.config.protocol.k, 104);    // file
    EXPECT_EQ(reading.value.config.protocol.t2, 10s);   // default
    EXPECT_EQ(reading.value.config.network.port, 2501);
}

TEST(Settings, AreOverlaidByTheManagedConfiguration) {
    const auto start = read_client_settings(input({{"network.host", "rtu-1"}, {"network.port", "2500"}}));
    const auto managed = read_client_config(R"({"network":{"port":2600}})", start.value.config);
    EXPECT_EQ(managed.value.network.port, 2600);
    EXPECT_EQ(managed.value.network.host, "rtu-1");
}

TEST(Settings, TakeEveryFlagFromTheEnvironmentToo) {
    for (const Document document : {Document::iec104_server_start, Document::iec104_client_start}) {
        for (const Flag& flag : flags(document)) {
            SCOPED_TRACE(flag.environment);
            const auto faults = [&](const char* text) {
                const StartInput given = input({}, {{flag.environment, text}});
                return document == Document::iec104_server_start ? read_server_settings(given).faults
                                                                 : read_client_settings(given).faults;
            };
            // A control character is wrong everywhere, and the complaint names the variable - or the flag, which is
            // stronger.
            if (flag.path == "id") continue;
            EXPECT_THAT(faults("\x01"), testing::Contains(testing::StartsWith(flag.environment + ": ")));
        }
    }
}

TEST(Settings, NameTheOptionWhereItWasGiven) {
    const TemporaryFile file("\n[protocol]\nk = 0\ncolour = 1\n");
    const auto reading = read_client_settings(
        input({{"protocol.t1", "x"}, {"protocol.w", "0"}}, {{"BUSBAR_REDIS_PORT", "70000"}}, file.name()));
    EXPECT_THAT(reading.faults, ElementsAre(file.name() + ":3: protocol.k: 0 must be 1-32767 frames",
                                            "BUSBAR_REDIS_PORT: 70000 must be 1-65535",
                                            "client --t1: \"x\" must be a whole number, 1-255 s",
                                            "client -w: 0 must be 1-32767 frames"));
    EXPECT_THAT(reading.warnings, ElementsAre(file.name() + ":4: protocol.colour: is unknown here and ignored"));
}

TEST(Settings, NameTheFlagOfARelationThatDoesNotHold) {
    EXPECT_THAT(read_client_settings(input({{"protocol.t1", "5"}})).faults,
                ElementsAre("client --t2: 10 must be less than t1 (5)"));
    EXPECT_THAT(read_server_settings(input({}, {{"BUSBAR_SERVER_T2", "20"}})).faults,
                ElementsAre("BUSBAR_SERVER_T2: 20 must be less than t1 (15)"));
}

TEST(Settings, TakeTheStorePortFromTheHostUnlessItIsGiven) {
    const auto store = [](std::map<std::string, std::string> flags, Variables variables = {}, std::string file = {}) {
        const auto reading = read_server_settings(input(std::move(flags), std::move(variables), std::move(file)));
        EXPECT_THAT(reading.faults, IsEmpty());
        return to_string(reading.value.store);
    };
    EXPECT_EQ(store({{"redis.host", "datastore"}}), "datastore:6379");
    EXPECT_EQ(store({{"redis.host", "datastore:7000"}}), "datastore:7000");
    EXPECT_EQ(store({{"redis.host", "datastore:7000"}, {"redis.port", "7001"}}), "datastore:7001");
    EXPECT_EQ(store({{"redis.host", "[::1]:7000"}}), "[::1]:7000");
    EXPECT_EQ(store({{"redis.host", "/run/store.sock"}}), "/run/store.sock");
    EXPECT_EQ(store({{"redis.host", "unix:///run/store.sock"}}), "/run/store.sock");
    // A port in the stronger place wins, wherever it stands.
    EXPECT_EQ(store({{"redis.host", "datastore:7000"}}, {{"BUSBAR_REDIS_PORT", "7002"}}), "datastore:7000");
    EXPECT_EQ(store({{"redis.port", "7003"}}, {{"BUSBAR_REDIS_HOST", "datastore:7000"}}), "datastore:7003");
    const TemporaryFile file("[redis]\nhost = \"elsewhere:7004\"\n");
    EXPECT_EQ(store({}, {}, file.name()), "elsewhere:7004");
    EXPECT_EQ(store({{"redis.host", "datastore"}}, {}, file.name()), "datastore:7004");
}

TEST(Settings, SayWhatIsWrongWithTheStoreHost) {
    EXPECT_THAT(read_server_settings(input({{"redis.host", "a:b"}})).faults,
                ElementsAre("redis --host: \"a:b\" must have a port 1-65535"));
    EXPECT_THAT(read_server_settings(input({{"redis.host", "a:70000"}})).faults,
                ElementsAre("redis --host: \"a:70000\" must have a port 1-65535"));
    EXPECT_THAT(read_server_settings(input({{"redis.host", ""}})).faults,
                testing::Contains("redis --host: \"\" must be 1-253 characters long"));
}

TEST(Settings, TakeThePasswordFromAFlagAFileOrTheEnvironment) {
    const TemporaryFile file("from file\nsecond line\n");
    const auto password = [](std::map<std::string, std::string> flags, Variables variables = {}) {
        return read_server_settings(input(std::move(flags), std::move(variables))).value.store.password;
    };
    EXPECT_EQ(password({}), "");
    EXPECT_EQ(password({{"redis.pwd", "12345"}}), "12345");
    EXPECT_EQ(password({{"redis.pwd_file", file.name()}}), "from file");
    EXPECT_EQ(password({}, {{"BUSBAR_REDIS_PWD", "from environment"}}), "from environment");
    EXPECT_EQ(password({}, {{"BUSBAR_REDIS_PWD_FILE", file.name()}}), "from file");
    EXPECT_EQ(password({{"redis.pwd_file", file.name()}}, {{"BUSBAR_REDIS_PWD", "from environment"}}), "from file");
    EXPECT_EQ(password({{"redis.pwd", "flag"}}, {{"BUSBAR_REDIS_PWD_FILE", file.name()}}), "flag");
}

TEST(Settings, SayWhatIsWrongWithThePasswordWithoutRepeatingIt) {
    const auto faults = [](std::map<std::string, std::string> flags) {
        return read_server_settings(input(std::move(flags))).faults;
    };
    EXPECT_THAT(faults({{"redis.pwd", "top\nsecret"}}),
                ElementsAre("redis --pwd: must be text without control characters"));
    EXPECT_THAT(faults({{"redis.pwd", std::string(1025, 'x')}}),
                ElementsAre("redis --pwd: must be at most 1024 characters"));
    EXPECT_THAT(faults({{"redis.pwd", "a"}, {"redis.pwd_file", "b"}}),
                testing::Contains("redis --pwd-file: and pwd must not be given together"));
    EXPECT_THAT(faults({{"redis.pwd_file", "/nowhere/at/all"}}),
                ElementsAre("redis --pwd-file: /nowhere/at/all cannot be read: No such file or directory"));
    const TemporaryFile empty("\n");
    EXPECT_THAT(faults({{"redis.pwd_file", empty.name()}}),
                ElementsAre("redis --pwd-file: " + empty.name() + " has an empty first line"));
    const TemporaryFile number("[redis]\npwd = 12345\n");
    EXPECT_THAT(read_server_settings(input({}, {}, number.name())).faults,
                ElementsAre(number.name() + ":2: redis.pwd: must be text"));
}

TEST(Settings, TakeTlsPiecewise) {
    const auto reading = read_server_settings(input({{"redis.tls.ca", "a.pem,b.pem"},
                                                     {"network.tls.certificate", "c.pem"},
                                                     {"network.tls.key", "k.pem"},
                                                     {"network.tls.ca", "d.pem"}}));
    EXPECT_THAT(reading.faults, IsEmpty());
    ASSERT_TRUE(reading.value.store.tls);
    EXPECT_THAT(reading.value.store.tls->ca, ElementsAre("a.pem", "b.pem"));
    ASSERT_TRUE(reading.value.config.network.tls);
    EXPECT_EQ(reading.value.config.network.tls->key, "k.pem");
    EXPECT_TRUE(read_server_settings(input({{"redis.tls", "true"}})).value.store.tls);
    EXPECT_FALSE(read_server_settings(input({{"redis.tls", "false"}}, {{"BUSBAR_REDIS_TLS", "true"}})).value.store.tls);
    EXPECT_THAT(read_server_settings(input({{"redis.tls", "true"}, {"redis.host", "/run/x"}})).faults,
                ElementsAre("redis --tls: a unix socket has no TLS"));
}

TEST(Settings, ReadListsBetweenCommas) {
    const auto reading = read_client_settings(input({{"network.backup", "a,b:99"}, {"interrogation.groups", "1,16"}}));
    EXPECT_THAT(reading.faults, IsEmpty());
    EXPECT_THAT(reading.value.config.network.backup, ElementsAre(Endpoint{"a", 2404}, Endpoint{"b", 99}));
    EXPECT_THAT(reading.value.config.interrogation.groups, ElementsAre(1, 16));
    EXPECT_THAT(read_client_settings(input({{"interrogation.groups", "1,17"}})).faults,
                ElementsAre("client --interrogation-groups: 17 must be 1-16"));
}

TEST(Settings, SaySoIfTheFileCannotBeUsed) {
    EXPECT_THAT(read_server_settings(input({}, {}, "/nowhere/at/all")).faults,
                ElementsAre("--config: /nowhere/at/all cannot be read: No such file or directory"));
    EXPECT_THAT(read_server_settings(input({}, {}, "/")).faults,
                ElementsAre("--config: / cannot be read: Is a directory"));
    const TemporaryFile malformed("a = 1\nb = = 2\n");
    EXPECT_THAT(read_server_settings(input({}, {}, malformed.name())).faults,
                ElementsAre(testing::StartsWith(malformed.name() + ": line 2, column 5: ")));
}

TEST(Settings, TakeTheFilesNameFromTheEnvironment) {
    const TemporaryFile file("[redis]\nport = 7000\n");
    const Variables variables{{"BUSBAR_IEC104_SERVER_CONFIG", file.name()}};
    EXPECT_EQ(read_server_settings(input({}, variables)).value.store.port, 7000);
    EXPECT_EQ(read_client_settings(input({}, variables)).value.store.port, 6379);
}

TEST(Settings, AreReadAnewOnReload) {
    TemporaryFile file("[protocol]\nt1 = 100\n");
    const auto first = read_server_settings(input({{"protocol.k", "20"}}, {}, file.name()));
    EXPECT_EQ(first.value.config.protocol.t1, 100s);
    file.write("[protocol]\nt1 = 99\n");
    const auto second = first.value.reload();
    EXPECT_EQ(second.value.config.protocol.t1, 99s);
    EXPECT_EQ(second.value.config.protocol.k, 20);
    file.write("[protocol]\nt1 = 0\n");
    EXPECT_FALSE(second.value.reload().good());
}

TEST(Settings, IgnoreEmptyVariables) {
    EXPECT_EQ(read_server_settings(input({}, {{"BUSBAR_REDIS_PORT", ""}})).value.store.port, 6379);
}

TEST(Settings, OfAToolKnowOnlyTheStore) {
    const auto reading = read_store_settings(input({{"redis.host", "a:1"}}, {{"BUSBAR_REDIS_USER", "me"}}));
    EXPECT_THAT(reading.faults, IsEmpty());
    EXPECT_EQ(to_string(reading.value.store), "a:1");
    EXPECT_EQ(reading.value.store.user, "me");
}

}  // namespace
}  // namespace busbar::config
