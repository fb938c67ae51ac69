#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "iec104/station/image_scan.hpp"
#include "iec104/station/process_image.hpp"

namespace busbar::iec104 {
namespace {

using ::testing::ElementsAre;

ObjectUpdate single_point(CommonAddress common_address, Ioa ioa, const Octet& state, std::uint64_t position = 0) {
    ObjectUpdate update;
    update.common_address = common_address;
    update.ioa = ioa;
    update.type = 1;
    update.element = Octets(&state, 1);
    update.position = {position, 0};
    return update;
}

void store(ProcessImage& image, CommonAddress common_address, Ioa ioa, std::uint64_t position = 0) {
    static constexpr Octet on = 1;
    image.store(single_point(common_address, ioa, on, position), *iec60870::find_type(1));
}

std::vector<Ioa> addresses(const StationImage& station, Ioa from = 0) {
    std::vector<Ioa> all;
    station.for_each_from(from, [&](const ImageObject& object) {
        all.push_back(object.ioa);
        return true;
    });
    return all;
}

class ImageOrder : public ::testing::TestWithParam<const char*> {};

TEST_P(ImageOrder, DoesNotMatter) {
    const std::string order = GetParam();
    std::vector<Ioa> wanted;
    for (Ioa ioa = 1; ioa <= 3000; ++ioa) wanted.push_back(ioa * 7 % 100003 + 1);
    if (order != "as they come") std::sort(wanted.begin(), wanted.end());
    if (order == "falling") std::reverse(wanted.begin(), wanted.end());

    StationImage station;
    for (const Ioa ioa : wanted) EXPECT_EQ(station.at(ioa).ioa, ioa);
    for (const Ioa ioa : wanted) {
        const ImageObject* object = station.find(ioa);
        ASSERT_NE(object, nullptr);
        EXPECT_EQ(object->ioa, ioa);
        EXPECT_EQ(&station.at(ioa), object) << "found, not created again";
    }
    auto sorted = wanted;
    std::sort(sorted.begin(), sorted.end());
    EXPECT_EQ(addresses(station), sorted);
    EXPECT_EQ(addresses(station, sorted[1234]).size(), sorted.size() - 1234);
    EXPECT_EQ(addresses(station, sorted[1234] + 1).size(), sorted.size() - 1235);
    EXPECT_EQ(station.find(sorted.back() + 1), nullptr);
    EXPECT_EQ(station.find(0), nullptr);
    EXPECT_LE(station.memory(), 96 * wanted.size());
}

INSTANTIATE_TEST_SUITE_P(Orders, ImageOrder, ::testing::Values("rising", "falling", "as they come"));

TEST(Image, BehavesAsASortedMapWhateverIsInsertedAndErased) {
    std::mt19937 random(7);
    StationImage station;
    std::map<Ioa, bool> model;
    for (int i = 0; i < 20000; ++i) {
        const Ioa ioa = 1 + static_cast<Ioa>(random() % 600);
        if (random() % 3 == 0) {
            EXPECT_EQ(station.erase(ioa), model.erase(ioa) > 0);
        } else {
            station.at(ioa);
            model[ioa];
        }
        EXPECT_EQ(station.find(ioa) != nullptr, model.contains(ioa));
        EXPECT_EQ(station.empty(), model.empty());
    }
    std::vector<Ioa> expected;
    for (const auto& [ioa, unused] : model) expected.push_back(ioa);
    EXPECT_EQ(addresses(station), expected);
}

TEST(Image, AMillionPointsStayWithinTheirMemory) {
    ProcessImage image;
    for (CommonAddress station = 1; station <= 10; ++station)
        for (Ioa ioa = 1; ioa <= 100'000; ++ioa) store(image, station, ioa);
    EXPECT_EQ(image.value_count(), 1'000'000u);
    EXPECT_LE(image.memory(), 96'000'000u);
    EXPECT_EQ(image.find(7, 77'777)->ioa, 77'777u);
}

TEST(Image, ScatteredPointsStayWithinTheirMemory) {
    ProcessImage image;
    std::mt19937 random(1);
    for (int i = 0; i < 100'000; ++i) store(image, 1, 1 + static_cast<Ioa>(random() % 0xFFFFFF));
    EXPECT_LE(image.memory(), 96 * image.value_count());
}

TEST(Image, HasTheStationsThatAreListedOrHaveAnObject) {
    ProcessImage image;
    const CommonAddress listed[] = {9, 3};
    image.set_stations(listed);
    store(image, 5, 1);
    EXPECT_EQ(image.next_station(0), 3);
    EXPECT_EQ(image.next_station(3), 5);
    EXPECT_EQ(image.next_station(5), 9);
    EXPECT_EQ(image.next_station(9), std::nullopt);
    image.erase(5, 1);
    EXPECT_EQ(image.station(5), nullptr);
    store(image, 9, 1);
    image.set_stations({});
    EXPECT_EQ(image.station(3), nullptr);
    EXPECT_NE(image.station(9), nullptr);
    image.clear();
    EXPECT_EQ(image.station_count(), 0u);
}

TEST(Image, AnObjectWithAttributesAloneHasNoValue) {
    ProcessImage image;
    image.at(1, 1).groups = 1;
    EXPECT_EQ(image.value_count(), 0u);
    store(image, 1, 1);
    EXPECT_EQ(image.value_count(), 1u);
    EXPECT_EQ(image.find(1, 1)->groups, 1u);
    image.erase(1, 1);
    EXPECT_EQ(image.value_count(), 0u);
}

/// The addresses of each ASDU of a scan; empty = it waits.
std::vector<std::vector<Ioa>> scan(ImageScan& walk, const ProcessImage& image, std::uint64_t limit) {
    std::vector<std::vector<Ioa>> asdus;
    iec60870::AsduWriter writer;
    while (walk.next(image, {limit, 0}, {}, writer) == ImageScan::Step::built) {
        asdus.emplace_back();
        const auto asdu = iec60870::AsduView::parse(writer.octets());
        for (const auto object : *asdu) asdus.back().push_back(object.ioa);
    }
    return asdus;
}

ImageScan station_scan() {
    ScanSelection selection;
    selection.cause = Cause::interrogated_by_station;
    return {1, selection};
}

TEST(ImageScan, WaitsForObjectsWhoseEventsAreOnTheirWay) {
    ProcessImage image;
    for (Ioa ioa = 1; ioa <= 6; ++ioa) store(image, 1, ioa, ioa);
    ImageScan walk = station_scan();
    EXPECT_THAT(scan(walk, image, 3), ElementsAre(ElementsAre(1, 2, 3)));
    EXPECT_THAT(scan(walk, image, 5), ElementsAre()) << "tried again when all of them may go";
    EXPECT_THAT(scan(walk, image, 6), ElementsAre(ElementsAre(4, 5, 6)));
    iec60870::AsduWriter writer;
    EXPECT_EQ(walk.next(image, {6, 0}, {}, writer), ImageScan::Step::finished);
}

TEST(ImageScan, WaitsLongerForAnObjectThatChangesMeanwhile) {
    ProcessImage image;
    for (Ioa ioa = 1; ioa <= 3; ++ioa) store(image, 1, ioa, 5);
    ImageScan walk = station_scan();
    EXPECT_THAT(scan(walk, image, 0), ElementsAre());
    store(image, 1, 2, 9);
    EXPECT_THAT(scan(walk, image, 5), ElementsAre(ElementsAre(1, 3)));
    EXPECT_THAT(scan(walk, image, 8), ElementsAre());
    EXPECT_THAT(scan(walk, image, 9), ElementsAre(ElementsAre(2)));
}

TEST(ImageScan, ForgetsAWaitingObjectThatIsRemoved) {
    ProcessImage image;
    for (Ioa ioa = 1; ioa <= 2; ++ioa) store(image, 1, ioa, 5);
    ImageScan walk = station_scan();
    scan(walk, image, 0);
    image.erase(1, 1);
    EXPECT_THAT(scan(walk, image, 5), ElementsAre(ElementsAre(2)));
}

TEST(ImageScan, RemembersABoundedNumberAndThenStandsStill) {
    ProcessImage image;
    for (Ioa ioa = 1; ioa <= 5000; ++ioa) store(image, 1, ioa, ioa <= 4000 ? 5 : 0);
    ImageScan walk = station_scan();
    EXPECT_THAT(scan(walk, image, 0), ElementsAre());
    std::size_t objects = 0;
    for (const auto& asdu : scan(walk, image, 5)) objects += asdu.size();
    EXPECT_EQ(objects, 5000u);
}

TEST(ImageScan, GivesUpOnlyWhatWaits) {
    ProcessImage image;
    for (Ioa ioa = 1; ioa <= 3000; ++ioa) store(image, 1, ioa, ioa <= 2000 ? 5 : 0);
    ImageScan walk = station_scan();
    std::size_t given_up = 0, objects = 0;
    for (int i = 0; i < 5; ++i) {
        for (const auto& asdu : scan(walk, image, 0)) objects += asdu.size();
        given_up += walk.give_up_waiting();
    }
    EXPECT_EQ(given_up, 2000u);
    EXPECT_EQ(objects, 1000u);
}

}  // namespace
}  // namespace busbar::iec104
