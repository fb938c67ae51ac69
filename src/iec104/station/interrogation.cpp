#include "iec104/station/interrogation.hpp"

#include <algorithm>

namespace busbar::iec104 {

using iec60870::AsduView;
using iec60870::AsduWriter;

namespace {

constexpr TypeId counter_interrogation = 101;
constexpr Octet station_qualifier = 20, last_group_qualifier = 36;
constexpr Octet general_counter_request = 5;

}  // namespace

void set_common_address(std::span<Octet> asdu, CommonAddress common_address, const AsduFormat& format) {
    const std::size_t at = 2u + format.cause_size;
    asdu[at] = static_cast<Octet>(common_address);
    if (format.common_address_size > 1) asdu[at + 1] = static_cast<Octet>(common_address >> 8);
}

bool Interrogation::is_supported(TypeId type, Octet qualifier) {
    // C_CI: freezing (FRZ, bits 6-7) is no interrogation.
    if (type == counter_interrogation) return qualifier >= 1 && qualifier <= general_counter_request;
    return qualifier >= station_qualifier && qualifier <= last_group_qualifier;
}

Interrogation::Interrogation(const AsduView& request, const AsduFormat& format, const FrozenCounters& frozen,
                             bool time_tags, CommonAddress first, bool confirmed)
    : format_(format),
      frozen_(&frozen),
      size_(static_cast<std::uint8_t>(request.octets().size())),
      type_(request.header().type),
      qualifier_(request[0].element[0]),
      test_(request.header().test),
      all_stations_(request.header().common_address == iec60870::all_stations),
      time_tags_(time_tags),
      originator_(request.header().originator),
      stage_(confirmed ? Stage::data : Stage::confirmation),
      scan_(first, selection(time_tags)) {
    std::copy(request.octets().begin(), request.octets().end(), request_.begin());
    set_common_address(request_, first, format_);
}

ScanSelection Interrogation::selection(bool time_tags) const {
    using Form = ScanSelection::Form;
    ScanSelection selection;
    selection.test = test_;
    selection.originator = originator_;
    if (type_ == counter_interrogation) {
        const bool general = qualifier_ == general_counter_request;
        selection.cause = general ? Cause::counter_general : static_cast<Cause>(37 + qualifier_);
        selection.counter_group = general ? 0 : qualifier_;
        selection.frozen = frozen_;
        selection.form = Form::as_stored;
    } else {
        selection.cause = static_cast<Cause>(qualifier_);
        if (qualifier_ != station_qualifier)
            selection.groups = static_cast<std::uint16_t>(1u << (qualifier_ - station_qualifier - 1));
        selection.form = time_tags ? Form::time_tagged : Form::base;
    }
    return selection;
}

bool Interrogation::covers(CommonAddress common_address) const {
    if (stage_ == Stage::over) return false;
    return all_stations_ ? common_address >= scan_.common_address() : common_address == scan_.common_address();
}

Octets Interrogation::answer(Cause cause, bool negative) {
    return iec60870::mirror(Octets(request_).first(size_), cause, negative, answer_, format_);
}

Interrogation::Result Interrogation::next(const ProcessImage& image, Position limit, AsduWriter& out, bool refused,
                                          TimePoint now) {
    switch (stage_) {
        case Stage::confirmation: {
            stage_ = Stage::data;
            const Octets confirmation = answer(Cause::activation_con, refused);
            if (refused) skip_station(image);
            return {Step::built, confirmation};
        }
        case Stage::data: {
            const auto step = scan_.next(image, limit, format_, out);
            if (step == ImageScan::Step::waiting) {
                if (!waiting_since_) waiting_since_ = now;
                return {Step::waiting, {}};
            }
            waiting_since_.reset();
            if (step == ImageScan::Step::built) return {Step::built, out.octets()};
            const Octets termination = answer(Cause::activation_term, false);
            skip_station(image);
            return {Step::built, termination};
        }
        case Stage::over: break;
    }
    return {Step::finished, {}};
}

void Interrogation::skip_station(const ProcessImage& image) {
    waiting_since_.reset();
    const auto station = all_stations_ ? image.next_station(scan_.common_address()) : std::nullopt;
    if (!station || *station > highest_station(format_)) {
        stage_ = Stage::over;
        return;
    }
    stage_ = Stage::confirmation;
    scan_ = ImageScan(*station, selection(time_tags_));
    set_common_address(request_, *station, format_);
}

std::size_t Interrogation::give_up_waiting() {
    waiting_since_.reset();
    return scan_.give_up_waiting();
}

}  // namespace busbar::iec104
