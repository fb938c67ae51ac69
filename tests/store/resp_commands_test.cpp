#include <gtest/gtest.h>
#include <hiredis/hiredis.h>

#include <limits>
#include <vector>

#include "store/client/command_buffer.hpp"
#include "store/resp_text.hpp"

namespace busbar::store {
namespace {

std::string taken(CommandBuffer& buffer) {
    OctetBuffer octets;
    buffer.take(octets);
    return text(octets);
}

std::string formatted_by_hiredis(const std::vector<std::string_view>& words) {
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const auto word : words) {
        texts.push_back(word.data());
        sizes.push_back(word.size());
    }
    char* command = nullptr;
    const int size = redisFormatCommandArgv(&command, static_cast<int>(words.size()), texts.data(), sizes.data());
    std::string result(command, static_cast<std::size_t>(size));
    redisFreeCommand(command);
    return result;
}

TEST(CommandBuffer, WritesWhatHiredisWrites) {
    const std::string long_word(100000, 'x');
    for (const std::vector<std::string_view>& words :
         std::vector<std::vector<std::string_view>>{{"PING"},
                                                    {"SET", "a", ""},
                                                    {"SET", std::string_view("a\0\r\n", 4), long_word},
                                                    std::vector<std::string_view>(1000, "x")}) {
        CommandBuffer buffer;
        buffer.command(words);
        EXPECT_EQ(taken(buffer), formatted_by_hiredis(words));
    }
}

TEST(CommandBuffer, WritesNumbersAsText) {
    for (const std::int64_t number : {std::int64_t{0}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::min(),
                                      std::numeric_limits<std::int64_t>::max()}) {
        CommandBuffer buffer;
        buffer.array(2);
        buffer.bulk("SET");
        buffer.bulk(number);
        EXPECT_EQ(taken(buffer), formatted_by_hiredis({"SET", std::to_string(number)}));
    }
}

TEST(CommandBuffer, TakesPartsThatWereMadeBefore) {
    const std::string head = to_resp(3, {"SET"});
    CommandBuffer buffer;
    buffer.raw(head);
    buffer.bulk("key");
    buffer.bulk("value");
    EXPECT_EQ(taken(buffer), formatted_by_hiredis({"SET", "key", "value"}));
    EXPECT_EQ(buffer.size(), 0u);
}

TEST(CommandBuffer, CanTakeBackWhatWasAppended) {
    CommandBuffer buffer;
    buffer.raw("first");
    const auto size = buffer.size();
    buffer.bulk("second");
    buffer.truncate(size);
    EXPECT_EQ(taken(buffer), "first");
}

}  // namespace
}  // namespace busbar::store
