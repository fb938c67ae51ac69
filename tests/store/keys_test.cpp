#include "store/keys.hpp"

#include <gtest/gtest.h>

namespace busbar::store {
namespace {

TEST(Keys, AreTheContracts) {
    EXPECT_EQ(keys::retention(), "process:updates:retention");
    EXPECT_EQ(keys::owner(150), "process:owner:150");
    EXPECT_EQ(keys::command_claim("srv1-7"), "process:commands:claim:srv1-7");
    EXPECT_EQ(keys::config("c1"), "connectors:c1:config");
    EXPECT_EQ(keys::mapping("c1"), "connectors:c1:mapping");
    EXPECT_EQ(keys::status("c1"), "connectors:c1:status");
    EXPECT_EQ(keys::lease("c1"), "connectors:c1:lease");
    EXPECT_EQ(keys::cursor("c1", "scada"), "connectors:c1:cursor:scada");
    EXPECT_EQ(keys::requests("c1"), "connectors:c1:requests");
    EXPECT_EQ(keys::replies("c1"), "connectors:c1:replies");
    EXPECT_EQ(keys::trace("c1"), "connectors:c1:trace");
    EXPECT_EQ(keys::log("c1"), "connectors:c1:log");
    EXPECT_EQ(keys::changed("c1"), "connectors:c1");
}

TEST(Keys, ImageKeyIsWrittenAndReadBack) {
    EXPECT_EQ(image_key({150, 100}), "process:image:casdu:150:ioa:100");
    EXPECT_EQ(image_key({65535, 4294967295}).size(), max_image_key_size);
    EXPECT_EQ(parse_image_key("process:image:casdu:65535:ioa:16777215"), (ImageAddress{65535, 16777215}));
    EXPECT_EQ(parse_image_key("process:image:casdu:0:ioa:0"), (ImageAddress{0, 0}));
}

TEST(Keys, OnlyTheCanonicalTextIsAnImageKey) {
    for (const auto* text :
         {"", "process:image:casdu:", "process:image:casdu:1",
          "process:image:casdu:1:ioa:", "process:image:casdu::ioa:1", "process:image:casdu:65536:ioa:1",
          "process:image:casdu:1:ioa:4294967296", "process:image:casdu:01:ioa:1", "process:image:casdu:1:ioa:007",
          "process:image:casdu:+1:ioa:1", "process:image:casdu:-1:ioa:1", "process:image:casdu:1:ioa:1x",
          "process:image:casdu:1:ioa:1 ", "Process:image:casdu:1:ioa:1"})
        EXPECT_EQ(parse_image_key(text), std::nullopt) << text;
}

TEST(Keys, CursorsOfOneConnectorAreToldFromThoseOfAnother) {
    EXPECT_EQ(keys::cursor_group("c1", "connectors:c1:cursor:scada"), "scada");
    EXPECT_EQ(keys::cursor_group("c1", "connectors:c1:cursor:10.1.0.7:x"), "10.1.0.7:x");
    EXPECT_EQ(keys::cursor_group("c1", "connectors:c1:cursor:"), std::nullopt);
    EXPECT_EQ(keys::cursor_group("c1", "connectors:c12:cursor:scada"), std::nullopt);
    EXPECT_EQ(keys::cursor_pattern("a*b"), "connectors:a\\*b:cursor:*");
}

TEST(Keys, WhateverBusbarWritesIsInTheTable) {
    for (const auto& key :
         {image_key({1, 2}), std::string{keys::updates}, keys::retention(), std::string{keys::commands},
          keys::command_claim("a:b"), std::string{keys::command_results}, keys::owner(7), std::string{keys::errors},
          std::string{keys::image_watch}, std::string{"process:updates:trimmer"}, keys::config("a"),
          keys::mapping("a:b"), keys::status("a"), keys::lease("a"), keys::cursor("a", "b"), keys::requests("a"),
          keys::replies("a")})
        EXPECT_NE(find_key_pattern(key), nullptr) << key;
}

TEST(Keys, AnyOtherKeyIsAStranger) {
    for (const auto* key :
         {"", "process:image:casdu:1", "process:image:casdu:x:ioa:1", "process:owner:", "process:owner:a",
          "process:updates2", "connectors:a", "connectors::config", "connectors:a:trace", "connectors:a:log",
          "connectors:a:configs", "process:commands:claim:", "busbar"})
        EXPECT_EQ(find_key_pattern(key), nullptr) << key;
    EXPECT_EQ(find_key_pattern("connectors:a:status")->kind, KeyKind::hash);
    EXPECT_EQ(find_key_pattern("process:updates")->kind, KeyKind::stream);
}

}  // namespace
}  // namespace busbar::store
