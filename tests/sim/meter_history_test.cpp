#include "sim/meter/history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "iec102/meter/visit.hpp"
#include "sim/meter/meter.hpp"

namespace busbar::sim {
namespace {

using namespace std::chrono;
using iec102::Cause;
using iec102::TypeId;
using testing::ElementsAre;

constexpr UtcTime now = sys_days(2026y / July / 17) + 10h + 30min;  // 12:30 summer time
constexpr MeterMemory memory{now, 60min, 60};

UtcTime local(year_month_day day, minutes time, minutes ahead) { return UtcTime(sys_days(day)) + time - ahead; }

OctetBuffer request(TypeId type, std::uint8_t record, UtcTime from, UtcTime to, std::uint8_t first = 1,
                    std::uint8_t last = 8) {
    const iec102::AsduHeader header{
        .type = type, .count = 1, .cause = Cause::activation, .point_address = 1, .record = record};
    const iec102::TimeRange times{iec102::label_a(from), iec102::label_a(to)};
    if (type == TypeId::read_totals || type == TypeId::read_increments)
        return iec102::make_asdu(header, iec102::TotalRange{first, last, times});
    if (type == TypeId::read_total_blocks || type == TypeId::read_increment_blocks)
        return iec102::make_asdu(header, iec102::BlockRange{first, times});
    if (type == TypeId::read_current_tariff) return iec102::make_asdu(header);
    return iec102::make_asdu(header, times);
}

/// The ASDUs of the answer, or the cause of the refusal.
struct Answer {
    std::vector<OctetBuffer> asdus;
    std::optional<Cause> refused;
    std::vector<int> causes() const {
        std::vector<int> causes;
        for (const OctetBuffer& asdu : asdus) causes.push_back(asdu[2]);
        return causes;
    }
};

Answer answer(const OctetBuffer& asked, const Load& load = Load({}), const MeterMemory& by = memory) {
    Answer answer;
    auto read = HistoryRead::begin(*iec102::parse_asdu(asked), asked, by);
    if (!read) {
        answer.refused = read.error();
        return answer;
    }
    while (auto asdu = read->next(load)) answer.asdus.push_back(std::move(*asdu));
    EXPECT_FALSE(read->next(load));
    return answer;
}

/// Labels of the periods' ends and the totals of object 1 in the frames of data.
struct Period {
    UtcTime end;
    std::uint32_t total;
    bool operator==(const Period&) const = default;
};
std::vector<Period> periods(const Answer& of) {
    std::vector<Period> found;
    for (const OctetBuffer& octets : of.asdus) {
        const auto asdu = *iec102::parse_asdu(octets);
        if (asdu.header.cause != Cause::request) continue;
        Period period{};
        iec102::visit_body(asdu, [&](const iec102::Place&, const auto& element) {
            using Element = std::remove_cvref_t<decltype(element)>;
            if constexpr (std::is_same_v<Element, iec102::AddressedTotal>) {
                if (element.object == 1) period.total = element.total.value;
            }
            if constexpr (std::is_same_v<Element, iec102::TimeLabelA>) period.end = *iec102::utc_time(element);
        });
        found.push_back(period);
    }
    return found;
}

TEST(MeterHistory, ConfirmsGivesAFrameEachPeriodAndTerminates) {
    const Answer hours = answer(request(TypeId::read_increments, 11, now - 3h, now));
    EXPECT_THAT(hours.causes(), ElementsAre(7, 5, 5, 5, 10));
    EXPECT_EQ(hours.asdus.front(),
              mirrored(request(TypeId::read_increments, 11, now - 3h, now), Cause::activation_con));
    EXPECT_EQ(hours.asdus[1][0], 11);
    EXPECT_EQ(hours.asdus[1][1], 8);  // objects
}

TEST(MeterHistory, IncrementsAreTheDifferencesOfTotalsStampedWithTheEnd) {
    const Load load({.mean_kw = 5000});
    const auto increments = periods(answer(request(TypeId::read_increments, 11, now - 4h, now), load));
    const auto totals = periods(answer(request(TypeId::read_totals, 11, now - 4h, now), load));
    ASSERT_EQ(increments.size(), 4u);
    ASSERT_EQ(totals.size(), 4u);
    EXPECT_EQ(increments.front().end, sys_days(2026y / July / 17) + 7h);
    EXPECT_EQ(increments.back().end, sys_days(2026y / July / 17) + 10h);
    for (std::size_t i = 1; i < 4; ++i) EXPECT_EQ(increments[i].total, totals[i].total - totals[i - 1].total);
}

TEST(MeterHistory, HasQuarterHoursAndDays) {
    EXPECT_EQ(periods(answer(request(TypeId::read_increments, 12, now - 2h, now))).size(), 9u);  // both ends included
    const auto days_of_july = periods(answer(request(TypeId::read_increments, 21, now - 72h, now)));
    ASSERT_EQ(days_of_july.size(), 3u);
    EXPECT_EQ(days_of_july.back().end, local(2026y / July / 17, 0min, 120min));
}

TEST(MeterHistory, OfADayHas23HoursWhenSummerTimeBegins) {
    const MeterMemory april{sys_days(2026y / April / 2), 60min, 60};
    const Load load({.mean_kw = 5000});
    const auto days_of_change = periods(answer(
        request(TypeId::read_increments, 21, sys_days(2026y / March / 28), sys_days(2026y / March / 30)), load, april));
    ASSERT_EQ(days_of_change.size(), 2u);
    EXPECT_EQ(days_of_change[0].end, local(2026y / March / 29, 0min, 60min));
    EXPECT_EQ(days_of_change[1].end, local(2026y / March / 30, 0min, 120min));
    EXPECT_EQ(days_of_change[1].end - days_of_change[0].end, 23h);
}

TEST(MeterHistory, GivesTheObjectsThatAreAskedForAndReservedOnesInvalid) {
    const Answer one = answer(request(TypeId::read_increments, 11, now - 1h, now, 3, 3));
    ASSERT_EQ(one.asdus.size(), 3u);
    EXPECT_EQ(one.asdus[1].size(), 6u + 6 + 5);
    EXPECT_EQ(one.asdus[1][6], 3);
    const Answer reserved = answer(request(TypeId::read_increments, 11, now - 1h, now, 7, 8));
    EXPECT_EQ(reserved.asdus[1][6 + 5] & 0x80, 0x80);
    EXPECT_EQ(reserved.asdus[1][6 + 6 + 5] & 0x80, 0x80);
}

TEST(MeterHistory, GivesBlocks) {
    EXPECT_EQ(answer(request(TypeId::read_increment_blocks, 11, now - 1h, now, 9)).asdus[1].size(), 6u + 1 + 40 + 5);
    EXPECT_EQ(answer(request(TypeId::read_increment_blocks, 11, now - 1h, now, 10)).asdus[1].size(), 6u + 1 + 30 + 5);
    EXPECT_EQ(answer(request(TypeId::read_total_blocks, 11, now - 1h, now, 11)).asdus[1].size(), 6u + 1 + 15 + 5);
    EXPECT_EQ(answer(request(TypeId::read_total_blocks, 11, now - 1h, now, 12)).refused, Cause::object_not_available);
}

TEST(MeterHistory, GivesTariffInformationOfThisMonthAndOfMonthsThatAreOver) {
    const Answer current = answer(request(TypeId::read_current_tariff, 134, now, now));
    EXPECT_THAT(current.causes(), ElementsAre(7, 5, 10));
    EXPECT_EQ(current.asdus[1][0], 135);
    EXPECT_EQ(current.asdus[1].size(), 6u + 63);
    const Answer stored = answer(request(TypeId::read_stored_tariff, 134, now - days(40), now));
    EXPECT_THAT(stored.causes(), ElementsAre(7, 5, 10));  // June, closed on the first of July
    EXPECT_EQ(answer(request(TypeId::read_current_tariff, 135, now, now)).refused, Cause::record_not_available);
}

TEST(MeterHistory, GivesEvents) {
    const Answer clock = answer(request(TypeId::read_events, 53, now - 48h, now));
    EXPECT_THAT(clock.causes(), ElementsAre(7, 5, 5, 10));  // a midnight each
    EXPECT_EQ(clock.asdus[1][0], 1);
    EXPECT_EQ(answer(request(TypeId::read_events, 130, now - 48h, now)).refused, Cause::record_not_available);
    EXPECT_EQ(answer(request(TypeId::read_events, 56, now - 48h, now)).refused, Cause::record_unknown);
}

TEST(MeterHistory, RefusesWhatIsNotThere) {
    EXPECT_EQ(answer(request(TypeId::read_increments, 13, now - 1h, now)).refused, Cause::record_unknown);
    EXPECT_EQ(answer(request(TypeId::read_increments, 11, now - 1h, now, 0, 8)).refused, Cause::object_not_available);
    EXPECT_EQ(answer(request(TypeId::read_increments, 11, now - 1h, now, 1, 9)).refused, Cause::object_not_available);
    EXPECT_EQ(answer(request(TypeId::read_increments, 11, now, now - 1h)).refused, Cause::period_not_available);
    EXPECT_EQ(answer(request(TypeId::read_increments, 11, now + 2h, now + 3h)).refused, Cause::record_not_available);
    EXPECT_EQ(answer(request(TypeId::read_increments, 11, now - days(70), now - days(65))).refused,
              Cause::record_not_available);
    // Day 0 of a month, as in a log of a real meter.
    OctetBuffer day_zero = request(TypeId::read_increments, 11, now - 1h, now);
    day_zero[6 + 2 + 5 + 2] = 0;
    EXPECT_EQ(answer(day_zero).refused, Cause::period_not_available);
    day_zero.resize(10);
    EXPECT_EQ(answer(day_zero).refused, Cause::period_not_available);
}

TEST(MeterHistory, GoesBackNoFurtherThanItsDepth) {
    const auto all = periods(answer(request(TypeId::read_increments, 21, now - days(400), now)));
    EXPECT_EQ(all.size(), 60u);
}

}  // namespace
}  // namespace busbar::sim
