#include "iec104/station/request_check.hpp"

#include <array>

#include "iec60870/asdu/type_table.hpp"

namespace busbar::iec104 {

namespace {

constexpr TypeId interrogation = 100, counter_interrogation = 101, read = 102, clock = 103, test = 104, reset = 105,
                 delay = 106, test_with_time = 107, parameter_activation = 113, file_select = 122;

/// For these common address 65535 means every station (IEC 60870-5-101, 7.2.4).
bool may_address_all(TypeId type) {
    return type == interrogation || type == counter_interrogation || type == clock || type == reset;
}

bool addresses_station_itself(const iec60870::AsduView& request) {
    switch (request.header().type) {
        case interrogation:
        case counter_interrogation:
        case clock:
        case reset:
        case test_with_time: return true;
        case parameter_activation: return request[0].element[0] == 1;       // QPA 1: all loaded parameters
        case file_select: return request.header().cause == Cause::request;  // the directory
        default: return false;
    }
}

bool is_readable(const ImageObject* object) {
    if (object == nullptr || object->type == 0) return false;
    const auto* type = iec60870::find_type(object->base_type);
    return type != nullptr && type->permits(iec60870::Direction::monitor, Cause::request);
}

}  // namespace

bool is_request(TypeId type) {
    const auto* description = iec60870::find_type(type);
    // Test and delay without time tag are 101's own.
    return description != nullptr && description->control_causes != 0 && type != test && type != delay;
}

std::optional<Cause> refusal(const iec60870::AsduView& request, const ProcessImage& image, const AsduFormat& format) {
    const auto& header = request.header();
    if (!request.description()->permits(iec60870::Direction::control, header.cause)) return Cause::unknown_cause;

    const bool all = header.common_address == iec60870::all_stations;
    const bool known =
        all ? may_address_all(header.type)
            : header.common_address <= highest_station(format) && image.station(header.common_address) != nullptr;
    if (!known) return Cause::unknown_common_address;

    const Ioa ioa = request[0].ioa;
    if (addresses_station_itself(request) && ioa != 0) return Cause::unknown_ioa;
    if (header.type == read && !is_readable(image.find(header.common_address, ioa))) return Cause::unknown_ioa;
    return std::nullopt;
}

bool is_usable_time(Octets cp56) {
    constexpr std::array<unsigned, 13> days_of_month{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const unsigned milliseconds = cp56[0] | static_cast<unsigned>(cp56[1]) << 8;
    const unsigned minute = cp56[2] & 0x3f, hour = cp56[3] & 0x1f, day = cp56[4] & 0x1f;
    const unsigned month = cp56[5] & 0x0f, year = cp56[6] & 0x7f;
    const bool invalid = (cp56[2] & 0x80) != 0;
    if (invalid || milliseconds > 59999 || minute > 59 || hour > 23 || month < 1 || month > 12 || year > 99)
        return false;
    const bool leap_day = month == 2 && day == 29;
    return day >= 1 && day <= days_of_month[month] && (!leap_day || year % 4 == 0);
}

}  // namespace busbar::iec104
