#include "files/incoming_file.hpp"

#include "files/folder_bench.hpp"

namespace busbar::files::test {
namespace {

class Incoming : public FolderBench {
protected:
    std::size_t files_in_folder() const {
        const std::filesystem::directory_iterator entries(path);
        return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
    }
};

TEST_F(Incoming, IsThereWholeOrNotAtAll) {
    write("a", "old");
    {
        auto file = IncomingFile::create(path, "a");
        ASSERT_TRUE(file);
        ASSERT_TRUE(file->write(0, octets_of("new text")));
        EXPECT_EQ(read("a"), "old");
    }
    EXPECT_EQ(read("a"), "old");
    EXPECT_EQ(files_in_folder(), 1u) << "what was begun is gone";
    auto file = IncomingFile::create(path, "a");
    ASSERT_TRUE(file->write(0, octets_of("wrong, and too long")));
    ASSERT_TRUE(file->write(0, octets_of("new")));
    ASSERT_TRUE(file->write(3, octets_of(" text")));
    ASSERT_TRUE(file->finish(8));
    EXPECT_EQ(read("a"), "new text");
    EXPECT_EQ(files_in_folder(), 1u);
}

TEST_F(Incoming, TakesThePlaceOfOneThatAKilledProcessLeft) {
    write(".a.part", "half");
    auto file = IncomingFile::create(path, "a");
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->finish(0));
    EXPECT_EQ(read("a"), "");
    EXPECT_EQ(files_in_folder(), 1u);
}

TEST_F(Incoming, StaysInItsFolder) {
    for (const auto* name : {"../a", "/tmp/a", "", ".a", "b/c"})
        EXPECT_THAT(IncomingFile::create(path, name).error().what, testing::HasSubstr("is not a file name")) << name;
    std::filesystem::create_symlink("/etc/passwd", path / ".a.part");
    ASSERT_TRUE(IncomingFile::create(path, "a")) << "the link is removed, not followed";
    EXPECT_FALSE(IncomingFile::create(path / "none", "a"));
}

}  // namespace
}  // namespace busbar::files::test
