#include "connector/iec104_server/outgoing_cause.hpp"

#include <gtest/gtest.h>

namespace busbar::connector {
namespace {

using iec60870::Cause;

struct Row {
    std::uint8_t type, stored;
    bool unchanged;
    std::uint8_t sent;
    bool by_itself;
};

Outgoing ask(const Row& row, CausePolicy policy) {
    return outgoing(*iec60870::find_type(row.type), row.stored, row.unchanged, policy);
}

TEST(OutgoingCause, StandardForwardsWhatTheTypePermitsAndMakesTheRestSpontaneous) {
    const Row rows[] = {
        {9, 1, false, 1, true},                             // measured values may be cyclic
        {1, 1, false, 3, true},                             // single points may not
        {1, 2, false, 2, true},   {36, 2, false, 3, true},  // background only without time tag
        {1, 3, false, 3, true},   {30, 11, false, 11, true}, {30, 12, false, 12, true},
        {36, 11, false, 3, true},  // measured values have no return information
        {1, 20, false, 3, true},  {1, 20, true, 3, false},   {1, 36, true, 3, false},
        {1, 5, false, 3, true},   {1, 5, true, 3, false},    {15, 37, true, 3, true},  // counters always go
        {15, 41, true, 3, true},  {1, 0, false, 3, true},    {1, 63, false, 3, true},
    };
    for (const auto& row : rows) {
        const auto out = ask(row, CausePolicy::standard);
        EXPECT_EQ(static_cast<int>(out.cause), row.sent) << "type " << int(row.type) << " cause " << int(row.stored);
        EXPECT_EQ(out.by_itself, row.by_itself) << "type " << int(row.type) << " cause " << int(row.stored);
    }
}

TEST(OutgoingCause, VerbatimForwardsWhatIsStored) {
    for (std::uint8_t stored = 1; stored < 64; ++stored) {
        EXPECT_EQ(static_cast<int>(ask({1, stored, false, 0, true}, CausePolicy::verbatim).cause), stored);
    }
    EXPECT_FALSE(ask({1, 20, true, 0, true}, CausePolicy::verbatim).by_itself);
}

}  // namespace
}  // namespace busbar::connector
