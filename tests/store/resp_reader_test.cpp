#include <gtest/gtest.h>

#include "store/client/reply_reader.hpp"
#include "store/resp_text.hpp"

namespace busbar::store {
namespace {

constexpr std::size_t plenty = 1 << 20;

/// Reads the pieces one after the other; all replies as text, or "error: …".
std::string read(std::initializer_list<std::string_view> pieces, std::size_t most = plenty) {
    ReplyReader reader(most);
    std::string replies;
    for (const auto piece : pieces) {
        const auto result = reader.read(octets(piece), [&](const Reply& reply) {
            replies += (replies.empty() ? "" : " ") + to_text(reply);
            return true;
        });
        if (!result) return replies + (replies.empty() ? "" : " ") + "error: " + result.error().what;
    }
    return replies;
}

TEST(ReplyReader, ReadsEveryKind) {
    struct Row {
        std::string_view resp;
        const char* reply;
    };
    for (const Row& row :
         std::initializer_list<Row>{{"+OK\r\n", "+OK"},
                                    {"-OOM command not allowed\r\n", "-OOM command not allowed"},
                                    {":0\r\n", "0"},
                                    {":-9223372036854775808\r\n", "-9223372036854775808"},
                                    {"$-1\r\n", "nil"},
                                    {"*-1\r\n", "nil"},
                                    {"$0\r\n\r\n", "\"\""},
                                    {"$5\r\na\r\nbc\r\n", "\"a\r\nbc\""},
                                    {"*0\r\n", "[]"},
                                    {"*3\r\n:1\r\n$1\r\nx\r\n*2\r\n$-1\r\n-no\r\n", "[1, \"x\", [nil, -no]]"},
                                    {"+\r\n", "+"}}) {
        EXPECT_EQ(read({row.resp}), row.reply);
    }
}

TEST(ReplyReader, ReadsRepliesCutAtEveryOctet) {
    constexpr std::string_view resp =
        "+OK\r\n*2\r\n$1\r\na\r\n*2\r\n*2\r\n$15\r\n1668000000000-0\r\n*4\r\n$5\r\ncasdu\r\n$3\r\n150\r\n$"
        "4\r\ndata\r\n$2\r\n{}\r\n"
        "*0\r\n-ERR no\r\n:7\r\n$-1\r\n$3\r\na\0b\r\n";
    const std::string whole = read({resp});
    for (std::size_t cut = 0; cut <= resp.size(); ++cut) {
        EXPECT_EQ(read({resp.substr(0, cut), resp.substr(cut)}), whole) << cut;
    }
    ReplyReader reader(plenty);
    std::string replies;
    for (const char octet : resp) {
        ASSERT_TRUE(reader.read(octets({&octet, 1}), [&](const Reply& reply) {
            replies += (replies.empty() ? "" : " ") + to_text(reply);
            return true;
        }));
    }
    EXPECT_EQ(replies, whole);
}

TEST(ReplyReader, ReadsAReplyOfManyPieces) {
    const std::string entry = "*2\r\n$3\r\n1-0\r\n*2\r\n$4\r\ndata\r\n$300\r\n" + std::string(300, 'd') + "\r\n";
    std::string resp = "*1\r\n*2\r\n$1\r\ns\r\n*1000\r\n";
    for (int i = 0; i < 1000; ++i) resp += entry;
    ReplyReader reader(std::size_t{8} << 20);
    std::size_t entries = 0;
    for (int round = 0; round < 3; ++round) {
        for (std::size_t at = 0; at < resp.size(); at += 777) {
            ASSERT_TRUE(reader.read(octets(std::string_view(resp).substr(at, 777)), [&](const Reply& reply) {
                for (const Reply& each : reply.children()[0].children()[1].children()) {
                    entries += each.children()[1].children()[1].text() == std::string(300, 'd');
                }
                return true;
            }));
        }
    }
    EXPECT_EQ(entries, 3000u);
}

TEST(ReplyReader, SaysWhatMakesNoSense) {
    EXPECT_EQ(read({"+OK\r\nHTTP/1.1 400\r\n"}),
              "+OK error: the store's answer makes no sense: Protocol error, got \"H\" as reply type byte");
    for (const auto* resp :
         {":x\r\n", ":\r\n", "$x\r\n", "$-2\r\n", "*-2\r\n", "*9999999999\r\n", "\r\n", "$99999999999999999999\r\n"}) {
        EXPECT_TRUE(read({resp}).starts_with("error: the store's answer makes no sense: ")) << resp;
    }
}

TEST(ReplyReader, BoundsTheDepth) {
    std::string resp;
    for (int i = 0; i < 7; ++i) resp += "*1\r\n";
    EXPECT_EQ(read({resp, ":1\r\n"}), "[[[[[[[1]]]]]]]");
    EXPECT_TRUE(read({resp, "*1\r\n", "*1\r\n:1\r\n"}).starts_with("error: the store's answer makes no sense"));
}

TEST(ReplyReader, BoundsTheMemoryOfAReply) {
    const char* too_large = "error: the store sends a reply that is too large";
    EXPECT_EQ(read({"*100000000\r\n"}, 1000), too_large);
    EXPECT_EQ(read({"$1000000\r\n", std::string(2000, 'x')}, 1000), too_large);
    EXPECT_EQ(read({"*3\r\n$600\r\n" + std::string(600, 'x') + "\r\n$600\r\n" + std::string(600, 'x')}, 1000),
              too_large);
    std::string many;
    for (int i = 0; i < 100; ++i) many += "$600\r\n" + std::string(600, 'x') + "\r\n";
    EXPECT_FALSE(read({many}, 1000).ends_with(too_large));  // each by itself is small enough
}

TEST(ReplyReader, DoesNotWaitForTheEndOfALineWithoutEnd) {
    EXPECT_EQ(read({"+" + std::string(100000, 'x')}), "error: the store's answer makes no sense: a line without end");
    EXPECT_EQ(read({"$" + std::string(100000, '1')}), "error: the store's answer makes no sense: a line without end");
    EXPECT_EQ(read({"$100000\r\n" + std::string(99999, 'x')}), "");
}

TEST(ReplyReader, StopsWhenItIsTold) {
    ReplyReader reader(plenty);
    int replies = 0;
    EXPECT_TRUE(reader.read(octets("+a\r\n+b\r\n+c\r\n"), [&](const Reply&) { return ++replies < 2; }));
    EXPECT_EQ(replies, 2);
}

}  // namespace
}  // namespace busbar::store
