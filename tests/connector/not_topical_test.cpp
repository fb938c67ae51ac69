#include "connector/common/not_topical.hpp"

#include <gtest/gtest.h>

namespace busbar::connector {
namespace {

using namespace std::chrono_literals;

const UtcTime lost_at{1763716200s};

TEST(NotTopical, Case124_APointOfTheLostSourceIsMarkedOnce) {
    const auto marked = mark_not_topical(
        R"({"casdu":7,"ioa":10,"type":30,"value":true,"cot":20,"changed":false,"time":"2025-11-21T09:00:00.000Z",)"
        R"("received":"2025-11-21T09:00:00.100Z","source":"rtu-1"})",
        "rtu-1", lost_at);
    EXPECT_EQ(marked, R"({"casdu":7,"ioa":10,"type":30,"value":true,"quality":["NT"],"cot":3,)"
                      R"("received":"2025-11-21T09:10:00.000Z","source":"rtu-1"})");
    EXPECT_EQ(mark_not_topical(marked.value_or(""), "rtu-1", lost_at + 1h), std::nullopt) << "once";
}

TEST(NotTopical, Case124_OtherFlagsStay) {
    const auto marked =
        mark_not_topical(R"({"type":1,"value":true,"quality":["BL"],"source":"rtu-1"})", "rtu-1", lost_at);
    EXPECT_NE(marked.value_or("").find(R"("quality":["NT","BL"])"), std::string::npos) << marked.value_or("none");
}

TEST(NotTopical, Case124_PointsOfOthersAreLeftAlone) {
    EXPECT_EQ(mark_not_topical(R"({"type":1,"value":true,"source":"rtu-2"})", "rtu-1", lost_at), std::nullopt);
    EXPECT_EQ(mark_not_topical(R"({"type":1,"value":true})", "rtu-1", lost_at), std::nullopt);
    EXPECT_EQ(mark_not_topical("no point", "rtu-1", lost_at), std::nullopt);
}

}  // namespace
}  // namespace busbar::connector
