#include "iec104/controlling_bench.hpp"
#include "iec104/file_shelf.hpp"

namespace busbar::iec104::test {
namespace {

constexpr FileAddress first_file{1, 17, 1};

// What the station says.
const std::string ready = "78 01 0D 00 01 00 11 00 00 01 00 06 00 00 00";
const std::string first_section = "79 01 0D 00 01 00 11 00 00 01 00 01 03 00 00 00";
const std::string first_segment = "7D 01 0D 00 01 00 11 00 00 01 00 01 03 01 02 03";
const std::string first_end = "7B 01 0D 00 01 00 11 00 00 01 00 01 03 06";
const std::string second_section = "79 01 0D 00 01 00 11 00 00 01 00 02 03 00 00 00";
const std::string second_segment = "7D 01 0D 00 01 00 11 00 00 01 00 02 03 04 05 06";
const std::string second_end = "7B 01 0D 00 01 00 11 00 00 01 00 02 03 0F";
const std::string file_end = "7B 01 0D 00 01 00 11 00 00 01 00 00 01 15";
// What it hears.
const std::string select = "7A 01 0D 00 01 00 11 00 00 01 00 00 01";
const std::string request_file = "7A 01 0D 00 01 00 11 00 00 01 00 00 02";
const std::string deactivate = "7A 01 0D 00 01 00 11 00 00 01 00 00 03";
const std::string request_first = "7A 01 0D 00 01 00 11 00 00 01 00 01 06";
const std::string request_second = "7A 01 0D 00 01 00 11 00 00 01 00 02 06";
const std::string accept_first = "7C 01 0D 00 01 00 11 00 00 01 00 01 03";
const std::string accept_second = "7C 01 0D 00 01 00 11 00 00 01 00 02 03";
const std::string accept_file = "7C 01 0D 00 01 00 11 00 00 01 00 00 01";

/// A controlling session that has started data transfer, and the owner of its files.
class FileBench : public ControllingBench {
public:
    explicit FileBench(const ControllingConfig& config = quiet_config()) : ControllingBench(config) {
        on_file = [this](const FileEvent& event) { shelf.handle(event, session.files()); };
        start();
    }
    static ControllingConfig quiet_config() {
        ControllingConfig config;
        config.interrogate_on_start = false;
        return config;
    }
    void fetch() { ASSERT_TRUE(session.files()->fetch(first_file)); }

    FileShelf shelf;
};

struct Step {
    std::string heard;  // what the session has said before
    std::string said;   // what the station says then
};
const std::vector<Step> fetching{{select, ready},  {request_file, first_section},  {request_first, first_segment},
                                 {"", first_end},  {accept_first, second_section}, {request_second, second_segment},
                                 {"", second_end}, {accept_second, file_end},      {accept_file, ""}};

void run(FileBench& bench, std::size_t steps) {
    bench.fetch();
    for (std::size_t i = 0; i < steps; ++i) {
        EXPECT_EQ(bench.sent(), fetching[i].heard) << "step " << i;
        if (!fetching[i].said.empty()) bench.receive(fetching[i].said);
    }
}

TEST(ControllingFiles, FetchesAFileStepByStep) {
    FileBench bench;
    run(bench, fetching.size());
    EXPECT_EQ(bench.shelf.happened(), "received complete");
    EXPECT_EQ(bench.shelf.received[first_file], (OctetBuffer{1, 2, 3, 4, 5, 6}));
    EXPECT_TRUE(bench.shelf.stored[first_file]);
    EXPECT_EQ(bench.events(), "") << "a file is not process information";
}

TEST(ControllingFiles, Case157_EachStepMissingInTurnEndsTheFetchAndTheNextOneWorks) {
    for (std::size_t missing = 0; missing + 1 < fetching.size(); ++missing) {
        FileBench bench;
        run(bench, missing);
        EXPECT_EQ(bench.sent(), fetching[missing].heard);
        bench.advance(9900ms);
        EXPECT_EQ(bench.shelf.happened(), "") << "step " << missing;
        bench.advance(200ms);
        EXPECT_THAT(bench.shelf.happened(), ::testing::EndsWith("did not come in time")) << "step " << missing;
        EXPECT_EQ(bench.sent(), deactivate) << "step " << missing;
        EXPECT_FALSE(bench.shelf.stored[first_file]);

        if (!fetching[missing].said.empty()) bench.receive(fetching[missing].said);
        EXPECT_EQ(bench.sent(), "") << "it comes too late";
        run(bench, fetching.size());
        EXPECT_EQ(bench.shelf.happened(), "received complete") << "step " << missing;
        EXPECT_EQ(bench.shelf.received[first_file], (OctetBuffer{1, 2, 3, 4, 5, 6}));
    }
}

TEST(ControllingFiles, Case157_TheConnectionLostAtEachStepForgetsTheTransfer) {
    for (std::size_t step = 0; step < fetching.size() - 1; ++step) {
        FileBench bench;
        run(bench, step);
        bench.session.close("lost");
        bench.receive_frames("");
        EXPECT_EQ(bench.shelf.happened(), "received: data transfer has ended") << "step " << step;
        EXPECT_EQ(bench.session.files(), nullptr);
    }
}

TEST(ControllingFiles, AsksForADamagedSectionAgain) {
    FileBench bench;
    run(bench, 3);
    bench.receive("7B 01 0D 00 01 00 11 00 00 01 00 01 03 07");
    EXPECT_EQ(bench.sent(), "7C 01 0D 00 01 00 11 00 00 01 00 01 24") << "AFQ 4, error 2";
    bench.receive(first_section);
    EXPECT_EQ(bench.sent(), request_first);
    bench.receive({first_segment, first_end});
    EXPECT_EQ(bench.sent(), accept_first);
    EXPECT_EQ(bench.shelf.received[first_file], (OctetBuffer{1, 2, 3}));
}

TEST(ControllingFiles, RefusesASectionThatLacksOctets) {
    FileBench bench;
    run(bench, 2);
    bench.receive({"7D 01 0D 00 01 00 11 00 00 01 00 01 02 01 05", first_end});
    EXPECT_EQ(bench.sent(), request_first + " | 7C 01 0D 00 01 00 11 00 00 01 00 01 24") << "though the sum is right";
}

TEST(ControllingFiles, GivesUpASectionThatStaysDamaged) {
    FileBench bench;
    run(bench, 1);
    for (int repeat = 0; repeat < 4; ++repeat) {
        bench.receive(first_section);
        bench.receive({first_segment, "7B 01 0D 00 01 00 11 00 00 01 00 01 03 07"});
    }
    EXPECT_EQ(bench.shelf.happened(), "received: section 1 came damaged again and again");
    EXPECT_THAT(bench.sent(), ::testing::EndsWith("7A 01 0D 00 01 00 11 00 00 01 00 00 23"));
}

TEST(ControllingFiles, RefusesAFileThatEndsTooEarlyOrWithAWrongChecksum) {
    for (const auto& end : {"7B 01 0D 00 01 00 11 00 00 01 00 00 01 16", "7B 01 0D 00 01 00 11 00 00 01 00 00 01 06"}) {
        FileBench bench;
        run(bench, end == std::string("7B 01 0D 00 01 00 11 00 00 01 00 00 01 16") ? 7 : 4);
        bench.sent();
        bench.receive(end);
        EXPECT_EQ(bench.sent(), "7C 01 0D 00 01 00 11 00 00 01 00 00 22") << "AFQ 2, error 2";
        EXPECT_FALSE(bench.shelf.stored[first_file]);
    }
}

struct Answer {
    const char* said;
    const char* reason;
    const char* heard;
};

TEST(ControllingFiles, TellWhyTheStationRefused) {
    for (const Answer& answer :
         {Answer{"78 01 0D 00 01 00 11 00 00 01 00 00 00 00 80", "refused by the station: the file is not ready", ""},
          Answer{"7A 01 6C 00 01 00 11 00 00 01 00 00 01", "refused by the peer with cause 44", ""},
          Answer{"7A 01 6F 00 01 00 11 00 00 01 00 00 01", "refused by the peer with cause 47", ""},
          Answer{"7A 01 0D 00 01 00 11 00 00 01 00 00 31", "refused by the peer: unexpected service",
                 "7A 01 0D 00 01 00 11 00 00 01 00 00 03"},
          Answer{"78 01 0D 00 01 00 11 00 00 01 00 FF FF FF 00", "16777215 octets are more than are taken",
                 "7A 01 0D 00 01 00 11 00 00 01 00 00 13"}}) {
        FileBench bench;
        run(bench, 0);
        EXPECT_EQ(bench.sent(), select);
        bench.receive(answer.said);
        EXPECT_EQ(bench.shelf.happened(), std::string("received: ") + answer.reason);
        EXPECT_EQ(bench.sent(), answer.heard);
        EXPECT_EQ(bench.events(), "");
    }
}

TEST(ControllingFiles, NoticesThatTheStationAborts) {
    FileBench bench;
    run(bench, 3);
    bench.receive("7B 01 0D 00 01 00 11 00 00 01 00 01 02 00");
    EXPECT_EQ(bench.shelf.happened(), "received: the peer aborted the file");
    EXPECT_EQ(bench.sent(), "");
}

TEST(ControllingFiles, AcknowledgesAFileOnlyWhenItIsStored) {
    FileBench bench;
    bench.shelf.cannot_store = true;
    run(bench, 8);
    EXPECT_EQ(bench.sent(), "7C 01 0D 00 01 00 11 00 00 01 00 00 12");
    EXPECT_EQ(bench.shelf.happened(), "received: the disk is full");
}

TEST(ControllingFiles, TakesWhatBelongsToNoTransferForNothing) {
    FileBench bench;
    bench.receive({first_segment, file_end, ready});
    EXPECT_EQ(bench.sent(), "");
    EXPECT_EQ(bench.events(), "");
    EXPECT_EQ(bench.session.counters().file_ignored, 3u);
}

TEST(ControllingFiles, TransferOneFileAtATime) {
    FileBench bench;
    bench.fetch();
    EXPECT_EQ(bench.session.files()->fetch({1, 18, 1}).error().what, "a file is being transferred already");
    EXPECT_EQ(bench.session.files()->fetch({1, 0, 1}).error().what, "ioa: 0 is no file's address");
}

// --- send

TEST(ControllingFiles, SendsAFileStepByStep) {
    FileBench bench;
    bench.shelf.files[first_file] = {0xaa, 0xbb, 0xcc};
    ASSERT_TRUE(bench.session.files()->send(first_file, 3));
    EXPECT_EQ(bench.sent(), "78 01 0D 00 01 00 11 00 00 01 00 03 00 00 00");
    bench.receive(request_file);
    EXPECT_EQ(bench.sent(), "79 01 0D 00 01 00 11 00 00 01 00 01 03 00 00 00");
    bench.receive(request_first);
    EXPECT_EQ(bench.sent(),
              "7D 01 0D 00 01 00 11 00 00 01 00 01 03 AA BB CC | 7B 01 0D 00 01 00 11 00 00 01 00 01 03 31");
    bench.receive(accept_first);
    EXPECT_EQ(bench.sent(), "7B 01 0D 00 01 00 11 00 00 01 00 00 01 31");
    bench.receive(accept_file);
    EXPECT_EQ(bench.shelf.happened(), "sent complete");
}

TEST(ControllingFiles, SegmentsLeaveRoomForACommand) {
    FileBench bench;
    bench.shelf.files[first_file] = FileShelf::contents(20'000);
    ASSERT_TRUE(bench.session.files()->send(first_file, 20'000));
    bench.sent();
    bench.receive(request_file);
    bench.sent();
    bench.receive(request_first);
    bench.sent();
    EXPECT_EQ(bench.session.link().window(), 3u);
    EXPECT_TRUE(bench.session.send_now(octets_of(command), bench.now));
}

TEST(ControllingFiles, TellWhyAFileWasNotTaken) {
    for (const Answer& answer :
         {Answer{"78 01 6C 00 01 00 11 00 00 01 00 03 00 00 00", "refused by the peer with cause 44", ""},
          Answer{"7A 01 0D 00 01 00 11 00 00 01 00 00 13", "deactivated by the peer: no memory",
                 "7B 01 0D 00 01 00 11 00 00 01 00 00 02 00"},
          Answer{"7C 01 0D 00 01 00 11 00 00 01 00 00 12", "the peer refused the file: no memory", ""}}) {
        FileBench bench;
        bench.shelf.files[first_file] = {1, 2, 3};
        ASSERT_TRUE(bench.session.files()->send(first_file, 3));
        bench.sent();
        bench.receive(answer.said);
        EXPECT_EQ(bench.shelf.happened(), std::string("sent: ") + answer.reason);
        EXPECT_EQ(bench.sent(), answer.heard);
    }
}

// --- directory

TEST(ControllingFiles, CallsTheDirectory) {
    FileBench bench;
    ASSERT_TRUE(bench.session.files()->call_directory(1));
    EXPECT_EQ(bench.sent(), "7A 01 05 00 01 00 00 00 00 00 00 00 00");
    const std::string first = "7E 81 05 00 01 00 11 00 00 01 00 40 01 00 00 AB 87 2D 09 15 0B 1A";
    const std::string last = "7E 81 05 00 01 00 13 00 00 01 00 40 01 00 20 AB 87 2D 09 15 0B 1A";
    bench.receive(first);
    EXPECT_EQ(bench.shelf.happened(), "directory " + first);
    EXPECT_FALSE(bench.session.files()->call_directory(1));
    bench.receive(last);
    EXPECT_EQ(bench.shelf.happened(), "directory " + last + "; directory of 1 complete");
    EXPECT_TRUE(bench.session.files()->call_directory(1));
}

TEST(ControllingFiles, Case157_ADirectoryThatDoesNotEndIsGivenUp) {
    FileBench bench;
    ASSERT_TRUE(bench.session.files()->call_directory(1));
    bench.sent();
    bench.advance(10s);
    EXPECT_EQ(bench.shelf.happened(), "directory of 1: the last entry of the directory did not come in time");
    ASSERT_TRUE(bench.session.files()->call_directory(1));
    bench.sent();
    bench.receive("7A 01 6C 00 01 00 00 00 00 00 00 00 00");
    EXPECT_EQ(bench.shelf.happened(), "directory of 1: refused by the station with cause 44");
}

TEST(ControllingFiles, TellOfNewFiles) {
    FileBench bench;
    const std::string announcement = "7E 81 03 00 01 00 11 00 00 01 00 40 01 00 20 AB 87 2D 09 15 0B 1A";
    bench.receive(announcement);
    EXPECT_EQ(bench.shelf.happened(), "directory " + announcement);
    EXPECT_EQ(bench.session.counters().file_ignored, 0u);
}

}  // namespace
}  // namespace busbar::iec104::test
