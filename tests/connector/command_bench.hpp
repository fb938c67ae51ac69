#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "store/commands.hpp"
#include "store/store_bench.hpp"
#include "support/fault_proxy.hpp"

namespace busbar::connector::test {

/// A store behind a proxy that spoils what passes, and what its stream of results says.
struct CommandBench : store::StoreBench {
    CommandBench()
        : proxy((server.folder() / "proxy.sock").string(), server.socket_path()), proxied(loop, proxied_options()) {
        proxied.start();
        EXPECT_TRUE(wait([this] { return proxied.is_connected(); }));
    }

    store::ClientOptions proxied_options() const {
        auto made = options();
        made.address.path = (server.folder() / "proxy.sock").string();
        return made;
    }

    std::string results() const { return ask({"XRANGE", "process:command-results", "-", "+"}); }
    bool has_result(const std::string& id, const std::string& stage) const {
        return results().find("id " + id + R"( data {"stage":")" + stage + "\"") != std::string::npos;
    }
    bool wait_result(const std::string& id, const std::string& stage) {
        return wait([&] { return has_result(id, stage); });
    }
    std::string claim_of(const std::string& id) const { return ask({"GET", "process:commands:claim:" + id}); }

    tests::FaultProxy proxy;
    store::Store proxied;
};

}  // namespace busbar::connector::test
