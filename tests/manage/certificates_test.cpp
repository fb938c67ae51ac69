#include "manage/actions/certificates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "config/file.hpp"
#include "manage/installation_bench.hpp"
#include "support/certificates.hpp"

namespace busbar::manage {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Actor admin{"anna", Role::admin, "127.0.0.1"};

std::string pem(const std::string& path) { return config::read_file(path, 1 << 20).value(); }

struct Bench : InstallationBench {
    std::string put(const std::string& name, const std::string& octets) {
        const auto done = put_certificate_file(installation, admin, name, octets);
        return done ? "written" : done.error().detail;
    }
};

TEST(Certificates, AreWrittenAndListedAndKeysStayInside) {
    const tests::TemporaryFolder made;
    const auto files = tests::make_certificates(made.path(), "IP:127.0.0.1");
    Bench bench;
    EXPECT_EQ(bench.put("rtu.pem", pem(files.certificate)), "written");
    EXPECT_EQ(bench.put("rtu.key", pem(files.key)), "written");
    const auto all = certificate_files(bench.installation);
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].name, "rtu.key");
    EXPECT_TRUE(all[0].file->entries.empty());
    EXPECT_EQ(all[1].file->entries.size(), 1u);
    EXPECT_TRUE(all[1].file->entries[0].fingerprint.starts_with("sha256:"));
    struct stat about {};
    ASSERT_EQ(stat(all[0].path.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0600u);
}

TEST(Certificates, WhatMakesNoSenseIsRefused) {
    const tests::TemporaryFolder made;
    const auto files = tests::make_certificates(made.path(), "IP:127.0.0.1");
    const auto certificate = pem(files.certificate), key = pem(files.key);
    Bench bench;
    EXPECT_THAT(bench.put("a.pem", "nonsense"), HasSubstr("is no PEM file"));
    EXPECT_THAT(bench.put("a.pem", ""), HasSubstr("is no PEM file"));
    EXPECT_THAT(bench.put("a.pem", certificate + key), HasSubstr("several kinds"));
    EXPECT_THAT(bench.put("a.key", key + key), HasSubstr("several keys"));
    EXPECT_THAT(bench.put("a.pem", key), HasSubstr("ends in .key"));
    EXPECT_THAT(bench.put("a.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
                HasSubstr("damaged"));
    for (const char* name : {"../a.pem", "a/b.pem", ".a.pem", "a.txt", ".pem", "a b.pem", ""})
        EXPECT_THAT(bench.put(name, certificate), HasSubstr("a name is")) << name;
    EXPECT_TRUE(certificate_files(bench.installation).empty());
}

TEST(Certificates, OneThatIsUsedStays) {
    const tests::TemporaryFolder made;
    const auto files = tests::make_certificates(made.path(), "IP:127.0.0.1");
    Bench bench;
    bench.put("rtu.pem", pem(files.certificate));
    bench.put("rtu.key", pem(files.key));
    const auto path = certificate_files(bench.installation)[1].path;
    ConnectorRow row;
    row.id = "rtu-1";
    row.kind = client_kind;
    row.stopped = true;
    row.config = R"({"network":{"host":"127.0.0.1","tls":{"certificate":")" + path + R"(","key":")" +
                 certificate_files(bench.installation)[0].path + R"(","ca":["/nonexistent/ca.pem"]}}})";
    const auto created = create_connector(bench.installation, admin, row);
    ASSERT_TRUE(created) << created.error().faults[0].what;
    EXPECT_EQ(remove_certificate_file(bench.installation, admin, "rtu.pem").error().code, "file_in_use");
    const auto all = certificate_files(bench.installation);
    ASSERT_EQ(all.size(), 3u);
    EXPECT_THAT(all[1].used_by, ElementsAre("rtu-1"));
    EXPECT_EQ(all[2].name, "") << "one that lies elsewhere";
    EXPECT_THAT(all[2].fault, HasSubstr("/nonexistent/ca.pem"));
    ASSERT_TRUE(remove_connector(bench.installation, admin, "rtu-1"));
    EXPECT_TRUE(remove_certificate_file(bench.installation, admin, "rtu.pem"));
    EXPECT_EQ(remove_certificate_file(bench.installation, admin, "rtu.pem").error().code, "no_such_file");
}

}  // namespace
}  // namespace busbar::manage
