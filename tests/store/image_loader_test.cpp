#include "store/image_loader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "store_bench.hpp"

namespace busbar::store {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::Pair;

struct LoaderBench : StoreBench {
    LoaderBench() : loader(store) {}
    auto keep() {
        return
            [this](ImageAddress address, std::optional<std::string_view> json) { image[address] = json.value_or("-"); };
    }
    auto finish() {
        return [this](const std::string& error) { ended = error; };
    }
    void fill(int keys) {
        ask({"EVAL",
             "for i = 1, tonumber(ARGV[1]) do redis.call('SET', 'process:image:casdu:7:ioa:' .. i, 'v' .. i) end", "0",
             std::to_string(keys)});
    }
    bool ends() {
        return wait([this] { return ended.has_value(); });
    }

    std::map<ImageAddress, std::string> image;
    std::optional<std::string> ended;
    ImageLoader loader;
};

TEST(ImageLoader, LoadsEveryImageKeyAndNoOther) {
    LoaderBench bench;
    bench.fill(12345);
    bench.ask({"MSET", "process:updates:retention", "{}", "process:image:casdu:07:ioa:1", "not canonical"});
    bench.loader.load_all(bench.keep(), bench.finish());
    ASSERT_TRUE(bench.ends());
    EXPECT_EQ(*bench.ended, "");
    EXPECT_EQ(bench.image.size(), 12345U);
    EXPECT_EQ((bench.image[{7, 12345}]), "v12345");
    EXPECT_FALSE(bench.loader.is_loading());
    bench.ask({"DEL", "process:image:casdu:07:ioa:1"});
}

TEST(ImageLoader, LoadsGivenAddressesAndSaysWhichAreMissing) {
    LoaderBench bench;
    bench.fill(2);
    bench.ask({"HSET", "process:image:casdu:7:ioa:3", "a", "b"});
    bench.loader.load({{7, 1}, {7, 3}, {7, 9}}, bench.keep(), bench.finish());
    ASSERT_TRUE(bench.ends());
    EXPECT_THAT(bench.image, ElementsAre(Pair(ImageAddress{7, 1}, "v1"), Pair(ImageAddress{7, 3}, "-"),
                                         Pair(ImageAddress{7, 9}, "-")));
}

TEST(ImageLoader, LoadsMoreThanFitInFlight) {
    LoaderBench bench;
    bench.fill(10'000);
    std::vector<ImageAddress> addresses;
    for (std::uint32_t ioa = 1; ioa <= 10'000; ++ioa) addresses.push_back({7, ioa});
    bench.loader.load(addresses, bench.keep(), bench.finish());
    ASSERT_TRUE(bench.ends());
    EXPECT_EQ(bench.image.size(), 10'000U);
}

TEST(ImageLoader, AnEmptyStoreAndAnEmptyListEndAtOnce) {
    LoaderBench bench;
    bench.loader.load_all(bench.keep(), bench.finish());
    ASSERT_TRUE(bench.ends());
    bench.ended.reset();
    bench.loader.load({}, bench.keep(), bench.finish());
    EXPECT_FALSE(bench.ended);
    ASSERT_TRUE(bench.ends());
    EXPECT_EQ(*bench.ended, "");
}

TEST(ImageLoader, SaysOnceThatTheConnectionIsLost) {
    LoaderBench bench;
    bench.fill(20'000);
    int ends = 0;
    bench.loader.load_all([&](auto, auto) { bench.server.kill(); },
                          [&](const std::string& error) {
                              ++ends;
                              EXPECT_NE(error, "");
                          });
    ASSERT_TRUE(bench.wait([&] { return ends > 0; }));
    bench.pass(30ms);
    EXPECT_EQ(ends, 1);
    bench.checks_keys = false;
}

TEST(ImageLoader, ACancelledLoadIsSilentAndAnotherMayFollow) {
    LoaderBench bench;
    bench.fill(5000);
    int values = 0;
    bench.loader.load_all(
        [&](auto, auto) {
            if (++values == 10) bench.loader.cancel();
        },
        [](const std::string&) { FAIL(); });
    ASSERT_TRUE(bench.wait([&] { return values >= 10; }));
    bench.pass(50ms);
    EXPECT_EQ(values, 10);
    bench.loader.load_all(bench.keep(), bench.finish());
    ASSERT_TRUE(bench.ends());
    EXPECT_EQ(bench.image.size(), 5000U);
}

}  // namespace
}  // namespace busbar::store
