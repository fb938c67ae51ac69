#include "iec104/file_bench.hpp"

namespace busbar::iec104::test {
namespace {

// What a control room says about it: type, VSQ, cause 13, OA, CA 1, IOA 17, NOF 1, NOS, qualifier.
const std::string select = "7A 01 0D 00 01 00 11 00 00 01 00 00 01";
const std::string request_file = "7A 01 0D 00 01 00 11 00 00 01 00 00 02";
std::string request_section(unsigned number) {
    return "7A 01 0D 00 01 00 11 00 00 01 00 " + hex(std::array{static_cast<Octet>(number)}) + " 06";
}
std::string acknowledge_section(unsigned number) {
    return "7C 01 0D 00 01 00 11 00 00 01 00 " + hex(std::array{static_cast<Octet>(number)}) + " 03";
}
const std::string acknowledge_file = "7C 01 0D 00 01 00 11 00 00 01 00 00 01";
const std::string directory_call = "7A 01 05 00 01 00 00 00 00 00 00 00 00";

std::string checksum(Octets octets) { return hex(std::array{checksum_of(octets)}); }
std::string lof(std::size_t octets) {
    return hex(
        std::array{static_cast<Octet>(octets), static_cast<Octet>(octets >> 8), static_cast<Octet>(octets >> 16)});
}

// --- fetch

TEST(ControlledFiles, Case130_SendsAFileOfOneSectionStepByStep) {
    FileBench bench;
    bench.add_quietly(first_file, {0xaa, 0xbb, 0xcc});
    EXPECT_EQ(bench.room.request(select), "78 01 0D 00 01 00 11 00 00 01 00 03 00 00 00");
    EXPECT_EQ(bench.room.request(request_file), "79 01 0D 00 01 00 11 00 00 01 00 01 03 00 00 00");
    EXPECT_EQ(bench.room.request(request_section(1)),
              "7D 01 0D 00 01 00 11 00 00 01 00 01 03 AA BB CC | 7B 01 0D 00 01 00 11 00 00 01 00 01 03 31");
    EXPECT_EQ(bench.room.request(acknowledge_section(1)), "7B 01 0D 00 01 00 11 00 00 01 00 00 01 31");
    EXPECT_EQ(bench.room.request(acknowledge_file), "");
    EXPECT_EQ(bench.shelf.happened(), "sent complete");
}

TEST(ControlledFiles, Case130_SendsAnEmptyFileAsOneEmptySection) {
    FileBench bench;
    bench.add_quietly(first_file, {});
    EXPECT_EQ(bench.room.request(select), "78 01 0D 00 01 00 11 00 00 01 00 00 00 00 00");
    EXPECT_EQ(bench.room.request(request_file), "79 01 0D 00 01 00 11 00 00 01 00 01 00 00 00 00");
    EXPECT_EQ(bench.room.request(request_section(1)), "7B 01 0D 00 01 00 11 00 00 01 00 01 03 00");
    EXPECT_EQ(bench.room.request(acknowledge_section(1)), "7B 01 0D 00 01 00 11 00 00 01 00 00 01 00");
    bench.room.request(acknowledge_file);
    EXPECT_EQ(bench.shelf.happened(), "sent complete");
}

TEST(ControlledFiles, Case130_CutsSegmentsAtTheLongestAsdu) {
    FileBench bench;
    const auto contents = FileShelf::contents(237);
    bench.add_quietly(first_file, contents);
    bench.room.request(select);
    bench.room.request(request_file);
    const auto asdus = bench.room.request_all(request_section(1));
    ASSERT_EQ(asdus.size(), 3u);
    EXPECT_EQ(octets_of(asdus[0]).size(), 249u);
    EXPECT_EQ(octets_of(asdus[1]).size(), 14u);
    EXPECT_EQ(bench.data_of(asdus), contents);
}

TEST(ControlledFiles, Case130_SendsThreeSectionsEachWithItsChecksum) {
    ControlledFileRules rules;
    rules.section_octets = 1000;
    FileBench bench(rules);
    const auto contents = FileShelf::contents(2500);
    bench.add_quietly(first_file, contents);
    bench.room.request(select);
    std::string announced = bench.room.request(request_file);
    OctetBuffer data;
    for (unsigned section = 1; section <= 3; ++section) {
        const Octets expected = Octets(contents).subspan((section - 1) * 1000, section == 3 ? 500 : 1000);
        const std::string number = hex(std::array{static_cast<Octet>(section)});
        EXPECT_EQ(announced, "79 01 0D 00 01 00 11 00 00 01 00 " + number + " " + lof(expected.size()) + " 00");
        const auto asdus = bench.room.request_all(request_section(section));
        EXPECT_EQ(asdus.back(), "7B 01 0D 00 01 00 11 00 00 01 00 " + number + " 03 " + checksum(expected));
        for (const Octet octet : bench.data_of(asdus)) data.push_back(octet);
        announced = bench.room.request(acknowledge_section(section));
    }
    EXPECT_EQ(announced, "7B 01 0D 00 01 00 11 00 00 01 00 00 01 " + checksum(contents));
    EXPECT_EQ(data, contents);
    bench.room.request(acknowledge_file);
    EXPECT_EQ(bench.shelf.happened(), "sent complete");
}

TEST(ControlledFiles, Case131_RepeatsTheSectionThatWasRefusedAndNoOther) {
    ControlledFileRules rules;
    rules.section_octets = 4;
    FileBench bench(rules);
    bench.add_quietly(first_file, {1, 2, 3, 4, 5, 6, 7, 8});
    bench.room.request(select);
    bench.room.request(request_file);
    bench.room.request(request_section(1));
    bench.room.request(acknowledge_section(1));
    const auto once = bench.room.request(request_section(2));
    EXPECT_EQ(bench.room.request("7C 01 0D 00 01 00 11 00 00 01 00 02 24"),
              "79 01 0D 00 01 00 11 00 00 01 00 02 04 00 00 00");
    EXPECT_EQ(bench.ask(request_section(2)), once);
    EXPECT_EQ(bench.ask(acknowledge_section(2)), "7B 01 0D 00 01 00 11 00 00 01 00 00 01 24");
    EXPECT_EQ(bench.shelf.octets_read, 8u) << "a section that is repeated lies in memory";
}

TEST(ControlledFiles, Case131_GivesUpAfterThreeRepeats) {
    FileBench bench;
    bench.add_quietly(first_file, {1});
    bench.room.request(select);
    bench.room.request(request_file);
    for (int repeat = 0; repeat < 4; ++repeat) {
        bench.ask(request_section(1));
        const auto answer = bench.ask("7C 01 0D 00 01 00 11 00 00 01 00 01 24");
        EXPECT_EQ(answer.substr(0, 2), repeat < 3 ? "79" : "7B");
    }
    EXPECT_EQ(bench.shelf.happened(), "sent: the peer refused section 1 again and again: checksum");
}

// --- refusals

TEST(ControlledFiles, Case132_RefusesWhatIsNotThere) {
    FileBench bench;
    bench.add_quietly(first_file, {1});
    EXPECT_EQ(bench.room.request("7A 01 0D 00 01 00 12 00 00 01 00 00 01"), "7A 01 6F 00 01 00 12 00 00 01 00 00 01")
        << "no file has this address: 47";
    EXPECT_EQ(bench.room.request("7A 01 0D 00 01 00 11 00 00 02 00 00 01"),
              "78 01 0D 00 01 00 11 00 00 02 00 00 00 00 80")
        << "the file there has another name: 120, negative";
    bench.shelf.files.clear();
    EXPECT_EQ(bench.room.request(select), "78 01 0D 00 01 00 11 00 00 01 00 00 00 00 80") << "gone meanwhile";
    EXPECT_EQ(bench.room.request("7A 01 0D 00 02 00 11 00 00 01 00 00 01"), "7A 01 6E 00 02 00 11 00 00 01 00 00 01");
}

TEST(ControlledFiles, Case132_AnswersASecondRequestOfTheFileWithError3AndGoesOn) {
    FileBench bench;
    bench.add_quietly(first_file, {1, 2});
    bench.room.request(select);
    const auto section_ready = bench.room.request(request_file);
    EXPECT_EQ(section_ready.substr(0, 2), "79");
    EXPECT_EQ(bench.room.request(request_file), "7A 01 0D 00 01 00 11 00 00 01 00 00 32");
    EXPECT_EQ(bench.ask(request_section(1)).substr(0, 2), "7D") << "the transfer is where it was";
    EXPECT_EQ(bench.ask(acknowledge_section(1)).substr(0, 2), "7B");
}

TEST(ControlledFiles, Case132_AnswersACallThatComesWithoutSelectionWithError3) {
    FileBench bench;
    bench.add_quietly(first_file, {1});
    EXPECT_EQ(bench.room.request(request_file), "7A 01 0D 00 01 00 11 00 00 01 00 00 32");
    EXPECT_EQ(bench.room.request(request_section(1)), "7A 01 0D 00 01 00 11 00 00 01 00 01 36");
    bench.room.request(select);
    EXPECT_EQ(bench.room.request(request_section(1)), "7A 01 0D 00 01 00 11 00 00 01 00 01 36");
    bench.room.request(request_file);
    EXPECT_EQ(bench.room.request(request_section(2)), "7A 01 0D 00 01 00 11 00 00 01 00 02 56") << "unexpected section";
    EXPECT_EQ(bench.room.request("7A 01 0D 00 01 00 12 00 00 01 00 00 02"), "7A 01 0D 00 01 00 12 00 00 01 00 00 42")
        << "unexpected file";
    EXPECT_EQ(bench.room.request(request_section(1)).substr(0, 2), "7D") << "none of this has harmed the transfer";
}

TEST(ControlledFiles, Case132_AbortInASectionEndsTheTransferAndItCanStartAgain) {
    FileBench bench;
    bench.add_quietly(first_file, FileShelf::contents(5000));
    bench.room.request(select);
    bench.room.request(request_file);
    bench.room.request(request_section(1));
    bench.room.read_all(bench.room.request("7A 01 0D 00 01 00 11 00 00 01 00 00 03"));
    EXPECT_EQ(bench.shelf.happened(), "sent: deactivated by the peer");
    EXPECT_EQ(bench.room.request(select), "78 01 0D 00 01 00 11 00 00 01 00 88 13 00 00");
}

TEST(ControlledFiles, Case132_AnAbortedSectionCanBeRequestedAgain) {
    FileBench bench;
    const auto contents = FileShelf::contents(5000);
    bench.add_quietly(first_file, contents);
    bench.room.request(select);
    bench.room.request(request_file);
    bench.room.request(request_section(1));
    const auto rest = bench.room.request_all("7A 01 0D 00 01 00 11 00 00 01 00 01 07");
    EXPECT_EQ(rest.back().substr(0, 38), "7B 01 0D 00 01 00 11 00 00 01 00 01 04") << "123, LSQ 4";
    EXPECT_EQ(bench.data_of(bench.room.request_all(request_section(1))), contents);
}

TEST(ControlledFiles, EndsATransferWhoseFileChanged) {
    ControlledFileRules rules;
    rules.section_octets = 2;
    FileBench bench(rules);
    bench.add_quietly(first_file, {1, 2, 3});
    bench.room.request(select);
    bench.room.request(request_file);
    bench.room.request(request_section(1));
    bench.shelf.cannot_read = true;
    EXPECT_EQ(bench.room.request(acknowledge_section(1)), "7B 01 0D 00 01 00 11 00 00 01 00 00 02 03") << "LSQ 2";
    EXPECT_EQ(bench.shelf.happened(), "sent: the file changed");
}

TEST(ControlledFiles, SendsAFileToOneControlRoomAtATime) {
    FileBench bench;
    bench.add_quietly(first_file, {1});
    bench.add_quietly({1, 18, 1}, {2});
    ControlRoom second = bench.connect(bench.group("other"));
    bench.serve(second);
    second.start();
    bench.room.request(select);
    EXPECT_EQ(second.request(select), "78 01 0D 00 01 00 11 00 00 01 00 00 00 00 80");
    EXPECT_EQ(bench.room.request("7A 01 0D 00 01 00 12 00 00 01 00 00 01"),
              "78 01 0D 00 01 00 12 00 00 01 00 00 00 00 80")
        << "and one file at a time to a control room";
    bench.room.acknowledge();
    bench.room.receive(stopdt_act);
    EXPECT_EQ(bench.shelf.happened(), "sent: data transfer has ended");
    EXPECT_EQ(second.request(select), "78 01 0D 00 01 00 11 00 00 01 00 01 00 00 00");
}

TEST(ControlledFiles, BeginsAnewWhenTheFileIsSelectedAgain) {
    FileBench bench;
    bench.add_quietly(first_file, {1});
    bench.room.request(select);
    bench.room.request(request_file);
    EXPECT_EQ(bench.room.request(select), "78 01 0D 00 01 00 11 00 00 01 00 01 00 00 00");
    EXPECT_EQ(bench.shelf.happened(), "sent: selected anew");
    EXPECT_EQ(bench.room.request(request_file), "79 01 0D 00 01 00 11 00 00 01 00 01 01 00 00 00");
    ControlRoom second = bench.connect(bench.group("other"));
    bench.serve(second);
    second.start();
    EXPECT_EQ(second.request(select), "78 01 0D 00 01 00 11 00 00 01 00 00 00 00 80") << "it is still being sent";
}

TEST(ControlledFiles, AbortsWhenTheControlRoomFallsSilent) {
    const std::vector<std::string> steps{select, request_file, request_section(1), acknowledge_section(1)};
    for (std::size_t said = 1; said <= steps.size(); ++said) {
        FileBench bench;
        bench.add_quietly(first_file, {1});
        for (std::size_t step = 0; step < said; ++step) bench.room.request(steps[step]);
        bench.advance(9s);
        EXPECT_EQ(bench.room.acknowledge(), "");
        bench.advance(1s);
        EXPECT_EQ(bench.room.sent().substr(0, 38), "7B 01 0D 00 01 00 11 00 00 01 00 00 02") << said << " steps";
        EXPECT_THAT(bench.shelf.happened(), ::testing::EndsWith("did not come in time"));
        EXPECT_EQ(bench.room.request(select).substr(0, 2), "78");
    }
}

TEST(ControlledFiles, DeletesOnlyWhereThatIsAllowed) {
    const std::string remove = "7A 01 0D 00 01 00 11 00 00 01 00 00 04";
    FileBench bench;
    bench.add_quietly(first_file, {1});
    EXPECT_EQ(bench.room.request(remove), "78 01 0D 00 01 00 11 00 00 01 00 00 00 00 80");
    EXPECT_EQ(bench.shelf.files.size(), 1u);

    ControlledFileRules rules;
    rules.allow_delete = true;
    FileBench allowed(rules);
    allowed.add_quietly(first_file, {1});
    allowed.room.request(select);
    EXPECT_EQ(allowed.room.request(remove), "78 01 0D 00 01 00 11 00 00 01 00 00 00 00 80") << "it is being sent";
    allowed.room.request("7A 01 0D 00 01 00 11 00 00 01 00 00 03");
    EXPECT_EQ(allowed.room.request(remove), "78 01 0D 00 01 00 11 00 00 01 00 00 00 00 00");
    EXPECT_TRUE(allowed.shelf.files.empty());
    EXPECT_EQ(allowed.room.request(select).substr(0, 5), "7A 01") << "47: it is no more";
}

TEST(ControlledFiles, AreRefusedWith44WhereThereIsNoFileTransfer) {
    ControlledBench bench;
    bench.value({.ioa = 1});
    ControlRoom room = bench.connect_and_start();
    EXPECT_EQ(room.request(select), "");
    EXPECT_EQ(room.events(), "command " + select) << "the owner refuses it";
    EXPECT_EQ(room.session->files(), nullptr);
}

// --- directory

TEST(ControlledFiles, Case133_DirectoryWithoutAFileIsOneEntryWithoutAName) {
    FileBench bench;
    EXPECT_EQ(bench.room.request(directory_call), "7E 81 05 00 01 00 00 00 00 00 00 00 00 00 20 00 00 80 00 01 01 00");
}

TEST(ControlledFiles, Case133_DirectoryNamesTheLastFile) {
    FileBench bench;
    bench.add_quietly(first_file, OctetBuffer(320));
    EXPECT_EQ(bench.room.request(directory_call), "7E 81 05 00 01 00 11 00 00 01 00 40 01 00 20 AB 87 2D 09 15 0B 1A");
    bench.room.request(select);
    EXPECT_EQ(bench.room.request(directory_call), "7E 81 05 00 01 00 11 00 00 01 00 40 01 00 A0 AB 87 2D 09 15 0B 1A")
        << "FA: it is being transferred";
}

TEST(ControlledFiles, Case133_DirectoryOf40FilesAtAddressesInARowTakesThreeAsdus) {
    FileBench bench;
    for (Ioa ioa = 1; ioa <= 40; ++ioa) bench.add_quietly({1, ioa, 1}, {1});
    const auto asdus = bench.room.request_all(directory_call);
    ASSERT_EQ(asdus.size(), 3u);
    unsigned entries = 0;
    for (const auto& asdu : asdus) {
        const auto octets = octets_of(asdu);
        EXPECT_TRUE(octets[1] & 0x80) << "SQ 1";
        const unsigned count = octets[1] & 0x7f;
        EXPECT_EQ(octets[6], entries + 1) << "the address of its first entry";
        for (unsigned entry = 0; entry < count; ++entry)
            EXPECT_EQ(octets[9 + entry * 13 + 5] & 0x20, ++entries == 40 ? 0x20 : 0) << "LFD of entry " << entries;
    }
    EXPECT_EQ(entries, 40u);
}

TEST(ControlledFiles, Case133_DirectoryBeginsAnotherAsduWhereAnAddressIsLeftOut) {
    FileBench bench;
    bench.add_quietly({1, 3, 1}, {1});
    bench.add_quietly({1, 5, 2}, {1, 2});
    EXPECT_EQ(bench.room.request(directory_call),
              "7E 81 05 00 01 00 03 00 00 01 00 01 00 00 00 AB 87 2D 09 15 0B 1A | "
              "7E 81 05 00 01 00 05 00 00 02 00 02 00 00 20 AB 87 2D 09 15 0B 1A");
}

TEST(ControlledFiles, Case133_CallsTheDirectoryOfTheStationOnly) {
    FileBench bench;
    EXPECT_EQ(bench.room.request("7A 01 05 00 01 00 01 00 00 00 00 00 00"), "7A 01 6F 00 01 00 01 00 00 00 00 00 00")
        << "IOA 1: 47";
}

TEST(ControlledFiles, AnnouncesANewFileUntilItIsAcknowledged) {
    FileBench bench;
    const std::string announcement = "7E 81 03 00 01 00 11 00 00 01 00 01 00 00 20 AB 87 2D 09 15 0B 1A";
    bench.add(first_file, {1});
    EXPECT_EQ(bench.room.sent(), announcement);
    bench.room.receive(stopdt_act);
    bench.room.acknowledge(0);
    bench.room.session->close("lost");
    EXPECT_EQ(bench.room.session->link().state(), TransferState::closed);

    ControlRoom again = bench.connect(bench.room.session->group());
    bench.serve(again);
    EXPECT_EQ(again.start(), std::string(startdt_con) + " | " + announcement);
    again.acknowledge();
    ControlRoom third = bench.connect(bench.room.session->group());
    EXPECT_EQ(third.start(), startdt_con);
    ControlRoom newcomer = bench.connect(bench.group("newcomer"));
    EXPECT_EQ(newcomer.start(), startdt_con) << "what was there before is for its directory";
}

// --- order and priority

/// Its first section is on the way: as many segments as the window takes.
void send_section(FileBench& bench) {
    bench.add_quietly(first_file, FileShelf::contents(20'000));
    bench.room.request(select);
    bench.room.request(request_file);
    bench.room.acknowledge();
    bench.room.request(request_section(1));
}

TEST(ControlledFiles, Case134_AnEventOvertakesAllSegmentsThatHaveNotLeft) {
    FileBench bench;
    send_section(bench);
    const unsigned segments = bench.room.received();
    bench.event({.ioa = 5});
    EXPECT_EQ(bench.room.sent(), "01 01 03 00 01 00 05 00 00 01") << "the window has room for it";
    EXPECT_EQ(bench.room.received(), segments + 1);
    for (int i = 0; i < 3; ++i) bench.event({.ioa = 6});
    const auto more = bench.room.acknowledge();
    EXPECT_EQ(more.substr(0, 23), "01 01 03 00 01 00 06 00") << "events first, then segments";
}

TEST(ControlledFiles, Case134_SegmentsLeaveRoomInTheWindowButNoLessThanW) {
    FileBench bench;
    send_section(bench);
    const LinkConfig link;
    EXPECT_EQ(bench.room.session->link().window(), 3u);
    EXPECT_GT(link.k - bench.room.session->link().window(), link.w);
}

}  // namespace
}  // namespace busbar::iec104::test
