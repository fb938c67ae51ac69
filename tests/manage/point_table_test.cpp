#include "manage/live/point_table.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <map>
#include <random>

#include "manage/live/point_list.hpp"
#include "support/redis_fixture.hpp"

namespace busbar::manage {
namespace {

const UtcTime now = *parse_iso8601("2026-11-21T09:00:10.000Z");

std::string point(int type, const std::string& value, const std::string& more = "") {
    return fmt::format(R"({{"type":{},"value":{},"received":"2026-11-21T09:00:00.000Z","source":"rtu-1"{}}})", type,
                       value, more);
}

std::vector<std::uint32_t> changed_after(const PointTable& table, std::uint64_t number) {
    std::vector<std::uint32_t> ioas;
    for (const LivePoint* each = table.first_after(number); each != nullptr; each = each->newer)
        ioas.push_back(each->address.ioa);
    return ioas;
}

TEST(PointTable, TellsEachChangedPointOnceInTheOrderOfItsLastChange) {
    PointTable table;
    for (std::uint32_t ioa : {1u, 2u, 3u}) table.take({1, ioa}, point(1, "true"), {}, now);
    const auto seen = table.last_change();
    EXPECT_TRUE(table.take({1, 2}, point(1, "false"), {}, now));
    EXPECT_TRUE(table.take({1, 3}, point(1, "false"), {}, now));
    EXPECT_TRUE(table.take({1, 2}, point(1, "true", R"(,"cot":20)"), {}, now));
    EXPECT_FALSE(table.take({1, 1}, point(1, "true"), {}, now)) << "the same again";
    EXPECT_FALSE(table.take({1, 1}, "no point", {}, now));
    EXPECT_EQ(changed_after(table, seen), (std::vector<std::uint32_t>{3, 2}));
    EXPECT_EQ(changed_after(table, table.last_change()), std::vector<std::uint32_t>{});
    EXPECT_EQ(changed_after(table, 0), (std::vector<std::uint32_t>{1, 3, 2}));
}

TEST(PointTable, FindsAPlaceInTheOrderOfChangesHoweverLongAgo) {
    PointTable table;
    std::map<std::uint32_t, std::uint64_t> last;  // change of each point
    std::mt19937 random(7);
    for (int i = 0; i < 3000; ++i) {
        // Some change all the time, some hardly ever, and at last one alone.
        const auto ioa = i > 2500 ? 1u : static_cast<std::uint32_t>(random() % (i % 2 == 0 ? 10 : 500));
        ASSERT_TRUE(table.take({1, ioa}, point(35, std::to_string(i)), {}, now));
        last[ioa] = table.last_change();
        if (i % 50 != 0) continue;
        std::map<std::uint64_t, std::uint32_t> order;
        for (const auto& [each, change] : last) order.emplace(change, each);
        for (std::uint64_t number = 0; number <= table.last_change(); number += 17) {
            std::vector<std::uint32_t> expected;
            for (auto at = order.upper_bound(number); at != order.end(); ++at) expected.push_back(at->second);
            ASSERT_EQ(changed_after(table, number), expected) << i << " after " << number;
        }
    }
}

TEST(PointTable, ALoadDoesNotUndoWhatTheStreamSaidSince) {
    PointTable table;
    table.take({1, 1}, point(1, "true"), {}, now);
    table.take({1, 2}, point(1, "true"), {}, now);
    table.begin_load();
    table.take({1, 1}, point(1, "false"), {}, now);
    EXPECT_FALSE(table.take_loaded({1, 1}, point(1, "true"), now)) << "it was read before the entry";
    EXPECT_TRUE(table.take_loaded({1, 3}, point(1, "true"), now));
    table.end_load();
    EXPECT_EQ(table.find({1, 1})->json, point(1, "false"));
    EXPECT_EQ(table.find({1, 2}), nullptr) << "it is not in the store any more";
    EXPECT_EQ(table.size(), 2u);
    const auto seen = table.last_change();
    for (int load = 0; load < 2; ++load) {
        table.begin_load();
        for (const std::uint32_t ioa : {1u, 3u}) table.take_loaded({1, ioa}, table.find({1, ioa})->json, now);
        table.end_load();
    }
    EXPECT_EQ(table.last_change(), seen) << "nothing has changed";
    EXPECT_EQ(table.points().size(), 2u) << "what is gone is forgotten in the end";
    EXPECT_TRUE(table.take({1, 2}, point(1, "true"), {}, now)) << "it comes back";
    EXPECT_EQ(table.size(), 3u);
}

TEST(PointTable, TwoThatWriteByTurnsAreAConflictAndASuccessorIsNone) {
    PointTable table;
    bool on = false;
    const auto take = [&](const std::string& source, int type) {
        on = !on;
        const char* value = type == 3 ? (on ? "1" : "2") : (on ? "true" : "false");
        table.take({1, 1}, fmt::format(R"({{"type":{},"value":{}}})", type, value), source, now);
        return *table.find({1, 1});
    };
    take("rtu-3", 1);
    take("", 1);
    EXPECT_FALSE(take("rtu-1", 1).has_conflict()) << "nobody said who wrote it";
    EXPECT_FALSE(take("rtu-2", 30).has_conflict()) << "another feeds it now; a time tag is no other type";
    EXPECT_FALSE(take("rtu-2", 1).has_conflict());
    const auto both = take("rtu-1", 1);
    EXPECT_TRUE(both.has_conflict());
    EXPECT_EQ(table.source_name(both.other_source), "rtu-2");
    EXPECT_FALSE(both.types_conflict);
    EXPECT_TRUE(take("rtu-1", 1).has_conflict()) << "it is remembered";
    EXPECT_FALSE(take("rtu-1", 3).types_conflict);
    const auto types = take("rtu-1", 2);
    EXPECT_TRUE(types.types_conflict);
    EXPECT_EQ(types.other_type, 3);
    table.begin_load();
    table.end_load();
    EXPECT_FALSE(take("rtu-1", 1).has_conflict()) << "it was gone meanwhile";
}

struct ListBench {
    ListBench() {
        save_point(database, row(1, 1, "Feeder 1", "Main switch"));
        save_point(database, row(2, 7, "Never heard of", ""));
        table.take({1, 1}, point(1, "true"), {}, now);
        table.take({1, 2}, point(13, "2.5", R"(,"quality":["NT"],"cot":20)"), {}, now);
        table.take({1, 3}, R"({"type":36,"value":1})", "rtu-2", now);
    }
    static PointRow row(std::uint16_t casdu, std::uint32_t ioa, std::string name, std::string description) {
        PointRow row;
        row.address = {casdu, ioa};
        row.name = std::move(name);
        row.description = std::move(description);
        row.kind = "DI";
        return row;
    }
    /// The addresses that a filter finds: "1/1 1/2".
    std::string found(const std::map<std::string, std::string>& words) {
        const auto filter = read_filter([&](std::string_view word) -> std::optional<std::string> {
            const auto given = words.find(std::string(word));
            return given == words.end() ? std::nullopt : std::optional(given->second);
        });
        if (!filter) return "fault: " + filter.error().faults.front().where;
        std::string addresses;
        std::optional<store::ImageAddress> after;
        do {
            const auto page = write_page(table, names, *filter, after, 1, now);
            const auto place = boost::json::parse('[' + page.json + ']').as_array();
            for (const auto& each : place)
                addresses += fmt::format("{}{}/{}", addresses.empty() ? "" : " ", each.at("casdu").as_int64(),
                                         each.at("ioa").as_int64());
            after = page.last;
        } while (after);
        return addresses;
    }

    tests::TemporaryFolder folder;
    Database database{folder.path() / "busbar.db"};
    PointTable table;
    PointNames names{database};
};

TEST(PointList, FindsWhatItsFilterSays) {
    struct Case {
        std::map<std::string, std::string> words;
        std::string found;
    };
    const std::vector<Case> cases{{{}, "1/1 1/2 1/3 2/7"},
                                  {{{"known", "live"}}, "1/1 1/2 1/3"},
                                  {{{"known", "configured"}}, "1/1 2/7"},
                                  {{{"casdu", "2"}}, "2/7"},
                                  {{{"ioa_from", "2"}, {"ioa_to", "3"}}, "1/2 1/3"},
                                  {{{"type", "36"}}, "1/3"},
                                  {{{"quality", "good"}}, "1/1 1/3"},
                                  {{{"quality", "bad"}}, "1/2"},
                                  {{{"quality", "NT"}}, "1/2"},
                                  {{{"quality", "IV"}}, ""},
                                  {{{"cot", "20"}}, "1/2"},
                                  {{{"connector", "rtu-2"}}, "1/3"},
                                  {{{"connector", "nobody"}}, ""},
                                  {{{"age_over_ms", "9999"}}, "1/1 1/2"},
                                  {{{"age_under_ms", "10000"}}, "1/3"},
                                  {{{"text", "MAIN sw"}}, "1/1"},
                                  {{{"text", "2/7"}}, "2/7"},
                                  {{{"conflict", "yes"}}, "fault: conflict"},
                                  {{{"casdu", "65536"}}, "fault: casdu"},
                                  {{{"quality", "XX"}}, "fault: quality"},
                                  {{{"known", "XX"}}, "fault: known"}};
    ListBench bench;
    for (const Case& each : cases) EXPECT_EQ(bench.found(each.words), each.found);
}

TEST(PointList, FindsWhatCanBeCommanded) {
    ListBench bench;
    std::uint32_t ioa = 2;
    for (const char* kind : {"AO", "DO", "AI"}) {
        auto output = ListBench::row(3, ++ioa, kind, "");
        output.kind = kind;
        save_point(bench.database, output);
    }
    auto other = ListBench::row(3, 1, "written elsewhere", "");
    other.command_ioa = 900;
    save_point(bench.database, other);
    auto out_of_use = ListBench::row(3, 2, "not enabled", "");
    out_of_use.kind = "DO";
    out_of_use.enabled = false;
    save_point(bench.database, out_of_use);
    EXPECT_EQ(bench.found({{"commandable", "true"}}), "3/1 3/3 3/4");
    EXPECT_EQ(bench.found({{"commandable", "false"}}), "1/1 1/2 1/3 2/7 3/2 3/5");
}

TEST(PointList, FindsAndShowsWhatSeveralWrite) {
    ListBench bench;
    for (const int source : {2, 1, 2})
        bench.table.take(
            {1, 2}, fmt::format(R"({{"type":{},"value":1,"source":"rtu-{}"}})", source == 2 ? 3 : 5, source), {}, now);
    EXPECT_EQ(bench.found({{"conflict", "true"}}), "1/2");
    EXPECT_EQ(bench.found({{"conflict", "false"}}), "1/1 1/3 2/7");
    std::string text;
    write_point(text, {1, 2}, bench.table.find({1, 2}), nullptr, bench.table, now);
    EXPECT_EQ(text, R"({"casdu":1,"ioa":2,"type":3,"value":1,"cot":3,"received":"2026-11-21T09:00:10.000Z",)"
                    R"("source":"rtu-2","conflict":{"source":"rtu-1","type":5},"age_ms":0})");
}

TEST(PointList, APageGoesOnWhereTheOneBeforeEndedWhateverChangedMeanwhile) {
    ListBench bench;
    const auto first = write_page(bench.table, bench.names, {}, std::nullopt, 2, now);
    ASSERT_TRUE(first.last);
    bench.table.take({1, 0}, point(1, "true"), {}, now);  // before the cursor
    const auto cursor = read_cursor(to_cursor(*first.last));
    ASSERT_EQ(cursor, first.last);
    const auto second = write_page(bench.table, bench.names, {}, cursor, 2, now);
    EXPECT_EQ(second.addresses.size(), 2u);
    EXPECT_FALSE(second.last) << "there are no more";
    for (const auto* text : {"", "0001", "00010000000g", "+00100000001", "0001000000011"})
        EXPECT_FALSE(read_cursor(text)) << text;
}

TEST(PointList, ShowsValueAndNameAsOne) {
    ListBench bench;
    std::string text;
    write_point(text, {1, 1}, bench.table.find({1, 1}), bench.names.find({1, 1}), bench.table, now);
    EXPECT_EQ(text, R"({"casdu":1,"ioa":1,"type":1,"value":true,"cot":3,"received":"2026-11-21T09:00:00.000Z",)"
                    R"("source":"rtu-1","age_ms":10000,"configured":true,"name":"Feeder 1",)"
                    R"("description":"Main switch","kind":"DI"})");
    text.clear();
    write_point(text, {1, 3}, bench.table.find({1, 3}), nullptr, bench.table, now);
    EXPECT_EQ(text, R"({"casdu":1,"ioa":3,"type":36,"value":1,"cot":3,"received":"2026-11-21T09:00:10.000Z",)"
                    R"("source":"rtu-2","age_ms":0})");
}

}  // namespace
}  // namespace busbar::manage
