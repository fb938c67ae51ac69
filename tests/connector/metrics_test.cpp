#include "connector/common/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>

#include "config/file.hpp"
#include "support/source_dir.hpp"

namespace busbar::connector {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

using Fields = std::map<std::string, std::string, std::less<>>;

std::string text_of(const Fields& fields, bool active = true, bool store_up = true) {
    return metrics_text({.id = "rtu-1", .active = active, .store_up = store_up, .now = UtcTime{1795257600123ms}},
                        [&](std::string_view field) -> std::optional<std::string_view> {
                            const auto found = fields.find(field);
                            if (found == fields.end()) return std::nullopt;
                            return found->second;
                        });
}

TEST(Metrics, SayTheStateItsReasonAndWhatRuns) {
    const auto text = text_of({{"state", "Error"},
                               {"detail", "the store is away: no such file"},
                               {"kind", "iec104-client"},
                               {"instance", "left"},
                               {"version", "1.2"}},
                              false, false);
    EXPECT_THAT(text, HasSubstr("\n# TYPE busbar_connector_state gauge\n"));
    EXPECT_THAT(text, HasSubstr("\nbusbar_connector_state{id=\"rtu-1\",state=\"Error\"} 1\n"));
    for (const std::string other : {"Starting", "Running", "Stopped"})
        EXPECT_THAT(text, HasSubstr("\nbusbar_connector_state{id=\"rtu-1\",state=\"" + other + "\"} 0\n"));
    EXPECT_THAT(text,
                HasSubstr("\nbusbar_connector_detail{id=\"rtu-1\",detail=\"the store is away: no such file\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("\nbusbar_build_info{id=\"rtu-1\",kind=\"iec104-client\",instance=\"left\","
                                "version=\"1.2\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("\nbusbar_connector_active{id=\"rtu-1\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("\nbusbar_store_up{id=\"rtu-1\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("\nbusbar_connector_heartbeat_timestamp_seconds{id=\"rtu-1\"} 1795257600.123\n"));
}

TEST(Metrics, HaveNoDetailWhereThereIsNone) {
    EXPECT_THAT(text_of({{"state", "Running"}, {"detail", ""}}), Not(HasSubstr("busbar_connector_detail")));
}

TEST(Metrics, AreTheStatusFieldsInBaseUnits) {
    const auto text = text_of({{"i_sent", "7"}, {"s_received", "8"}, {"store_away_ms", "1500"}, {"links_up", "2"}});
    EXPECT_THAT(text, HasSubstr("\n# TYPE busbar_apdus_total counter\n"
                                "busbar_apdus_total{id=\"rtu-1\",dir=\"sent\",format=\"I\"} 7\n"
                                "busbar_apdus_total{id=\"rtu-1\",dir=\"received\",format=\"S\"} 8\n"));
    EXPECT_THAT(text, HasSubstr("\nbusbar_store_away_seconds_total{id=\"rtu-1\"} 1.5\n"));
    EXPECT_THAT(text, HasSubstr("\n# TYPE busbar_link_up gauge\nbusbar_link_up{id=\"rtu-1\"} 2\n"));
    EXPECT_THAT(text, Not(HasSubstr("busbar_stream_gaps_total"))) << "what is not counted is not there";
}

TEST(Metrics, LeaveOutAFieldThatIsNoNumber) {
    for (const std::string value : {"", "none", "1x", "{}"})
        EXPECT_THAT(text_of({{"i_sent", value}}), Not(HasSubstr("busbar_apdus_total"))) << value;
}

TEST(Metrics, QuoteAReasonThatQuotesAnybodysOctetsAndBoundIt) {
    const std::string nasty = "a \"b\"\\c\nd \xc3\xbc\xff,detail=\"e\"} 1";
    const auto text = text_of({{"state", "Error"}, {"detail", nasty + std::string(1000, 'x')}});
    const auto view = read_metrics(text);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->detail, ("a \"b\"\\c?d ???,detail=\"e\"} 1" + std::string(1000, 'x')).substr(0, 200));
}

TEST(Metrics, AreReadBack) {
    const auto view = read_metrics(text_of({{"state", "Running"}, {"detail", "mapping refused"}, {"i_sent", "1"}}));
    ASSERT_TRUE(view);
    EXPECT_EQ(view->state, "Running");
    EXPECT_EQ(view->detail, "mapping refused");
    EXPECT_EQ(view->heartbeat, UtcTime{1795257600123ms});
}

TEST(Metrics, OfSomethingElseAreNoConnectors) {
    for (const std::string text :
         {"", "\n", "busbar_connector_state", "busbar_connector_state{", "busbar_connector_state{id=\"a\"} 1",
          "busbar_connector_state{id=\"a\",state=\"Running\"} 0", "node_load1 0.5\n"})
        EXPECT_FALSE(read_metrics(text)) << text;
}

TEST(Metrics, OfOneNameStandTogetherAndSayTheSameAboutThemselves) {
    std::set<std::string_view> names, fields;
    const MetricRow* before = nullptr;
    for (const auto& row : metric_rows()) {
        EXPECT_TRUE(fields.insert(row.field).second) << row.field;
        EXPECT_TRUE(row.name.starts_with("busbar_"));
        EXPECT_EQ(row.kind == MetricRow::Kind::counter, row.name.ends_with("_total")) << row.name;
        if (before && before->name == row.name) {
            EXPECT_EQ(row.help, before->help);
            EXPECT_EQ(row.kind, before->kind);
            EXPECT_EQ(row.first.name, before->first.name);
            EXPECT_EQ(row.second.name, before->second.name);
        } else {
            EXPECT_TRUE(names.insert(row.name).second) << row.name;
        }
        before = &row;
    }
}

/// Writes the table anew if BUSBAR_UPDATE_MANUAL is set; otherwise the guide has to be true as it stands.
TEST(Metrics, AreAllInTheGuide) {
    const std::string file = tests::source_dir + "/docs/guide/metrics.md";
    std::string guide = config::read_file(file, 1 << 20).value();
    const std::string begin = "<!-- metrics -->\n";
    const auto start = guide.find(begin);
    ASSERT_NE(start, std::string::npos);
    const auto end = guide.find("<!-- end -->", start);
    ASSERT_NE(end, std::string::npos);
    const auto from = start + begin.size();
    if (std::getenv("BUSBAR_UPDATE_MANUAL"))
        std::ofstream(file) << guide.replace(from, end - from, manual_of_metrics());
    else
        EXPECT_EQ(guide.substr(from, end - from), manual_of_metrics()) << "run with BUSBAR_UPDATE_MANUAL=1";
}

}  // namespace
}  // namespace busbar::connector
