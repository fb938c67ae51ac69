#include "manage/live/connector_book.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manage/database/journal.hpp"
#include "support/redis_fixture.hpp"

namespace busbar::manage {
namespace {

struct Bench {
    void save(const std::string& id, const std::string& kind, const std::string& config, bool stopped = false) {
        const auto revision = add_revision(database, {0, UtcTime{}, "anna", "config", id, "changed", {}, config, ""});
        save_connector(database, {id, kind, "", config, revision, {}, 0, stopped});
    }
    /// "id delay group group; ": what is known of each.
    std::string known() {
        std::string text;
        for (const auto& [head, service, groups] : book.look()) {
            text += head.id + (head.stopped ? " stopped" : "") + " " + std::to_string(service.start_delay.count());
            for (const auto& group : groups) text += " " + group;
            text += "; ";
        }
        return text;
    }
    tests::TemporaryFolder folder;
    Database database{folder.path() / "busbar.db"};
    ConnectorBook book{database};
};

TEST(ConnectorBook, ReadsEveryKindByIdAndWhatIsRequired) {
    Bench bench;
    bench.save("srv", "iec104-server",
               R"({"redundancy_groups":[{"name":"a"},{"name":"b","required":false}],"service":{"start_delay":1}})");
    bench.save("rtu", "iec104-client", R"({"service":{"start_delay":2}})");
    bench.save("meter", "iec102-client", R"({"service":{"start_delay":3}})", true);
    EXPECT_EQ(bench.known(), "meter stopped 3000; rtu 2000; srv 1000 a; ");
}

TEST(ConnectorBook, ReadsAgainWhatHasAnotherRevisionAndNothingElse) {
    Bench bench;
    for (const char* id : {"a", "b", "c"}) bench.save(id, "iec104-client", "{}");
    EXPECT_EQ(bench.known(), "a 0; b 0; c 0; ");
    bench.database.handle().exec(
        R"(UPDATE connector SET config = '{"service":{"start_delay":9}}', stopped = id = 'c')");
    EXPECT_EQ(bench.known(), "a 0; b 0; c stopped 0; ") << "the revisions say that nothing has changed";
    bench.save("b", "iec104-client", R"({"service":{"start_delay":5}})");
    remove_connector(bench.database, "a");
    bench.save("aa", "iec104-client", R"({"service":{"start_delay":6}})");
    EXPECT_EQ(bench.known(), "aa 6000; b 5000; c stopped 0; ");
    bench.book.forget();
    EXPECT_EQ(bench.known(), "aa 6000; b 5000; c stopped 9000; ");
}

}  // namespace
}  // namespace busbar::manage
