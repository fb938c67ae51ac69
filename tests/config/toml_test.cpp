#include "config/toml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <fstream>
#include <sstream>

#include "config/command_line.hpp"
#include "config/document.hpp"
#include "config/flags.hpp"
#include "config/json_text.hpp"

namespace busbar::config {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
        text.replace(at, what.size(), with);
    return text;
}

/// "# [table]" and "# key = value" without their "# "; prose stays prose.
std::string with_comments_switched_on(const std::string& text) {
    std::istringstream lines(text);
    std::string active;
    for (std::string line; std::getline(lines, line); active += '\n') {
        const std::size_t word_end = line.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789", 2);
        const bool option = line.starts_with("# ") && word_end != std::string::npos &&
                            (line[2] == '[' || line.substr(word_end).starts_with(" = "));
        active += option ? line.substr(2) : line;
    }
    return active;
}

class WrittenFile : public testing::Test {
protected:
    StartInput reading(const std::string& content) {
        std::ofstream(name_) << content;
        StartInput input;
        input.config_file = name_;
        input.environment = [](const std::string&) -> const char* { return nullptr; };
        input.to_run = false;
        return input;
    }
    void TearDown() override { std::remove(name_.c_str()); }

    std::string name_ = testing::TempDir() + "busbar_toml_" + std::to_string(::getpid());
};

TEST_F(WrittenFile, HasTheDefaultsAndLoadsBackToThem) {
    const auto server = read_server_settings(reading(write_start_file(ServerSettings{})));
    EXPECT_THAT(server.faults, IsEmpty());
    EXPECT_THAT(server.warnings, IsEmpty());
    EXPECT_EQ(server.value.config, ServerConfig{});
    EXPECT_EQ(server.value.store, StoreOptions{});
    const auto client = read_client_settings(reading(write_start_file(ClientSettings{})));
    EXPECT_THAT(client.faults, IsEmpty());
    EXPECT_THAT(client.warnings, IsEmpty());
    EXPECT_EQ(client.value.config, ClientConfig{});
    EXPECT_EQ(client.value.store, StoreOptions{});
}

TEST_F(WrittenFile, LoadsBackToOtherValuesToo) {
    ClientSettings settings;
    settings.id = "rtu-1";
    settings.instance = "left";
    settings.store.host = "/run/store \"x\".sock";
    settings.store.tls = Tls{"c", "k", {"a"}, {}, {}, TlsVersion::tls_1_3};
    settings.store.password_file = "/etc/secret";
    settings.config.network.backup = {{"::1", 2405}};
    settings.config.network.tls = Tls{"c2", "k2", {"a2"}, {}, {}, TlsVersion::tls_1_2};
    settings.config.stations = {{101, 1, "Nörd \\ \"x\""}, {102, std::nullopt, ""}};
    settings.config.interrogation.groups = {1, 2};
    settings.config.reconnect = 1500ms;
    settings.config.log_level = LogLevel::off;
    settings.config.debug = true;
    auto back = read_client_settings(reading(write_start_file(settings)));
    EXPECT_THAT(back.faults, testing::ElementsAre(HasSubstr("redis.tls: a unix socket has no TLS")));
    EXPECT_THAT(back.warnings, IsEmpty());
    EXPECT_EQ(back.value.id, "rtu-1");
    EXPECT_EQ(back.value.instance, "left");
    EXPECT_EQ(back.value.store, settings.store);
    EXPECT_EQ(back.value.config, settings.config);
}

TEST_F(WrittenFile, LoadsWithEveryCommentedOptionSwitchedOn) {
    const std::string active = with_comments_switched_on(write_start_file(ClientSettings{}));
    const auto document = read_toml(active);
    ASSERT_TRUE(document) << document.error().what;
    EXPECT_TRUE(document->values.at("network").as_object().contains("tls"));
    EXPECT_TRUE(document->values.at("stations").is_array());
    EXPECT_THAT(read_client_settings(reading(active)).warnings, IsEmpty());
}

TEST_F(WrittenFile, OfAMeterClientLoadsWithEveryCommentedOptionSwitchedOn) {
    const std::string active = with_comments_switched_on(write_start_file(MeterSettings{}));
    const auto document = read_toml(active);
    ASSERT_TRUE(document) << document.error().what;
    const auto& channel = document->values.at("channels").at(0).as_object();
    EXPECT_EQ(channel.at("connection").at("type"), "tcp");
    EXPECT_TRUE(channel.at("gateways").is_array());
    EXPECT_TRUE(channel.at("devices").at(0).as_object().contains("auto_demotion"));
    EXPECT_TRUE(document->values.at("tags").is_array());
    EXPECT_THAT(read_meter_settings(reading(active)).warnings, IsEmpty());
    // The members of the other type are there to be read.
    EXPECT_THAT(write_start_file(MeterSettings{}), HasSubstr("#   type = \"serial\" has instead:\n"));
    EXPECT_THAT(write_start_file(MeterSettings{}), HasSubstr("#   baud = 9600\n"));
}

TEST_F(WrittenFile, OfAMeterClientLoadsBackAndKeepsThePasswordsToItself) {
    MeterSettings settings;
    settings.id = "meters";
    settings.config.channels.resize(2);
    MeterChannel& tcp = settings.config.channels[0];
    tcp.name = "Office";
    tcp.connection = MeterTcp{"10.1.0.9", 4002, WholeMilliseconds{5000}};
    tcp.gateways = {MeterGateway{5001, "127.0.0.1", 2, 1, WholeMilliseconds{0}}};
    MeterChannel& serial = settings.config.channels[1];
    serial.name = "COM1";
    serial.connection =
        MeterSerial{"/dev/ttyS1", 19200, 7, 2, MeterParity::odd, true, true, 261, WholeMilliseconds{1000}};
    serial.devices.resize(2);
    serial.devices[0].name = "meter 1";
    serial.devices[0].link_address = 34572;
    serial.devices[0].auto_demotion = {false, 5, WholeMilliseconds{1000}};
    serial.devices[0].utc_offset = -60min;
    serial.devices[0].current_ratio = 0.5;
    serial.devices[1].name = "meter 2";
    serial.devices[1].link_address = 2;
    serial.devices[1].ratios = RatioSource::meter;
    settings.config.tags.resize(1);
    settings.config.tags[0].name = "P";
    settings.config.tags[0].enabled = true;
    settings.config.tags[0].device = "COM1/meter 1";
    settings.config.tags[0].variable = MeterVariable::power_active_total;
    settings.config.tags[0].time = TagTime::meter;
    MeterSettings with_password = settings;
    with_password.config.channels[1].devices[0].password = "123454321";
    const std::string text = write_start_file(with_password);
    EXPECT_THAT(text, testing::Not(HasSubstr("123454321")));
    EXPECT_THAT(write_json(with_password.config), testing::Not(HasSubstr("123454321")));
    const auto back = read_meter_settings(reading(text));
    EXPECT_THAT(back.faults, IsEmpty());
    EXPECT_THAT(back.warnings, IsEmpty());
    EXPECT_EQ(back.value.config, settings.config);
    EXPECT_EQ(read_meter_config(write_json(settings.config), {}).value, settings.config);
}

TEST_F(WrittenFile, NamesEveryOptionWithItsSentence) {
    for (const Document start :
         {Document::iec104_server_start, Document::iec104_client_start, Document::iec102_client_start}) {
        const std::string text = start == Document::iec104_server_start   ? write_start_file(ServerSettings{})
                                 : start == Document::iec104_client_start ? write_start_file(ClientSettings{})
                                                                          : write_start_file(MeterSettings{});
        const std::string flowing = replaced(text, "\n# ", " ");
        for (const Flag& flag : flags(start)) {
            EXPECT_THAT(flowing, HasSubstr(std::string(flag.row->sentence))) << flag.path;
            const std::string member =
                flag.row->kind == Kind::table ? "[" + flag.path + "]" : std::string(flag.row->key) + " = ";
            EXPECT_THAT(text, HasSubstr(member)) << flag.path;
        }
    }
}

TEST_F(WrittenFile, KeepsThePasswordToItself) {
    ServerSettings settings;
    settings.store.password = "topsecret";
    EXPECT_THAT(write_start_file(settings), testing::Not(HasSubstr("topsecret")));
}

TEST(Toml, KnowsTheLineOfEveryMember) {
    const auto document = read_toml("a = 1\n[b]\nc = [true,\n 2.5]\n[[d]]\ne = \"x\"\n");
    ASSERT_TRUE(document);
    EXPECT_EQ(to_line(document->values), R"({"a": 1, "b": {"c": [true, 2.5]}, "d": [{"e": "x"}]})");
    EXPECT_EQ(document->lines.at("a"), 1u);
    EXPECT_EQ(document->lines.at("b.c"), 3u);
    EXPECT_EQ(document->lines.at("b.c[1]"), 4u);
    EXPECT_EQ(document->lines.at("d[0].e"), 6u);
}

TEST(Toml, SaysWhereItIsMalformed) {
    EXPECT_THAT(read_toml("a = 1\nb = \n").error().what, testing::StartsWith("line 2, column "));
    EXPECT_THAT(read_toml("[a\n").error().what, testing::StartsWith("line 1, column "));
    EXPECT_THAT(read_toml("a = 1\na = 2\n").error().what, testing::StartsWith("line 2, column "));
    EXPECT_FALSE(read_toml("a = \"\xff\"\n"));
    EXPECT_FALSE(read_toml(std::string(100000, '[')));
    EXPECT_FALSE(read_toml("a = " + std::string(100000, '[')));
    EXPECT_FALSE(read_toml(std::string(max_toml_size + 1, '\n')));
}

TEST(Toml, TakesDatesAsTextForAnOrdinaryComplaint) {
    const auto document = read_toml("a = 2026-11-21\nb = nan\n");
    ASSERT_TRUE(document);
    EXPECT_EQ(document->values.at("a"), "2026-11-21");
}

}  // namespace
}  // namespace busbar::config
