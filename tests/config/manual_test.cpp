#include "config/manual.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "config/file.hpp"
#include "support/source_dir.hpp"

namespace busbar::config {
namespace {

/// A part of a guide that is made from the table of options: what stands between "<!-- MARK -->" and "<!-- end -->".
struct Generated {
    std::string file, mark, text;
};

const std::vector<Generated>& generated_parts() {
    static const std::vector<Generated> parts{
        {"configuration.md", "members iec104-server", manual_of_members(Document::iec104_server)},
        {"configuration.md", "members iec104-client", manual_of_members(Document::iec104_client)},
        {"configuration.md", "members iec102-client", manual_of_members(Document::iec102_client)},
        {"configuration.md", "members mapping", manual_of_members(Document::mapping)},
        {"configuration.md", "members store", manual_of_members(Document::store_start)},
        {"command-line.md", "flags iec104-server", manual_of_flags(Document::iec104_server_start)},
        {"command-line.md", "flags iec104-client", manual_of_flags(Document::iec104_client_start)},
        {"command-line.md", "flags iec102-client", manual_of_flags(Document::iec102_client_start)},
    };
    return parts;
}

/// Writes the parts anew if BUSBAR_UPDATE_MANUAL is set; otherwise the guide has to be true as it stands.
TEST(Manual, SaysWhatTheTableOfOptionsSays) {
    for (const Generated& part : generated_parts()) {
        SCOPED_TRACE(part.mark);
        const std::filesystem::path file = std::filesystem::path(tests::source_dir) / "docs" / "guide" / part.file;
        std::string guide = read_file(file.string(), 1 << 20).value();
        const std::string begin = "<!-- " + part.mark + " -->\n";
        const std::size_t start = guide.find(begin);
        ASSERT_NE(start, std::string::npos);
        const std::size_t end = guide.find("<!-- end -->", start);
        ASSERT_NE(end, std::string::npos);
        const std::size_t text_start = start + begin.size();
        if (std::getenv("BUSBAR_UPDATE_MANUAL"))
            std::ofstream(file) << guide.replace(text_start, end - text_start, part.text + "\n");
        else
            EXPECT_EQ(guide.substr(text_start, end - text_start), part.text + "\n")
                << "run with BUSBAR_UPDATE_MANUAL=1";
    }
}

}  // namespace
}  // namespace busbar::config
