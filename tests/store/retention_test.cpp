#include "store/retention.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace busbar::store {
namespace {

using namespace std::chrono_literals;

TEST(Retention, IsReadAsTheContractHasIt) {
    const auto read =
        read_retention(R"({"entries":1000000,"bytes":null,"age":3600,"required":["srv1/scada"],"more":1})");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->entries, 1'000'000u);
    EXPECT_FALSE(read->bytes);
    EXPECT_EQ(read->age, 3600s);
    EXPECT_THAT(read->required, testing::ElementsAre(Retention::Consumer{"srv1", "scada"}));
    EXPECT_EQ(read_retention("{}"), Retention{});
}

TEST(Retention, NamesTheMemberThatIsWrong) {
    const auto fault = [](std::string_view json) { return read_retention(json).error().what; };
    EXPECT_THAT(fault("{"), testing::HasSubstr("no JSON"));
    EXPECT_EQ(fault("[]"), "must be an object");
    for (const char* json : {R"({"entries":0})", R"({"entries":-1})", R"({"entries":1.5})", R"({"entries":"many"})"})
        EXPECT_EQ(fault(json), "entries: must be a whole number above 0, or null") << json;
    EXPECT_THAT(fault(R"({"bytes":true})"), testing::StartsWith("bytes: "));
    EXPECT_THAT(fault(R"({"age":[]})"), testing::StartsWith("age: "));
    EXPECT_THAT(fault(R"({"required":"srv1/scada"})"), testing::StartsWith("required: "));
    for (const char* json : {R"({"required":["srv1"]})", R"({"required":["/a"]})", R"({"required":["a/"]})",
                             R"({"required":[1]})", R"({"required":[""]})"})
        EXPECT_EQ(fault(json), "required: each must be \"connector/group\"") << json;
}

TEST(Retention, IsFullAtEitherLimit) {
    Retention retention;
    EXPECT_FALSE(retention.is_full(1'000'000'000, 1'000'000'000));
    retention.entries = 10;
    EXPECT_FALSE(retention.is_full(9, 1'000'000));
    EXPECT_TRUE(retention.is_full(10, 0));
    retention.bytes = 100;
    EXPECT_TRUE(retention.is_full(1, 100));
}

}  // namespace
}  // namespace busbar::store
