#include "iec60870/asdu/asdu.hpp"

#include <gtest/gtest.h>

#include <string>

#include "iec60870/asdu/type_table.hpp"
#include "iec60870/asdu/visit.hpp"

namespace busbar::iec60870 {
namespace {

using namespace std::string_literals;

OctetBuffer hex(std::string_view text) { return from_hex(text).value(); }

/// "1234:01 1235:00": what an ASDU carries.
std::string objects_of(const AsduView& asdu) {
    std::string text;
    for (const InformationObject object : asdu) {
        if (!text.empty()) text += ' ';
        text += std::to_string(object.ioa) + ":" + to_hex(object.element);
    }
    return text;
}

std::string objects_of(std::string_view text, const AsduFormat& format = {}) {
    const auto octets = hex(text);
    const auto asdu = AsduView::parse(octets, format);
    return asdu ? objects_of(*asdu) : "octet " + std::to_string(asdu.error().at) + ": " + asdu.error().what;
}

TEST(AsduView, ReadsTheHeader) {
    const auto octets = hex("2d 01 c7 0c 29 01 8a 13 00 81");
    const AsduView asdu = AsduView::parse(octets).value();
    const AsduHeader expected{.type = 45,
                              .sequence = false,
                              .count = 1,
                              .cause = Cause::activation_con,
                              .negative = true,
                              .test = true,
                              .originator = 12,
                              .common_address = 297};
    EXPECT_EQ(asdu.header(), expected);
    EXPECT_EQ(asdu.description()->name, "C_SC_NA_1");
    EXPECT_EQ(objects_of(asdu), "5002:81");
}

TEST(AsduView, SingleObjectsHaveEachAnAddress) {
    EXPECT_EQ(objects_of("01 02 03 00 01 00  0a 00 00 01  0f ff ff 80"), "10:01 16776975:80");
}

TEST(AsduView, SequencesCountTheAddressOn) {
    EXPECT_EQ(objects_of("09 83 14 00 01 00  fe 00 00  00 80 00  ff 7f 01  00 40 00"),
              "254:008000 255:ff7f01 256:004000");
}

TEST(AsduView, DirectoriesComeInBothForms) {
    const auto file = "01 00 10 00 00 21 00 00 00 00 01 01 1a "s;
    EXPECT_EQ(objects_of("7e 01 05 00 01 00  01 00 00" + file), "1:0100100000210000000001011a");
    EXPECT_EQ(objects_of("7e 82 05 00 01 00  01 00 00" + file + file),
              "1:0100100000210000000001011a 2:0100100000210000000001011a");
}

TEST(AsduView, SegmentSaysItsOwnLength) {
    EXPECT_EQ(objects_of("7d 01 0d 00 01 00  05 00 00  01 00 01 03 aa bb cc"), "5:01000103aabbcc");
    EXPECT_EQ(objects_of("7d 01 0d 00 01 00  05 00 00  01 00 01 00"), "5:01000100");
    EXPECT_EQ(objects_of("7d 01 0d 00 01 00  05 00 00  01 00 01 03 aa bb"),
              "octet 15: type and VSQ need 10 octets, body has 9");
    EXPECT_EQ(objects_of("7d 01 0d 00 01 00  05 00 00  01 00 01 03 aa bb cc dd"),
              "octet 16: type and VSQ need 10 octets, body has 11");
    EXPECT_EQ(objects_of("7d 01 0d 00 01 00  05 00 00  01 00 01"), "octet 12: type and VSQ need 7 octets, body has 6");
}

TEST(AsduView, UnknownTypesPassAsOctets) {
    const auto octets = hex("96 01 06 00 29 00  89 13 00 01");
    const AsduView asdu = AsduView::parse(octets).value();
    EXPECT_EQ(asdu.header().type, 150);
    EXPECT_EQ(asdu.description(), nullptr);
    EXPECT_EQ(asdu.size(), 0u);
    EXPECT_EQ(to_hex(asdu.octets()), to_hex(octets));
    EXPECT_TRUE(AsduView::parse(hex("00 00 00 00 00 00")));
}

TEST(AsduView, SaysWhatIsWrongAtWhichOctet) {
    EXPECT_EQ(objects_of(""), "octet 0: ASDU ends inside its header of 6 octets");
    EXPECT_EQ(objects_of("01 01 03 00 01"), "octet 5: ASDU ends inside its header of 6 octets");
    EXPECT_EQ(objects_of("01 00 03 00 01 00"), "octet 1: VSQ counts no object");
    EXPECT_EQ(objects_of("01 80 03 00 01 00  01 00 00"), "octet 1: VSQ counts no object");
    EXPECT_EQ(objects_of("01 01 03 00 01 00  01 00 00"), "octet 9: type and VSQ need 4 octets, body has 3");
    EXPECT_EQ(objects_of("01 01 03 00 01 00  01 00 00 01 00"), "octet 10: type and VSQ need 4 octets, body has 5");
    EXPECT_EQ(objects_of("1e 81 03 00 01 00  01 00 00 01 00 00 00 00 01 01 00"),
              "octet 1: SQ = 1 is not allowed for type 30");
    EXPECT_EQ(objects_of("2d 81 06 00 01 00  01 00 00 01"), "octet 1: SQ = 1 is not allowed for type 45");
    EXPECT_EQ(objects_of("2d 02 06 00 01 00  01 00 00 01  02 00 00 01"),
              "octet 1: type 45 carries one object, VSQ counts 2");
    EXPECT_EQ(objects_of("01 82 03 00 01 00  ff ff ff 01 01"),
              "octet 6: the sequence runs past the greatest information object address");
    EXPECT_EQ(objects_of("01 82 03 00 01 00  fe ff ff 01 01"), "16777214:01 16777215:01");
}

TEST(AsduView, IsNeverLongerThanOneApduCanCarry) {
    OctetBuffer segment = hex("7d 01 0d 00 01 00  05 00 00  01 00 01 ec");
    segment.resize(249);
    EXPECT_TRUE(AsduView::parse(segment));
    segment[12] = 0xed;
    segment.resize(250);
    EXPECT_EQ(AsduView::parse(segment).error().at, 249u);
}

TEST(AsduView, SequenceIsRefusedExactlyWhereTheStandardForbidsIt) {
    for (const TypeDescription& type : all_types()) {
        OctetBuffer octets{type.id, 0x81, 3, 0, 1, 0, 1, 0, 0};
        octets.resize(octets.size() + type.size);
        EXPECT_EQ(AsduView::parse(octets).has_value(), type.sequence_allowed) << type.name;
    }
}

TEST(AsduView, ShowsWhatWasSentToThoseWhoAsk) {
    const auto commands = hex("2d 02 06 00 01 00  01 00 00 01  02 00 00 01");
    EXPECT_EQ(objects_of(AsduView::parse(commands, {}, Counting::sent).value()), "1:01 2:01");
    const auto sequence = hex("2d 82 06 00 01 00  01 00 00 01 00");
    EXPECT_EQ(objects_of(AsduView::parse(sequence, {}, Counting::sent).value()), "1:01 2:00");
    EXPECT_FALSE(AsduView::parse(hex("2d 00 06 00 01 00"), {}, Counting::sent));
    EXPECT_FALSE(AsduView::parse(hex("2d 02 06 00 01 00  01 00 00 01"), {}, Counting::sent));
}

TEST(AsduView, PackedProtectionEventsMayCarrySeveralObjects) {
    EXPECT_EQ(objects_of("12 02 03 00 01 00  01 00 00 15 00 60 ea ab 87 2d  02 00 00 15 00 60 ea ab 87 2d"),
              "1:150060eaab872d 2:150060eaab872d");
}

TEST(AsduView, FieldsMayBeShorterThanIn104) {
    const AsduFormat smallest{.cause_size = 1, .common_address_size = 1, .ioa_size = 1};
    const auto octets = hex("01 02 43 07  0a 01 0b 00");
    const AsduView asdu = AsduView::parse(octets, smallest).value();
    EXPECT_EQ(asdu.header().common_address, 7);
    EXPECT_EQ(asdu.header().originator, 0);
    EXPECT_TRUE(asdu.header().negative);
    EXPECT_EQ(objects_of(asdu), "10:01 11:00");
    EXPECT_EQ(objects_of("01 01 03 00 01  0a 01 01", {.common_address_size = 1, .ioa_size = 2}), "266:01");
    EXPECT_EQ(objects_of("01 82 03 07  ff 01 01", smallest),
              "octet 4: the sequence runs past the greatest information object address");
}

TEST(AsduView, OneOctetOfCommonAddressSaysAllStationsBy255) {
    const AsduFormat format{.common_address_size = 1};
    EXPECT_EQ(AsduView::parse_header(hex("64 01 06 00 ff"), format)->common_address, all_stations);
    EXPECT_EQ(AsduView::parse_header(hex("64 01 06 00 fe"), format)->common_address, 254);
}

TEST(Case141, EveryMonitorTypeWithOneObjectAndWithTheGreatestNumber) {
    for (const TypeDescription& type : all_types()) {
        if (type.id > 40) break;
        for (const bool sequence : {false, true}) {
            if (sequence && !type.sequence_allowed) continue;
            AsduWriter writer;
            writer.start({.type = type.id, .sequence = sequence, .cause = Cause::spontaneous, .common_address = 65534});
            OctetBuffer element(type.size);
            unsigned added = 0;
            for (;; ++added) {
                for (unsigned i = 0; i < type.size; ++i) element[i] = static_cast<Octet>(added + i);
                if (!writer.add(0x010203 + added, element)) break;
            }
            EXPECT_EQ(added, sequence             ? std::min(127u, 240u / type.size)
                             : type.max_count > 1 ? type.max_count
                                                  : 243u / (3u + type.size))
                << type.name;
            const AsduView asdu = AsduView::parse(writer.octets()).value();
            ASSERT_EQ(asdu.size(), added) << type.name;
            EXPECT_EQ(asdu.header().sequence, sequence);
            for (unsigned i = 0; i < added; ++i) {
                EXPECT_EQ(asdu[i].ioa, 0x010203 + i);
                ASSERT_EQ(asdu[i].element.size(), type.size);
                EXPECT_EQ(asdu[i].element.back(), static_cast<Octet>(i + type.size - 1u));
            }
        }
    }
}

TEST(Case129, SequenceOf127ObjectsIsOneAsduAnd128AreTwo) {
    const OctetBuffer on{0x01};
    for (const unsigned objects : {127u, 128u}) {
        AsduWriter writer;
        const AsduHeader header{
            .type = 1, .sequence = true, .cause = Cause::interrogated_by_station, .common_address = 1};
        writer.start(header);
        unsigned asdus = 1;
        for (unsigned i = 0; i < objects; ++i) {
            if (writer.add(100 + i, on)) continue;
            ++asdus;
            writer.start(header);
            ASSERT_TRUE(writer.add(100 + i, on));
        }
        EXPECT_EQ(asdus, objects == 127 ? 1u : 2u);
        EXPECT_EQ(AsduView::parse(writer.octets())->size(), objects == 127 ? 127u : 1u);
    }
}

TEST(AsduWriter, WritesHeaderAndObjects) {
    AsduWriter writer;
    writer.start({.type = 30,
                  .cause = Cause::return_remote,
                  .negative = true,
                  .test = true,
                  .originator = 7,
                  .common_address = 0x1234});
    EXPECT_TRUE(writer.empty());
    EXPECT_EQ(to_hex(writer.octets()), "1e00cb073412");
    ASSERT_TRUE(writer.add(0x030201, hex("01 ab 87 2d 09 15 0b 1a")));
    ASSERT_TRUE(writer.add(5, hex("00 ab 87 2d 09 15 0b 1a")));
    EXPECT_EQ(writer.header().count, 2);
    EXPECT_EQ(to_hex(writer.octets()), "1e02cb07341201020301ab872d09150b1a05000000ab872d09150b1a");
}

TEST(AsduWriter, SequenceTakesOnlyTheNextAddress) {
    AsduWriter writer;
    writer.start({.type = 1, .sequence = true, .cause = Cause::spontaneous, .common_address = 1});
    EXPECT_TRUE(writer.add(10, hex("01")));
    EXPECT_FALSE(writer.add(12, hex("01")));
    EXPECT_FALSE(writer.add(10, hex("01")));
    EXPECT_TRUE(writer.add(11, hex("00")));
    EXPECT_EQ(to_hex(writer.octets(), ' '), "01 82 03 00 01 00 0a 00 00 01 00");
}

TEST(AsduWriter, KeepsTheAgreedSizes) {
    AsduWriter writer{{.cause_size = 1, .common_address_size = 1, .ioa_size = 2, .max_size = 12}};
    writer.start({.type = 1, .cause = Cause::spontaneous, .originator = 9, .common_address = all_stations});
    EXPECT_TRUE(writer.add(0x0201, hex("01")));
    EXPECT_TRUE(writer.add(0x0202, hex("01")));
    EXPECT_FALSE(writer.add(0x0203, hex("01")));
    EXPECT_EQ(to_hex(writer.octets(), ' '), "01 02 03 ff 01 02 01 02 02 01");
}

TEST(AsduWriter, TypesOfOneObjectTakeOne) {
    AsduWriter writer;
    writer.start({.type = 45, .cause = Cause::activation, .common_address = 1});
    EXPECT_TRUE(writer.add(1, hex("01")));
    EXPECT_FALSE(writer.add(2, hex("01")));
    EXPECT_EQ(writer.header().count, 1);
}

TEST(AsduWriter, StartsOver) {
    AsduWriter writer;
    writer.start({.type = 1, .cause = Cause::spontaneous, .common_address = 1});
    writer.add(1, hex("01"));
    writer.start({.type = 102, .cause = Cause::request, .common_address = 2});
    EXPECT_TRUE(writer.empty());
    EXPECT_TRUE(writer.add(9, {}));
    EXPECT_EQ(to_hex(writer.octets(), ' '), "66 01 05 00 02 00 09 00 00");
}

TEST(Mirror, ChangesCauseAndSignOnly) {
    const auto command = hex("2d 01 86 0c 29 00 8a 13 00 81");
    std::array<Octet, 16> room{};
    EXPECT_EQ(to_hex(mirror(command, Cause::activation_con, false, room), ' '), "2d 01 87 0c 29 00 8a 13 00 81");
    EXPECT_EQ(to_hex(mirror(command, Cause::unknown_ioa, true, room), ' '), "2d 01 ef 0c 29 00 8a 13 00 81");
    // Whatever it is: an unknown type comes back octet for octet, and an old P/N does not survive a positive answer.
    EXPECT_EQ(to_hex(mirror(hex("ff 7f 46 00 01 00 de ad"), Cause::unknown_type, false, room), ' '),
              "ff 7f 2c 00 01 00 de ad");
}

TEST(VisitElement, OffersTypedFieldsOfATypeKnownAtRunTime) {
    std::string seen;
    const auto octets = hex("40 01 ab 87 2d 09 15 0b 1a");
    ASSERT_TRUE(visit_element(32, octets, [&](auto field, const auto& value) {
        if constexpr (field.symbol == "V") seen += "position " + std::to_string(value) + " ";
        if constexpr (field.key == "OV") seen += value ? "overflow " : "";
        if constexpr (field.key == "time") seen += "minute " + std::to_string(value.minute);
    }));
    EXPECT_EQ(seen, "position -64 overflow minute 45");
    EXPECT_FALSE(visit_element(32, Octets{octets}.first(8), [](auto, const auto&) {}));
    EXPECT_FALSE(visit_element(99, octets, [](auto, const auto&) {}));
    EXPECT_FALSE(visit_element(255, octets, [](auto, const auto&) {}));
}

TEST(ComposeElement, WritesWhatTheVisitorSets) {
    std::array<Octet, 24> out{};
    const unsigned size = compose_element(45, out, [](auto field, auto& value) {
        if constexpr (field.symbol == "SCS") value = true;
        if constexpr (field.symbol == "QU") value = 3;
    });
    EXPECT_EQ(to_hex({out.data(), size}), "0d");
    EXPECT_EQ(compose_element(200, out, [](auto, auto&) {}), 0u);
}

TEST(WithType, EveryNamedBitOfEveryTypeSurvivesAndNoOther) {
    for (const TypeDescription& type : all_types()) {
        const OctetBuffer ones(type.size, 0xff);
        unsigned size = 0, kept = 0, named = 0;
        ASSERT_TRUE(with_type(type.id, [&]<class R>(TypeOf<R>) {
            std::array<Octet, 24> out{};
            size = static_cast<unsigned>(encode_record(decode_record<R>(ones.data()), out.data()) - out.data());
            for (unsigned i = 0; i < size; ++i) kept += static_cast<unsigned>(std::popcount(out[i]));
        }));
        for (const FieldDescription& field : type.fields) named += field.width;
        // Inside a time tag the octets of month and year and the hour have 1 + 4 + 2 bits without a name.
        unsigned tags = 0;
        for (const FieldDescription& field : type.fields) tags += field.width == 56 ? 1u : 0u;
        EXPECT_EQ(size, type.size);
        EXPECT_EQ(kept, named - 7 * tags) << type.name;
    }
}

}  // namespace
}  // namespace busbar::iec60870
