#include "manage/database/point_rows.hpp"

#include <gtest/gtest.h>

#include "support/redis_fixture.hpp"

namespace busbar::manage {
namespace {

TEST(PointRows, ComeBackAsTheyWere) {
    const tests::TemporaryFolder folder;
    Database database(folder.path() / "busbar.db");
    PointRow row{0,       {65535, 16777215}, 7,    false, "DI",  "breaker",         "of the north",     "",
                 "north", "bay 1",           -0.5, -1.5,  1e300, R"(["off","on"])", R"({"FAMILY":"x"})"};
    row.id = save_point(database, row);
    EXPECT_EQ(find_point(database, row.address), row);
    PointRow plain;
    plain.address = {1, 2};
    plain.id = save_point(database, plain);
    EXPECT_EQ(find_point(database, plain.address), plain);
    EXPECT_EQ(count_points(database), 2);
    plain.name = "other";
    save_point(database, plain);
    EXPECT_EQ(find_point(database, plain.address)->name, "other");
    remove_point(database, plain.id);
    EXPECT_FALSE(find_point(database, plain.address));
}

TEST(PointRows, TheEnabledOneOfAnAddressIsFound) {
    const tests::TemporaryFolder folder;
    Database database(folder.path() / "busbar.db");
    PointRow off;
    off.address = {1, 2};
    off.enabled = false;
    save_point(database, off);
    PointRow on = off;
    on.enabled = true;
    on.id = save_point(database, on);
    EXPECT_EQ(find_point(database, {1, 2})->id, on.id);
    on.id = 0;
    EXPECT_THROW(save_point(database, on), SQLite::Exception);
}

}  // namespace
}  // namespace busbar::manage
