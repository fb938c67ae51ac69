#include "iec104/file_bench.hpp"

namespace busbar::iec104::test {
namespace {

ControlledFileRules loading() {
    ControlledFileRules rules;
    rules.allow_load = true;
    return rules;
}

const std::string file_is_ready = "78 01 0D 00 01 00 11 00 00 01 00 03 00 00 00";
const std::string section_is_ready = "79 01 0D 00 01 00 11 00 00 01 00 01 03 00 00 00";
const std::string segment = "7D 01 0D 00 01 00 11 00 00 01 00 01 03 AA BB CC";

TEST(ControlledFileLoads, TakesAFileThatIsLoaded) {
    FileBench bench(loading());
    EXPECT_EQ(bench.room.request(file_is_ready), "7A 01 0D 00 01 00 11 00 00 01 00 00 02");
    EXPECT_EQ(bench.room.request(section_is_ready), "7A 01 0D 00 01 00 11 00 00 01 00 01 06");
    EXPECT_EQ(bench.room.request(segment), "");
    EXPECT_EQ(bench.room.request("7B 01 0D 00 01 00 11 00 00 01 00 01 03 31"),
              "7C 01 0D 00 01 00 11 00 00 01 00 01 03");
    EXPECT_FALSE(bench.shelf.stored[first_file]);
    EXPECT_EQ(bench.room.request("7B 01 0D 00 01 00 11 00 00 01 00 00 01 31"),
              "7C 01 0D 00 01 00 11 00 00 01 00 00 01");
    EXPECT_EQ(bench.shelf.happened(), "received complete");
    EXPECT_TRUE(bench.shelf.stored[first_file]);
    EXPECT_EQ(bench.shelf.received[first_file], (OctetBuffer{0xaa, 0xbb, 0xcc}));
}

TEST(ControlledFileLoads, Case135_RefusesASectionWithAWrongChecksumWithError2) {
    FileBench bench(loading());
    bench.room.request(file_is_ready);
    bench.room.request(section_is_ready);
    bench.room.request(segment);
    EXPECT_EQ(bench.room.request("7B 01 0D 00 01 00 11 00 00 01 00 01 03 32"),
              "7C 01 0D 00 01 00 11 00 00 01 00 01 24");
    EXPECT_EQ(bench.room.request(section_is_ready), "7A 01 0D 00 01 00 11 00 00 01 00 01 06") << "once more";
    bench.room.request(segment);
    EXPECT_EQ(bench.room.request("7B 01 0D 00 01 00 11 00 00 01 00 01 03 31"),
              "7C 01 0D 00 01 00 11 00 00 01 00 01 03");
    EXPECT_EQ(bench.room.request("7B 01 0D 00 01 00 11 00 00 01 00 00 01 32"), "7C 01 0D 00 01 00 11 00 00 01 00 00 22")
        << "of the whole file: AFQ 2, error 2";
    EXPECT_EQ(bench.shelf.happened(), "received: the checksum of the file is wrong");
    EXPECT_FALSE(bench.shelf.stored[first_file]);
}

TEST(ControlledFileLoads, AcknowledgesALoadedFileOnlyWhenItIsStored) {
    FileBench bench(loading());
    bench.shelf.cannot_store = true;
    bench.room.request(file_is_ready);
    bench.room.request(section_is_ready);
    bench.room.request(segment);
    bench.room.request("7B 01 0D 00 01 00 11 00 00 01 00 01 03 31");
    EXPECT_EQ(bench.room.request("7B 01 0D 00 01 00 11 00 00 01 00 00 01 31"), "7C 01 0D 00 01 00 11 00 00 01 00 00 12")
        << "AFQ 2, error 1";
    EXPECT_EQ(bench.shelf.happened(), "received: the disk is full");
}

TEST(ControlledFileLoads, RefusesALoadThatIsTooLongOrNotAllowed) {
    FileBench refusing;
    EXPECT_EQ(refusing.room.request(file_is_ready), "78 01 6C 00 01 00 11 00 00 01 00 03 00 00 00") << "44";
    auto rules = loading();
    rules.longest = 2;
    FileBench bench(rules);
    EXPECT_EQ(bench.room.request(file_is_ready), "7A 01 0D 00 01 00 11 00 00 01 00 00 13") << "SCQ 3, no memory";
    EXPECT_EQ(bench.room.request(section_is_ready), "7A 01 0D 00 01 00 11 00 00 01 00 01 33");
}

TEST(ControlledFileLoads, AbortsALoadThatBringsMoreThanWasAnnounced) {
    FileBench bench(loading());
    bench.room.request(file_is_ready);
    bench.room.request(section_is_ready);
    bench.room.request(segment);
    EXPECT_EQ(bench.room.request("7D 01 0D 00 01 00 11 00 00 01 00 01 01 DD"),
              "7A 01 0D 00 01 00 11 00 00 01 00 00 03");
    EXPECT_EQ(bench.shelf.happened(), "received: section 1 has more octets than announced");
}

TEST(ControlledFileLoads, DoNothingToAStationInTest) {
    auto rules = loading();
    rules.allow_delete = true;
    FileBench bench(rules);
    bench.add_quietly(first_file, {1});
    EXPECT_EQ(bench.room.request("7A 01 8D 00 01 00 11 00 00 01 00 00 04"),
              "78 01 8D 00 01 00 11 00 00 01 00 00 00 00 80")
        << "deletion";
    EXPECT_EQ(bench.room.request("78 01 8D 00 01 00 11 00 00 01 00 03 00 00 00"),
              "7A 01 8D 00 01 00 11 00 00 01 00 00 33")
        << "load";
}

}  // namespace
}  // namespace busbar::iec104::test
