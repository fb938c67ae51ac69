#include "config/schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "config/command_line.hpp"
#include "config/file.hpp"
#include "documents.hpp"
#include "schema_check.hpp"
#include "support/source_dir.hpp"

namespace busbar::config {
namespace {

using namespace test;
using testing::IsEmpty;
namespace json = boost::json;

const std::filesystem::path examples = std::filesystem::path(tests::source_dir) / "examples" / "config";

std::string text_of(const std::filesystem::path& file) {
    const auto text = read_file(file.string(), 1 << 20);
    EXPECT_TRUE(text) << text.error().what;
    return text.value_or("");
}

Document document_of(const std::string& name) {
    if (name.starts_with("meter")) return Document::iec102_client;
    if (name.starts_with("server")) return Document::iec104_server;
    return name.starts_with("client") ? Document::iec104_client : Document::mapping;
}

TEST(Examples, OfJsonAreGoodToTheReaderAndToTheSchema) {
    unsigned found = 0;
    for (const auto& entry : std::filesystem::directory_iterator(examples)) {
        if (entry.path().extension() != ".json") continue;
        SCOPED_TRACE(entry.path().filename());
        ++found;
        const Document document = document_of(entry.path().filename().string());
        const std::string text = text_of(entry.path());
        EXPECT_THAT(read(document, text).faults, IsEmpty());
        EXPECT_THAT(read(document, text).warnings, IsEmpty());
        EXPECT_EQ(violation(schema(document), *parse_json(text, text.size())), "");
    }
    EXPECT_GE(found, 5u);
}

TEST(Examples, OfTomlAreGood) {
    StartInput input;
    input.environment = [](const std::string&) -> const char* { return nullptr; };
    input.to_run = false;
    input.config_file = (examples / "iec104-server.toml").string();
    const auto server = read_server_settings(input);
    EXPECT_THAT(server.faults, IsEmpty());
    EXPECT_THAT(server.warnings, IsEmpty());
    EXPECT_EQ(server.value.id, "srv1");
    input.config_file = (examples / "iec104-client.toml").string();
    const auto client = read_client_settings(input);
    EXPECT_THAT(client.faults, IsEmpty());
    EXPECT_THAT(client.warnings, IsEmpty());
    EXPECT_EQ(client.value.config.stations.size(), 1u);
    input.config_file = (examples / "iec102-client.toml").string();
    const auto meter = read_meter_settings(input);
    EXPECT_THAT(meter.faults, IsEmpty());
    EXPECT_THAT(meter.warnings, IsEmpty());
    EXPECT_EQ(meter.value.config.channels.size(), 2u);
}

TEST(Schema, AcceptsTheDefaults) {
    EXPECT_EQ(violation(schema(Document::iec104_server), *parse_json(write_json(ServerConfig{}), 1 << 20)), "");
    EXPECT_EQ(violation(schema(Document::iec104_client), *parse_json(write_json(ClientConfig{}), 1 << 20)), "");
    EXPECT_EQ(violation(schema(Document::iec102_client), *parse_json(write_json(MeterConfig{}), 1 << 20)), "");
    EXPECT_EQ(violation(schema(Document::mapping), *parse_json(write_json(Mapping{}), 1 << 20)), "");
}

TEST(Schema, DrawsTheSameBoundsAsTheReader) {
    for (const Document document : documents) {
        const json::object described = schema(document);
        for (const Leaf& leaf : leaves(document)) {
            const Row& row = *leaf.row;
            if (row.kind != Kind::integer) continue;
            SCOPED_TRACE(leaf.path);
            // Entries of lists lack their required members here, which the schema says before it looks at the value.
            const auto verdict = [&](double number) {
                return violation(described, leaf.document_with(static_cast<std::int64_t>(number)));
            };
            EXPECT_THAT(verdict(row.range.least), testing::Not(testing::HasSubstr("minimum")));
            EXPECT_THAT(verdict(row.range.most), testing::Not(testing::HasSubstr("maximum")));
            EXPECT_NE(verdict(row.range.least - 1), "");
            EXPECT_NE(verdict(row.range.most + 1), "");
        }
    }
}

TEST(Schema, GivesWhatAFormNeeds) {
    const json::object described = schema(Document::iec104_server);
    EXPECT_EQ(described.at("$schema"), "https://json-schema.org/draft/2020-12/schema");
    const auto& t1 = described.at("properties").at("protocol").at("properties").at("t1").as_object();
    EXPECT_EQ(to_line(t1),
              R"({"description": "Longest wait for the acknowledgement of a sent frame; then the line is closed.", )"
              R"("type": "integer", "minimum": 1, "maximum": 255, "default": 15, "unit": "s", "restarts": true})");
    const auto& tls = described.at("properties").at("network").at("properties").at("tls").as_object();
    EXPECT_EQ(to_line(tls.at("type")), R"(["object", "null"])");
    const auto& groups = described.at("properties").at("redundancy_groups").at("items").as_object();
    EXPECT_EQ(to_line(groups.at("required")), R"(["name"])");
}

TEST(Examples, OfTheGuideToMetersAreGood) {
    const std::string guide = text_of(examples / ".." / ".." / "docs" / "guide" / "meters.md");
    const std::string fence = "```json\n";
    unsigned found = 0;
    for (std::size_t at = 0; (at = guide.find(fence, at)) != std::string::npos; ++found) {
        at += fence.size();
        const std::string text = guide.substr(at, guide.find("```", at) - at);
        EXPECT_THAT(read(Document::iec102_client, text).faults, IsEmpty());
        EXPECT_THAT(read(Document::iec102_client, text).warnings, IsEmpty());
    }
    EXPECT_GE(found, 1u);
}

TEST(Schema, LetsAVariantHaveTheMembersOfItsWordOnly) {
    const json::object described = schema(Document::iec102_client);
    const auto verdict = [&](const std::string& connection) {
        const std::string text = R"({"channels":[{"name":"a","connection":)" + connection + "}]}";
        return violation(described, *parse_json(text, text.size()));
    };
    EXPECT_EQ(verdict(R"({"host":"h"})"), "");
    EXPECT_EQ(verdict(R"({"type":"tcp","host":"h","port":1})"), "");
    EXPECT_EQ(verdict(R"({"type":"serial","port":"/dev/ttyS0"})"), "");
    EXPECT_NE(verdict(R"({"port":"/dev/ttyS0"})"), "");
    EXPECT_NE(verdict(R"({"type":"serial","port":1})"), "");
    EXPECT_NE(verdict(R"({"type":"tcp","host":"h","port":"/dev/ttyS0"})"), "");
    EXPECT_NE(verdict(R"({"type":"radio","host":"h"})"), "");
}

}  // namespace
}  // namespace busbar::config
