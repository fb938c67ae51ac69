#include "manage/actions/import_credentials.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "manage/installation_bench.hpp"

namespace busbar::manage {
namespace {

namespace fs = std::filesystem;

class ImportCredentialsKept : public testing::Test {
protected:
    ImportCredentialsKept() {
        for (const char* id : {"rtu-1", "rtu-2"}) {
            ConnectorRow row;
            row.id = id;
            row.kind = client_kind;
            row.config = "{}";
            row.stopped = true;
            EXPECT_TRUE(create_connector(bench.installation, engineer, row));
        }
    }
    std::optional<ImportCredentials> kept(const char* id) {
        const auto found = kept_import_credentials(bench.installation, id);
        return found ? *found : std::nullopt;
    }

    InstallationBench bench;
    Actor engineer{"emil", Role::engineer, "127.0.0.1"};
    fs::path key = bench.folder.path() / "import.key";
};

TEST_F(ImportCredentialsKept, ComeBackAsTheyWere) {
    const std::string password("sec\0ret ü\"", 11);
    ASSERT_TRUE(keep_import_credentials(bench.installation, engineer, "rtu-1", {"berta", password}));
    ASSERT_TRUE(kept("rtu-1"));
    EXPECT_EQ(kept("rtu-1")->user, "berta");
    EXPECT_EQ(kept("rtu-1")->password, password);
    EXPECT_FALSE(kept("rtu-2"));
    EXPECT_EQ(fs::status(key).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_FALSE(keep_import_credentials(bench.installation, engineer, "nobody", {"a", "b"}));
}

TEST_F(ImportCredentialsKept, CannotBeMovedToAnotherConnectorNorReadByAnotherKey) {
    ASSERT_TRUE(keep_import_credentials(bench.installation, engineer, "rtu-1", {"berta", "secret"}));
    bench.database.handle().exec("UPDATE import_credential SET connector = 'rtu-2'");
    EXPECT_FALSE(kept_import_credentials(bench.installation, "rtu-2"));
    bench.database.handle().exec("UPDATE import_credential SET connector = 'rtu-1'");
    EXPECT_TRUE(kept_import_credentials(bench.installation, "rtu-1"));
    fs::remove(key);
    EXPECT_FALSE(kept_import_credentials(bench.installation, "rtu-1")) << "no key";
    std::ofstream(key) << std::string(32, 'k');
    EXPECT_FALSE(kept_import_credentials(bench.installation, "rtu-1")) << "another key";
}

TEST_F(ImportCredentialsKept, GoWithTheirConnectorAndStayWhenItIsChanged) {
    ASSERT_TRUE(keep_import_credentials(bench.installation, engineer, "rtu-1", {"berta", "secret"}));
    ConnectorChange change;
    change.name = "North";
    ASSERT_TRUE(change_connector(bench.installation, engineer, "rtu-1", change));
    EXPECT_TRUE(kept("rtu-1"));
    ASSERT_TRUE(remove_connector(bench.installation, engineer, "rtu-1"));
    EXPECT_EQ(bench.database.handle().execAndGet("SELECT count(*) FROM import_credential").getInt(), 0);
}

}  // namespace
}  // namespace busbar::manage
