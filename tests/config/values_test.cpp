#include "config/values.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "config/store.hpp"
#include "config/table/syntax.hpp"

namespace busbar::config {
namespace {

TEST(Endpoint, IsAHostWithOrWithoutPort) {
    EXPECT_EQ(parse_endpoint("rtu-1", 2404), (Endpoint{"rtu-1", 2404}));
    EXPECT_EQ(parse_endpoint("rtu-1:99", 2404), (Endpoint{"rtu-1", 99}));
    EXPECT_EQ(parse_endpoint("::1", 2404), (Endpoint{"::1", 2404}));
    EXPECT_EQ(parse_endpoint("[::1]", 2404), (Endpoint{"::1", 2404}));
    EXPECT_EQ(parse_endpoint("[::1]:65535", 2404), (Endpoint{"::1", 65535}));
    for (const char* bad : {"", ":1", "a:", "a:0", "a:65536", "a:1x", "[::1", "[::1]1", "[]:1", "a/b", "a b:1"})
        EXPECT_FALSE(parse_endpoint(bad, 2404)) << bad;
}

TEST(Endpoint, IsWrittenSoThatItCanBeReadAgain) {
    EXPECT_EQ(to_string(Endpoint{"a", 1}), "a:1");
    EXPECT_EQ(to_string(Endpoint{"::1", 1}), "[::1]:1");
}

TEST(Syntax, OfAnAddressOrNetwork) {
    for (const char* good : {"10.1.0.7", "10.1.0.0/16", "0.0.0.0/0", "10.0.0.1/32", "::1", "2001:db8::/32", "::/128"})
        EXPECT_TRUE(is_address_or_network(good)) << good;
    for (const char* bad :
         {"", "rtu", "10.1.0", "10.1.0.256", "10.1.0.0/33", "10.1.0.0/", "10.1.0.0/x", "::/129", "/8"})
        EXPECT_FALSE(is_address_or_network(bad)) << bad;
}

TEST(Syntax, OfAFingerprint) {
    const std::string digits(64, 'a');
    std::string with_colons;
    for (int octet = 0; octet < 32; ++octet) with_colons += octet == 0 ? "AB" : ":AB";
    EXPECT_TRUE(is_fingerprint("sha256:" + digits));
    EXPECT_TRUE(is_fingerprint("sha256:" + with_colons));
    EXPECT_FALSE(is_fingerprint(digits));
    EXPECT_FALSE(is_fingerprint("sha256:" + digits + "a"));
    EXPECT_FALSE(is_fingerprint("sha256:a:" + digits.substr(1)));
    EXPECT_FALSE(is_fingerprint("sha256:" + digits.substr(1) + "g"));
}

TEST(Syntax, OfAConnectorIdKeepsKeysAndPatternsSafe) {
    EXPECT_TRUE(is_connector_id("rtu-1"));
    EXPECT_TRUE(is_connector_id("550e8400-e29b-41d4-a716-446655440000"));
    for (const char* bad : {"", "a b", "a:b", "a*", "a?", "a[b]", "{a}", "a/b", "a\n"})
        EXPECT_FALSE(is_connector_id(bad)) << bad;
}

TEST(StoreUrl, NamesHostPortUserAndTransport) {
    const auto plain = parse_store_url("redis://store:7000");
    ASSERT_TRUE(plain);
    EXPECT_EQ(to_string(*plain), "store:7000");
    EXPECT_FALSE(plain->tls);
    EXPECT_EQ(parse_store_url("redis://store/")->port, 6379);
    const auto secure = parse_store_url("rediss://gateway:p%40ss%3A@[::1]:7001");
    ASSERT_TRUE(secure);
    EXPECT_TRUE(secure->tls);
    EXPECT_EQ(secure->host, "::1");
    EXPECT_EQ(secure->port, 7001);
    EXPECT_EQ(secure->user, "gateway");
    EXPECT_EQ(secure->password, "p@ss:");
    EXPECT_EQ(parse_store_url("redis://:secret@store")->password, "secret");
    const auto socket = parse_store_url("unix:///run/store.sock");
    ASSERT_TRUE(socket);
    EXPECT_TRUE(socket->is_unix_socket());
    EXPECT_EQ(to_string(*socket), "/run/store.sock");
}

TEST(StoreOptions, AreTheEnvironmentOfAConnectorWithEverythingThatIsEmpty) {
    auto store = parse_store_url("rediss://gateway:p%22w@store:7001").value();
    store.tls->ca = {"/a.pem", "/b.pem"};
    const auto environment = environment_of(store);
    for (const char* each : {"BUSBAR_REDIS_HOST=store", "BUSBAR_REDIS_PORT=7001", "BUSBAR_REDIS_USER=gateway",
                             "BUSBAR_REDIS_PWD=p\"w", "BUSBAR_REDIS_PWD_FILE=", "BUSBAR_REDIS_TLS=true",
                             "BUSBAR_REDIS_TLS_CA=/a.pem,/b.pem", "BUSBAR_REDIS_TLS_KEY="})
        EXPECT_EQ(std::count(environment.begin(), environment.end(), each), 1) << each;
    store.password_file = "/secret";
    const auto with_file = environment_of(store);
    EXPECT_EQ(std::count(with_file.begin(), with_file.end(), "BUSBAR_REDIS_PWD="), 1) << "the file holds it";
}

TEST(StoreUrl, IsRefusedWithoutRepeatingThePassword) {
    for (const char* bad : {"", "store:6379", "http://store", "redis://", "unix://store", "redis://:topsecret@store:0",
                            "redis://:topsecret%4@store", "redis://:topsecret@", "redis://:topsecret%zz@store"}) {
        const auto store = parse_store_url(bad);
        ASSERT_FALSE(store) << bad;
        EXPECT_EQ(store.error().what.find("topsecret"), std::string::npos) << store.error().what;
    }
}

}  // namespace
}  // namespace busbar::config
