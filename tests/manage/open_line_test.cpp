#include "manage/rest/open_line.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "manage/rest/http_server.hpp"

namespace busbar::manage {
namespace {

/// What a topic's session is to a line, told what happens.
struct HearingClient : LiveClient {
    void opened(LiveLine& given) override { line = &given; }
    void received(std::string_view text) override {
        heard.emplace_back(text);
        if (answers && line != nullptr) line->send(answer);
    }
    void drained() override { ++times_drained; }
    void closed() override {
        ++times_closed;
        line = nullptr;
    }

    LiveLine* line = nullptr;
    std::vector<std::string> heard;
    int times_drained = 0, times_closed = 0;
    bool answers = false;
    std::string answer = std::string(1000, 'a');
};

/// A server whose every answer is a line, and a socket that asks it.
class OpenLineTest : public testing::Test {
protected:
    ~OpenLineTest() override { hang_up(); }
    void hang_up() { ::close(std::exchange(socket, -1)); }
    bool until(const std::function<bool()>& done) { return loop.run_until(done, std::chrono::seconds{20}); }

    void ask(const std::string& more = "") {
        server.emplace(
            loop,
            [this](const HttpRequest& request, const auto& respond) {
                const bool is_web_socket = !request.header("upgrade").empty();
                respond({is_web_socket ? 101u : 200u, {{"content-type", "text/event-stream"}}, {}, client});
            },
            HttpServer::Limits{});
        ASSERT_TRUE(server->open("127.0.0.1", 0));
        socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const int small = 65536;
        ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(server->port());
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ASSERT_EQ(::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
        give("GET /live HTTP/1.1\r\nhost: here\r\n" + more + "\r\n");
        ASSERT_TRUE(until([this] { return client->line != nullptr && read().find("\r\n\r\n") != std::string::npos; }));
        text.erase(0, text.find("\r\n\r\n") + 4);
    }
    void ask_web_socket() {
        ask("connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
            "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n");
    }
    void give(std::string_view octets) {
        ASSERT_EQ(::send(socket, octets.data(), octets.size(), MSG_NOSIGNAL), static_cast<ssize_t>(octets.size()));
    }
    /// As much as there is room for.
    std::size_t give_some(std::string_view octets) {
        const auto given = ::send(socket, octets.data(), octets.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        return given < 0 ? 0 : static_cast<std::size_t>(given);
    }
    /// Everything that has come so far.
    const std::string& read() {
        char octets[65536];
        for (;;) {
            const auto size = ::recv(socket, octets, sizeof octets, MSG_DONTWAIT);
            if (size == 0 || (size < 0 && errno != EAGAIN)) at_end = true;
            if (size <= 0) return text;
            text.append(octets, static_cast<std::size_t>(size));
        }
    }
    bool comes(std::string_view wanted) {
        return until([&] { return read().find(wanted) != std::string::npos; });
    }
    bool ends() {
        return until([this] {
            read();
            return at_end;
        });
    }
    /// A message of a client, with a mask of zeros.
    static std::string frame(const std::string& message) {
        std::string head = "\x81";
        if (message.size() < 126) {
            head += static_cast<char>(0x80 | message.size());
        } else {
            head += static_cast<char>(0xff);
            for (int shift = 56; shift >= 0; shift -= 8) head += static_cast<char>(message.size() >> shift & 0xff);
        }
        return head + std::string(4, '\0') + message;
    }
    /// More than the sockets' buffers take.
    std::size_t fill() {
        std::size_t sent = 0;
        const std::string message(100'000, 'x');
        for (; sent < 8'000'000; sent += message.size()) client->line->send(message);
        return sent;
    }

    net::EventLoop loop;
    std::shared_ptr<HearingClient> client = std::make_shared<HearingClient>();
    std::optional<HttpServer> server;
    int socket = -1;
    std::string text;
    bool at_end = false;
};

TEST_F(OpenLineTest, EventsGoOutInOrderAndTheLineEndsAfterThem) {
    ask();
    for (const char* message : {"one", "two", "three"}) client->line->send(message);
    client->line->close("enough");
    client->line->send("after the end");
    ASSERT_TRUE(ends());
    EXPECT_EQ(text, "data: one\n\ndata: two\n\ndata: three\n\n");
    EXPECT_TRUE(until([this] { return client->times_closed == 1; }));
}

TEST_F(OpenLineTest, AnIdleEventSourceEndsAtOnce) {
    ask();
    client->line->send("one");
    ASSERT_TRUE(comes("one"));
    ASSERT_TRUE(until([this] { return client->line->waiting() == 0; }));
    client->line->close("enough");
    EXPECT_TRUE(ends());
    EXPECT_TRUE(until([this] { return client->times_closed == 1; }));
}

TEST_F(OpenLineTest, CountsWhatAnEventSourceHasNotTaken) {
    ask();
    ASSERT_TRUE(until([this] { return client->line->waiting() == 0; }));
    client->times_drained = 0;
    const auto taken = client->line->taken();
    const auto sent = fill();
    EXPECT_GE(client->line->waiting(), sent);
    EXPECT_FALSE(loop.run_until([this] { return client->times_drained != 0; }, std::chrono::milliseconds{100}))
        << "nobody reads";
    EXPECT_TRUE(until([this] {
        read();
        return client->times_drained != 0;
    }));
    EXPECT_EQ(client->line->waiting(), 0u);
    EXPECT_GE(client->line->taken() - taken, sent);
}

TEST_F(OpenLineTest, HearsThatWhoWatchesEventsHasGone) {
    ask();
    ::shutdown(socket, SHUT_RDWR);
    EXPECT_TRUE(until([this] { return client->times_closed == 1; }));
}

TEST_F(OpenLineTest, ALineIsCutThoughMuchWaits) {
    for (const bool is_web_socket : {false, true}) {
        client = std::make_shared<HearingClient>();
        text.clear();
        is_web_socket ? ask_web_socket() : ask();
        fill();
        client->line->cut();
        EXPECT_TRUE(until([this] { return client->times_closed == 1; }));
        EXPECT_TRUE(ends());
        at_end = false;
        hang_up();
    }
}

TEST_F(OpenLineTest, AServerThatGoesForgetsItsClients) {
    for (const bool is_web_socket : {false, true}) {
        client = std::make_shared<HearingClient>();
        text.clear();
        is_web_socket ? ask_web_socket() : ask();
        server.reset();
        EXPECT_EQ(client->times_closed, 1);
        EXPECT_EQ(client.use_count(), 1) << "and holds them no longer";
        hang_up();
    }
}

TEST_F(OpenLineTest, MessagesOfAWebSocketGoBothWaysInOrder) {
    ask_web_socket();
    give(frame("hello") + frame("again"));
    ASSERT_TRUE(until([this] { return client->heard.size() == 2; }));
    EXPECT_EQ(client->heard[1], "again");
    client->line->send("one");
    client->line->send("two");
    EXPECT_EQ(client->line->waiting(), 6u);
    ASSERT_TRUE(until([this] { return client->times_drained == 1; }));
    ASSERT_TRUE(comes("two"));
    EXPECT_EQ(text, "\x81\x03one\x81\x03two");
    EXPECT_EQ(client->line->taken(), 6u);
    EXPECT_EQ(client->line->waiting(), 0u);
}

TEST_F(OpenLineTest, AWebSocketIsClosedAfterWhatWaits) {
    ask_web_socket();
    client->line->send("one");
    client->line->close(std::string(200, 'r'));
    client->line->send("after the end");
    ASSERT_TRUE(comes("rrr"));
    EXPECT_EQ(text, "\x81\x03one\x88\x66\x03\xe8" + std::string(100, 'r')) << "normal; a reason has its limit";
    give("\x88\x82" + std::string(4, '\0') + "\x03\xe8");
    EXPECT_TRUE(until([this] { return client->times_closed == 1; }));
    EXPECT_TRUE(ends());
}

TEST_F(OpenLineTest, AMessageThatIsTooLargeEndsTheLineAndSaysWhy) {
    ask_web_socket();
    give(frame(std::string(64 << 10, ' ')));
    ASSERT_TRUE(until([this] { return client->heard.size() == 1; }));
    give_some(frame(std::string((64 << 10) + 1, ' ')));
    EXPECT_TRUE(comes("\x03\xf1")) << "too big";
    EXPECT_TRUE(until([this] { return client->times_closed == 1; }));
    EXPECT_EQ(client->heard.size(), 1u);
}

TEST_F(OpenLineTest, WhoTakesNoAnswersIsAskedForNoMoreWishes) {
    ask_web_socket();
    client->answers = true;
    std::string wishes;
    for (int i = 0; i < 10'000; ++i) wishes += frame("wish");
    std::size_t given = 0, most = 0;
    loop.run_until(
        [&] {
            given += give_some(std::string_view(wishes).substr(given % wishes.size()));
            most = std::max(most, client->line->waiting());
            return false;
        },
        std::chrono::seconds{1});
    EXPECT_LE(most, LiveLine::full + client->answer.size());
    const auto heard = client->heard.size();
    EXPECT_GT(heard, 0u);
    EXPECT_TRUE(until([&] {
        read();
        text.clear();
        return client->heard.size() > 2 * heard;
    })) << "once he takes them, he is heard again";
}

}  // namespace
}  // namespace busbar::manage
