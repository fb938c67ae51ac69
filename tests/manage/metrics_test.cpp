#include "manage/actions/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "manage/installation_bench.hpp"

namespace busbar::manage {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(MergeMetrics, FamiliesStandTogetherUnderOneHeader) {
    const auto header = std::string("# HELP busbar_x What it is\n# TYPE busbar_x gauge\n");
    EXPECT_EQ(merge_metrics({header + "busbar_x{id=\"a\"} 1\n# HELP busbar_a A\n# TYPE busbar_a counter\nbusbar_a 5\n",
                             header + "busbar_x{id=\"b\"} 2\n"}),
              "# HELP busbar_a A\n# TYPE busbar_a counter\nbusbar_a 5\n" + header +
                  "busbar_x{id=\"a\"} 1\nbusbar_x{id=\"b\"} 2\n");
}

TEST(MergeMetrics, AHistogramStaysWhole) {
    const std::string text =
        "# HELP busbar_h H\n# TYPE busbar_h histogram\nbusbar_h_count 1\nbusbar_h_sum 2\nbusbar_h_bucket{le=\"+Inf\"} "
        "1\n";
    EXPECT_EQ(merge_metrics({text}), text);
}

TEST(MergeMetrics, WhatIsNoneIsLeftOut) {
    EXPECT_EQ(merge_metrics({"", "\n", "garbage\nbusbar_without_header 1\n# HELP other_x X\nother_x 1\n",
                             "# HELP busbar_x X\n# TYPE busbar_x gauge\nbusbar_y 1\nbusbar_x 1\nbusbar_x{cut"}),
              "# HELP busbar_x X\n# TYPE busbar_x gauge\nbusbar_x 1\n");
}

TEST(Metrics, AreOfTheServiceAndItsConnectors) {
    InstallationBench bench;
    const auto login = bench.log_in_as("anna", Role::admin);
    ASSERT_EQ(bench
                  .ask(bench.request("POST", "/api/v1/connectors", &login,
                                     R"({"id":"rtu-1","kind":"iec104-client","stopped":true})"))
                  .status,
              201u);
    std::ofstream(bench.supervisor.metrics_file("rtu-1"))
        << "# HELP busbar_link_up Lines\n# TYPE busbar_link_up gauge\nbusbar_link_up{id=\"rtu-1\"} 1\n";
    EXPECT_EQ(bench.ask(bench.request("GET", "/nowhere", &login)).status, 404u);
    const auto answer = bench.ask(bench.request("GET", "/metrics", &login));
    EXPECT_THAT(answer.body, HasSubstr("busbar_link_up{id=\"rtu-1\"} 1\n"));
    EXPECT_THAT(answer.body, HasSubstr("busbar_management_store_up 0\n"));
    EXPECT_THAT(answer.body, HasSubstr("busbar_connector_process_up{id=\"rtu-1\"} 0\n"));
    EXPECT_THAT(answer.body, HasSubstr("busbar_http_requests_total{code=\"2xx\"} 1\n"));
    EXPECT_THAT(answer.body, HasSubstr("busbar_http_requests_total{code=\"4xx\"} 1\n"));
    EXPECT_THAT(answer.body, HasSubstr("busbar_http_request_duration_seconds_count 2\n"));
    EXPECT_THAT(answer.body, Not(HasSubstr("casdu")));
}

}  // namespace
}  // namespace busbar::manage
