#include "store/stream_id.hpp"

#include <gtest/gtest.h>

namespace busbar::store {
namespace {

TEST(StreamId, IsWrittenAndReadBack) {
    for (const auto* text : {"0-0", "1763719200000-3", "18446744073709551615-18446744073709551615"})
        EXPECT_EQ(to_string(parse_stream_id(text).value()), text);
    EXPECT_EQ(parse_stream_id("17"), (StreamId{17, 0}));
}

TEST(StreamId, AnythingElseIsNone) {
    for (const auto* text :
         {"", "-", "1-", "-1", "$", "+", "1-2-3", "1-2 ", " 1-2", "1--2", "18446744073709551616-0", "0x1-0"})
        EXPECT_EQ(parse_stream_id(text), std::nullopt) << text;
}

TEST(StreamId, IsOrderedAsTheStoreOrders) {
    EXPECT_LT((StreamId{1, 9}), (StreamId{2, 0}));
    EXPECT_LT((StreamId{2, 0}), (StreamId{2, 1}));
    EXPECT_LT(StreamId{}, (StreamId{0, 1}));
}

}  // namespace
}  // namespace busbar::store
