#include "store/client/client.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/tls_end.hpp"
#include "store/client_bench.hpp"
#include "support/certificates.hpp"
#include "support/sockets.hpp"

namespace busbar::store {
namespace {

TEST(Client, IsUpWhenTheStoreHasAnsweredAndAnswersCommands) {
    const tests::RedisServer server;
    ClientBench bench(server);
    EXPECT_FALSE(bench.client.is_up());
    ASSERT_TRUE(bench.wait_until_up());
    EXPECT_EQ(bench.news, std::vector<std::string>{"up"});
    EXPECT_EQ(bench.ask({"SET", "a", "1"}), "+OK");
    EXPECT_EQ(bench.ask({"GET", "a"}), "\"1\"");
    EXPECT_EQ(bench.ask({"GET", "b"}), "nil");
    EXPECT_EQ(bench.ask({"INCR", "a"}), "2");
    EXPECT_EQ(bench.ask({"LRANGE", "a", "0", "1"}),
              "-WRONGTYPE Operation against a key holding the wrong kind of value");
    EXPECT_EQ(bench.ask({"MGET", "a", "b"}), "[\"2\", nil]");
}

TEST(Client, ConnectsOverTcpWithUserAndPassword) {
    const auto port = tests::free_port();
    const tests::RedisServer server(tests::RedisServer::on_tcp(port));
    server.ask({"ACL", "SETUSER", "gateway", "on", ">secret", "~*", "+@all"});
    server.ask({"CONFIG", "SET", "requirepass", "other"});
    ClientBench bench({.address = {.host = "127.0.0.1", .port = port}, .user = "gateway", .password = "secret"});
    ASSERT_TRUE(bench.wait_until_up());
    EXPECT_EQ(bench.ask({"ACL", "WHOAMI"}), "\"gateway\"");

    ClientBench only_password({.address = {.host = "127.0.0.1", .port = port}, .password = "other"});
    ASSERT_TRUE(only_password.wait_until_up());
    EXPECT_EQ(only_password.ask({"ACL", "WHOAMI"}), "\"default\"");
}

TEST(Client, SaysThatThePasswordIsWrongOrMissingWithoutRepeatingIt) {
    const tests::RedisServer server({"--requirepass", "secret"});
    ClientBench wrong({.address = {.path = server.socket_path()}, .password = "hunter2"});
    ASSERT_TRUE(wrong.wait_for_news("the store refuses user or password: WRONGPASS"));
    EXPECT_EQ(wrong.news.at(0).find("hunter2"), std::string::npos);
    ClientBench missing(server);
    ASSERT_TRUE(missing.wait_for_news("the store is not ready: NOAUTH"));
    EXPECT_TRUE(missing.news.at(0).starts_with(server.socket_path() + ": ")) << missing.news.at(0);
}

TEST(Client, ConnectsWithTls) {
    const tests::TemporaryFolder folder;
    const auto certificates = tests::make_certificates(folder.path(), "IP:127.0.0.1");
    const auto port = tests::free_port();
    const tests::RedisServer server({"--tls-port", std::to_string(port), "--bind", "127.0.0.1", "--tls-cert-file",
                                     certificates.certificate, "--tls-key-file", certificates.key, "--tls-ca-cert-file",
                                     certificates.authority, "--tls-auth-clients", "no"});
    ClientBench bench(
        {.address = {.host = "127.0.0.1",
                     .port = port,
                     .tls = std::make_shared<net::TlsEnd>(net::TlsSettings{.ca_files = {certificates.authority}})}});
    ASSERT_TRUE(bench.wait_until_up()) << testing::PrintToString(bench.news);
    const std::string large(1 << 20, 'x');
    EXPECT_EQ(bench.ask({"SET", "a", large}), "+OK");
    EXPECT_EQ(bench.ask({"GET", "a"}), "\"" + large + "\"");
}

TEST(Client, TellsEachReasonOnceWhileItTriesAgainAndAgain) {
    const tests::TemporaryFolder folder;
    const std::string path = folder.path() / "store.sock";
    ClientBench bench({.address = {.path = path}, .reconnect_first = 1ms, .reconnect_longest = 1ms});
    ASSERT_TRUE(bench.wait_for_news("No such file"));
    bench.loop.run_until([] { return false; }, 50ms);
    EXPECT_EQ(bench.news, std::vector<std::string>{path + ": No such file or directory"});
    const int listener = tests::listen_on(path);  // accepts, and is closed before it answers
    std::string error = "-LOADING Redis is loading the dataset in memory\r\n";
    bench.loop.run_until([] { return false; }, 10ms);
    const int store = ::accept(listener, nullptr, nullptr);
    ::send(store, error.data(), error.size(), 0);
    EXPECT_TRUE(bench.wait_for_news("the store is not ready: LOADING"));
    ::close(store);
    ::close(listener);
}

TEST(Client, ComesBackWhenTheStoreDoes) {
    tests::RedisServer server;
    ClientBench bench(server);
    ASSERT_TRUE(bench.wait_until_up());
    server.kill();
    ASSERT_TRUE(bench.wait([&] { return !bench.client.is_up(); }));
    EXPECT_EQ(bench.ask({"GET", "a"}), "lost(the store is not connected)");
    server.start();
    ASSERT_TRUE(bench.wait_until_up());
    EXPECT_EQ(bench.news.front(), "up");
    EXPECT_EQ(bench.news.at(1), server.socket_path() + ": closed by the peer");
    EXPECT_EQ(bench.news.back(), "up");
    EXPECT_EQ(bench.ask({"PING"}), "+PONG");
}

TEST(Client, IsDownForHandlersThatHearThatTheirAnswerIsLost) {
    tests::RedisServer server;
    ClientBench bench(server);
    ASSERT_TRUE(bench.wait_until_up());
    server.freeze();
    std::string again;
    bench.client.command({"SET", "a", "1"}, [&](const Reply&) {
        EXPECT_FALSE(bench.client.is_up());
        EXPECT_EQ(bench.news, std::vector<std::string>{"up"});
        bench.client.command({"SET", "a", "1"}, [&](const Reply& reply) { again = to_text(reply); });
    });
    server.kill();
    ASSERT_TRUE(bench.wait([&] { return !again.empty(); }));
    EXPECT_EQ(again, "lost(the store is not connected)");
    EXPECT_EQ(bench.news.size(), 2u);
}

TEST(Client, NoticesAStoreThatIsFrozenAndOneThatGoesOn) {
    tests::RedisServer server;
    ClientBench bench({.address = {.path = server.socket_path()}, .connect_limit = 5s, .answer_limit = 10s});
    ASSERT_TRUE(bench.wait_until_up());
    server.freeze();
    std::string answer;
    bench.client.command({"SET", "a", "1"}, [&](const Reply& reply) { answer = to_text(reply); });
    bench.loop.run_until([] { return false; }, 20ms);
    EXPECT_EQ(answer, "");
    bench.loop.advance_clock(10s);
    ASSERT_TRUE(bench.wait_for_news("the store has not answered for 10000 ms"));
    EXPECT_EQ(answer, "lost(the store has not answered for 10000 ms)");
    bench.loop.advance_clock(1s);  // connects, but PING is not answered
    bench.loop.run_until([] { return false; }, 20ms);
    bench.loop.advance_clock(5s);
    ASSERT_TRUE(bench.wait_for_news("no answer to AUTH and PING in time"));
    server.thaw();
    bench.loop.advance_clock(3s);
    ASSERT_TRUE(bench.wait_until_up());
}

TEST(Client, PipelinesBatchesAndTellsWhichCommandsFailed) {
    const tests::RedisServer server;
    ClientBench bench(server);
    ASSERT_TRUE(bench.wait_until_up());
    server.ask({"LPUSH", "list", "x"});
    const std::string set = to_resp(3, {"SET"});
    const std::string xadd = to_resp(5, {"XADD"});
    std::string result;
    for (int i = 0; i < 1000; ++i) {
        auto& buffer = bench.client.buffer();
        buffer.raw(set);
        buffer.bulk(std::int64_t{i});
        buffer.bulk("value");
    }
    auto& buffer = bench.client.buffer();
    buffer.raw(xadd);
    for (const auto* word : {"list", "*", "data", "x"}) buffer.bulk(word);
    bench.client.submit(1001, [&](const Batch& batch) {
        result = std::to_string(batch.good) + " good, " + std::to_string(batch.failed) + " failed, the " +
                 std::to_string(batch.failures[0].index) + ". " + batch.failures[0].text.substr(0, 9);
    });
    EXPECT_EQ(bench.client.pending_replies(), 1001u);
    EXPECT_GT(bench.client.pending_octets(), 30000u);
    ASSERT_TRUE(bench.wait([&] { return !result.empty(); }));
    EXPECT_EQ(result, "1000 good, 1 failed, the 1000. WRONGTYPE");
    EXPECT_EQ(bench.client.pending_replies(), 0u);
    EXPECT_EQ(bench.client.pending_octets(), 0u);
    EXPECT_EQ(server.ask({"DBSIZE"}), "1001");
}

TEST(Client, LosesABatchAtOnceWhileItIsDown) {
    net::EventLoop loop;
    Client client(loop, {.address = {.path = "/nowhere.sock"}});
    std::size_t lost = 0;
    client.buffer().command(std::vector<std::string_view>{"SET", "a", "b"});
    client.submit(1, [&](const Batch& batch) { lost += batch.lost; });
    client.submit([&](const Reply& reply) { lost += reply.is_lost(); });
    EXPECT_EQ(lost, 0u);  // never before submit has returned
    EXPECT_TRUE(loop.run_until([&] { return lost == 2; }, patience));
    EXPECT_EQ(client.buffer().size(), 0u);
}

TEST(Client, ReadsLargeRepliesAndRefusesTooLargeOnes) {
    const tests::RedisServer server;
    ClientBench bench({.address = {.path = server.socket_path()}, .max_reply_octets = 4 << 20});
    ASSERT_TRUE(bench.wait_until_up());
    const std::string large(3 << 20, 'x');
    ASSERT_EQ(bench.ask({"SET", "a", large}), "+OK");
    EXPECT_EQ(bench.ask({"GET", "a"}).size(), large.size() + 2);
    EXPECT_EQ(bench.ask({"MGET", "a", "a"}), "lost(the store sends a reply that is too large)");
    ASSERT_TRUE(bench.wait_until_up());
}

TEST(Client, HearsMessagesAsASubscriber) {
    const tests::RedisServer server;
    ClientBench bench(server);
    ASSERT_TRUE(bench.wait_until_up());
    std::vector<std::string> heard;
    const auto hear = [&](const Push& push) {
        heard.push_back(std::string(push.channel) + "|" + std::string(push.payload) + "|" + std::string(push.pattern));
    };
    const std::vector<std::string> channels{"connectors:srv1"}, patterns{"__keyspace@0__:connectors:*"};
    bench.client.subscribe(channels, patterns, hear);
    ASSERT_TRUE(bench.wait([&] { return heard.size() == 2; }));
    server.ask({"PUBLISH", "connectors:srv1", "configuration changed"});
    server.ask({"PUBLISH", "__keyspace@0__:connectors:srv1:config", "set"});
    server.ask({"PUBLISH", "other", "x"});
    ASSERT_TRUE(bench.wait([&] { return heard.size() == 4; }));
    EXPECT_EQ(heard.at(2), "connectors:srv1|configuration changed|");
    EXPECT_EQ(heard.at(3), "__keyspace@0__:connectors:srv1:config|set|__keyspace@0__:connectors:*");
}

TEST(Client, TellsThoseWhoWaitWhenItIsStopped) {
    const tests::RedisServer server;
    ClientBench bench(server);
    ASSERT_TRUE(bench.wait_until_up());
    std::string answer;
    bench.client.command({"XREAD", "BLOCK", "0", "STREAMS", "s", "$"},
                         [&](const Reply& reply) { answer = to_text(reply); });
    bench.client.stop();
    EXPECT_EQ(answer, "");
    ASSERT_TRUE(bench.wait([&] { return !answer.empty(); }));
    EXPECT_EQ(answer, "lost(the connection to the store was ended)");
    EXPECT_EQ(bench.news, std::vector<std::string>{"up"});
    bench.loop.advance_clock(1h);
    bench.loop.run_until([] { return false; }, 20ms);
    EXPECT_FALSE(bench.client.is_up());
}

TEST(Client, WritesNothingWhileItIsBarredAndConnectsAnew) {
    const tests::RedisServer server;
    bool overdue = false;
    ClientOptions options{.address = {.path = server.socket_path()}};
    options.barred = [&] { return overdue ? std::optional<std::string>("held up for too long") : std::nullopt; };
    ClientBench bench(std::move(options));
    ASSERT_TRUE(bench.wait_until_up());
    overdue = true;
    EXPECT_EQ(bench.ask({"SET", "a", "1"}), "lost(held up for too long)");
    overdue = false;
    bench.loop.advance_clock(1s);
    ASSERT_TRUE(bench.wait_until_up());
    EXPECT_EQ(bench.ask({"GET", "a"}), "nil");
}

TEST(Client, DropsWhatWasNotWrittenOrAnsweredAndConnectsAnew) {
    const tests::RedisServer server;
    ClientBench bench(server);
    ASSERT_TRUE(bench.wait_until_up());
    std::string answer;
    bench.client.command({"SET", "a", "1"}, [&](const Reply& reply) { answer = to_text(reply); });
    bench.client.drop("the lease is lost");
    EXPECT_FALSE(bench.client.is_up());
    EXPECT_EQ(answer, "");  // never before the call has returned
    ASSERT_TRUE(bench.wait([&] { return !answer.empty(); }));
    EXPECT_EQ(answer, "lost(the lease is lost)");
    EXPECT_TRUE(bench.news.back().ends_with("the lease is lost"));
    bench.loop.advance_clock(1s);
    ASSERT_TRUE(bench.wait_until_up());
    EXPECT_EQ(bench.ask({"GET", "a"}), "nil");
}

TEST(Client, MayBeDestroyedByItsHandlers) {
    const tests::RedisServer server;
    net::EventLoop loop;
    const ClientOptions options{.address = {.path = server.socket_path()}};
    auto in_up = std::make_unique<Client>(loop, options);
    in_up->start([&] { in_up.reset(); }, [](const std::string&) {});
    auto in_down = std::make_unique<Client>(loop, ClientOptions{.address = {.path = "/nowhere.sock"}});
    in_down->start([] {}, [&](const std::string&) { in_down.reset(); });
    auto in_answer = std::make_unique<Client>(loop, options);
    int answers = 0;
    const auto ask = [&] {
        for (int i = 0; i < 3; ++i) {
            in_answer->command({"PING"}, [&](const Reply&) {
                ++answers;
                in_answer.reset();
            });
        }
    };
    in_answer->start(ask, [](const std::string&) {});
    auto in_loss = std::make_unique<Client>(loop, options);
    in_loss->start(
        [&] {
            in_loss->command({"QUIT"},
                             [&](const Reply&) { in_loss->command({"PING"}, [&](const Reply&) { in_loss.reset(); }); });
        },
        [](const std::string&) { ADD_FAILURE() << "the client is no more"; });
    EXPECT_TRUE(loop.run_until([&] { return !in_up && !in_down && !in_answer && !in_loss; }, patience));
    loop.run_until([] { return false; }, 20ms);
    EXPECT_EQ(answers, 1);
}

}  // namespace
}  // namespace busbar::store
