#include "files/served_folder.hpp"

#include <sys/stat.h>

#include "files/file_name.hpp"
#include "files/folder_bench.hpp"

namespace busbar::files::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Folder : public FolderBench {
protected:
    /// "number name" of each.
    std::vector<std::string> appeared(ServedFolder& folder) {
        std::vector<std::string> words;
        const auto changes = folder.look(now);
        for (const auto& file : changes->appeared) words.push_back(std::to_string(file.number) + " " + file.name);
        return words;
    }
};

TEST_F(Folder, NumbersFilesByNameAndKeepsTheNumbers) {
    write("b", "2");
    write("a", "1");
    ServedFolder folder(path, {.longest = 100});
    EXPECT_THAT(appeared(folder), ElementsAre("1 a", "2 b"));
    EXPECT_THAT(appeared(folder), IsEmpty());
    write("aa", "3");
    EXPECT_THAT(appeared(folder), ElementsAre("3 aa"));
    std::filesystem::remove(path / "a");
    EXPECT_THAT(appeared(folder), IsEmpty());
    write("c", "4");
    EXPECT_THAT(appeared(folder), ElementsAre("4 c")) << "number 1 was another file's a moment ago";
}

TEST_F(Folder, GivesNumbersAgainOnlyWhenAllWereGiven) {
    ServedFolder folder(path, {.longest = 100, .most = 2});
    write("a", "1");
    appeared(folder);
    write("b", "1");
    appeared(folder);
    write("c", "1");
    const auto changes = folder.look(now);
    EXPECT_THAT(changes->appeared, IsEmpty());
    EXPECT_THAT(changes->left_out, ElementsAre("c: there are too many files"));
    EXPECT_THAT(folder.look(now)->left_out, IsEmpty()) << "told once";
    std::filesystem::remove(path / "a");
    EXPECT_THAT(appeared(folder), ElementsAre("1 c"));
}

TEST_F(Folder, WaitsForAFileThatIsBeingWritten) {
    now -= 1h;
    write("a", "1");
    ServedFolder folder(path, {.longest = 100});
    EXPECT_THAT(appeared(folder), IsEmpty());
    EXPECT_THAT(appeared(folder), ElementsAre("1 a")) << "it was the same at the look before";
    write("a", "12");
    EXPECT_THAT(appeared(folder), IsEmpty());
    EXPECT_EQ(folder.open(1).error().what, "has changed");
    now += 1h;
    EXPECT_THAT(appeared(folder), ElementsAre("1 a")) << "changed: it is told again";
}

TEST_F(Folder, SeesNothingButPlainFiles) {
    write(".hidden", "1");
    write("long", std::string(101, 'x'));
    write("line\nfeed", "1");
    std::filesystem::create_directory(path / "folder");
    std::filesystem::create_symlink("/etc/passwd", path / "link");
    ASSERT_EQ(::mkfifo((path / "pipe").c_str(), 0600), 0);
    ServedFolder folder(path, {.longest = 100});
    const auto changes = folder.look(now);
    EXPECT_THAT(changes->appeared, IsEmpty());
    EXPECT_THAT(changes->left_out,
                testing::UnorderedElementsAre("folder: it is not a regular file", "link: it is not a regular file",
                                              "pipe: it is not a regular file", "long: it is too long",
                                              "line?feed: its name is too long or has control characters"));
}

TEST_F(Folder, DoesNotFollowALinkThatTookAFilesPlace) {
    write("a", "1");
    ServedFolder folder(path, {.longest = 100});
    appeared(folder);
    std::filesystem::remove(path / "a");
    std::filesystem::create_symlink("/etc/passwd", path / "a");
    EXPECT_FALSE(folder.open(1));
}

TEST_F(Folder, SaysWhatIsWrongWithTheFolder) {
    ServedFolder folder(path / "none", {.longest = 100});
    EXPECT_EQ(folder.look(now).error().what, (path / "none").string() + ": No such file or directory");
    EXPECT_EQ(folder.open(1).error().what, "there is no such file");
}

TEST_F(Folder, ReadsPiecesAndNoticesAChange) {
    write("a", "0123456789");
    ServedFolder folder(path, {.longest = 100});
    appeared(folder);
    const auto file = folder.open(1);
    ASSERT_TRUE(file);
    std::array<Octet, 4> piece{};
    ASSERT_TRUE(file->read(6, piece));
    EXPECT_TRUE(std::ranges::equal(piece, octets_of("6789")));
    EXPECT_EQ(file->read(8, piece).error().what, "has become shorter");
    write("a", "0123456780");
    EXPECT_EQ(file->read(0, piece).error().what, "has changed");
}

TEST_F(Folder, DeletesAFile) {
    write("a", "1");
    ServedFolder folder(path, {.longest = 100});
    appeared(folder);
    ASSERT_TRUE(folder.remove(1));
    EXPECT_FALSE(std::filesystem::exists(path / "a"));
    EXPECT_FALSE(folder.remove(1));
    EXPECT_THAT(folder.look(now)->gone, IsEmpty());
}

TEST(FileName, StaysInItsFolder) {
    for (const auto* name : {"", ".", "..", ".hidden", "a/b", "/etc/passwd", "../a", "a\nb", "a\x7f"})
        EXPECT_FALSE(is_plain_name(name)) << name;
    EXPECT_FALSE(is_plain_name(std::string(201, 'a')));
    EXPECT_FALSE(is_plain_name(std::string_view("a\0b", 3)));
    for (const auto* name : {"a", "Störung 7.cfg", "a..b", "-"}) EXPECT_TRUE(is_plain_name(name)) << name;
}

TEST(FileName, IsShownSafely) {
    EXPECT_EQ(printable("Störung\x1b[2J"), "Störung?[2J");
    EXPECT_EQ(printable("\xff\xc3"), "??");
}

}  // namespace
}  // namespace busbar::files::test
