// Any octets as an ASDU: no crash, objects inside their octets, and every bit survives point and JSON.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "connector/common/translate.hpp"
#include "iec60870/asdu/asdu.hpp"
#include "iec60870/asdu/cause_text.hpp"
#include "iec60870/asdu/visit.hpp"

namespace {

using namespace busbar;
using iec60870::AsduView;
using iec60870::InformationObject;

void check(bool good) {
    if (!good) std::abort();
}

const UtcTime received = parse_iso8601("2026-11-21T09:45:35Z").value();

void check_round_trip(const iec60870::TypeDescription& type, const InformationObject& object,
                      const connector::TimeZone& zone) {
    point::Point point;
    to_point(type, object, received, zone, point);
    char text[point::max_json_size];
    const auto again = point::read_json({text, write_json(text, point)});
    check(again.has_value());
    const auto element = from_point(type, *again, received, zone);
    check(element.has_value());
    const Octets written = element->view();
    check(std::equal(written.begin(), written.end(), object.element.begin()));
}

/// The same objects, packed again, are the same ASDU.
void check_writer(const AsduView& asdu, const iec60870::AsduFormat& format) {
    iec60870::AsduWriter writer(format);
    writer.start(asdu.header());
    for (const InformationObject object : asdu) check(writer.add(object.ioa, object.element));
    const Octets written = writer.octets();
    check(std::equal(written.begin(), written.end(), asdu.octets().begin(), asdu.octets().end()));
}

void walk(const AsduView& asdu) {
    unsigned fields = 0;
    for (const InformationObject object : asdu) {
        check(object.element.data() >= asdu.octets().data());
        check(object.element.data() + object.element.size() <= asdu.octets().data() + asdu.octets().size());
        check(iec60870::visit_element(asdu.header().type, object.element, [&](auto, const auto&) { ++fields; }));
    }
    check(fields == asdu.size() * asdu.description()->fields.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    iec60870::AsduFormat format;
    format.cause_size = static_cast<std::uint8_t>(1 + (data[0] & 1));
    format.common_address_size = static_cast<std::uint8_t>(1 + (data[0] >> 1 & 1));
    format.ioa_size = static_cast<std::uint8_t>(1 + (data[0] >> 2 & 3) % 3);
    static const connector::TimeZone berlin = connector::TimeZone::find("Europe/Berlin").value();
    const Octets octets(data + 1, size - 1);

    if (const auto header = AsduView::parse_header(octets, format)) check(!cause_text(header->cause).empty());
    const auto sent = AsduView::parse(octets, format, iec60870::Counting::sent);
    if (sent && sent->description()) walk(*sent);
    const auto asdu = AsduView::parse(octets, format);
    if (!asdu || !asdu->description()) return 0;
    check(sent.has_value() && sent->size() == asdu->size());
    check_writer(*asdu, format);
    for (const InformationObject object : *asdu) {
        check_round_trip(*asdu->description(), object, data[0] & 16 ? berlin : connector::TimeZone{});
    }
    return 0;
}
