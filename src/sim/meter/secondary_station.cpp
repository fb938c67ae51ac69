#include "sim/meter/secondary_station.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace busbar::sim {

using iec102::PrimaryControl;
using iec102::PrimaryFunction;
using iec102::SecondaryFunction;
using iec102::TypeId;

namespace {

std::string_view name_of_request(TypeId type) {
    switch (type) {
        case TypeId::start_session: return "login";
        case TypeId::end_session: return "logout";
        case TypeId::read_instantaneous_values: return "values";
        case TypeId::read_time:
        case TypeId::set_time: return "time";
        case TypeId::read_identification: return "identification";
        case TypeId::read_register_configuration: return "ratios";
        default: return HistoryRead::answers(type) ? "history" : "other";
    }
}

}  // namespace

SecondaryStation::SecondaryStation(SimMeterConfig config, SimMeter::Complain complain)
    : complain_(std::move(complain)),
      meter_(std::move(config), [this](const std::string& what) { this->complain(what); }) {}

void SecondaryStation::complain(const std::string& what) {
    ++counters_.violations;
    complain_(what);
}

MeterStep SecondaryStation::step(const iec102::Frame& frame) const {
    const std::uint16_t link = frame.link_address;
    switch (iec102::primary_control(frame.control).function) {
        case PrimaryFunction::reset_remote_link: return {"reset", false, link};
        case PrimaryFunction::request_status: return {"status", false, link};
        case PrimaryFunction::user_data:
            return {frame.asdu.empty() ? "other" : name_of_request(static_cast<TypeId>(frame.asdu[0])), false, link};
        default: return {name_of_request(request_type_), true, link};
    }
}

std::optional<OctetBuffer> SecondaryStation::receive(const iec102::Frame& frame, UtcTime at, const Struck& faults) {
    ++counters_.frames;
    const PrimaryControl control = iec102::primary_control(frame.control);
    check_counting(control);
    if (faults.has(MeterFaultKind::lose_session)) meter_.end_session();
    if (!control.frame_count_valid) return carry_out(frame, control, at, faults);
    if (is_repeat(frame, control)) {
        ++counters_.repeats;
        return last_answer_;
    }
    counting_ = true;
    frame_count_ = control.frame_count;
    last_request_ = iec102::encode_frame(frame);
    last_answer_ = carry_out(frame, control, at, faults);
    return last_answer_;
}

/// The same FCB is the same frame once more. A new frame under it is lost: what it asks is not done.
bool SecondaryStation::is_repeat(const iec102::Frame& frame, const PrimaryControl& control) {
    if (!counting_) return false;
    if (control.frame_count != frame_count_) return false;
    if (last_request_.empty()) {
        complain("FCB is 0 in the first frame after a reset");
        return false;
    }
    if (last_request_ != iec102::encode_frame(frame)) complain("FCB is not toggled in a new frame");
    return true;
}

void SecondaryStation::check_counting(const PrimaryControl& control) {
    const bool counts = iec102::counts_frames(control.function);
    if (counts && !control.frame_count_valid) complain("FCV is 0 in a frame that is counted");
    if (!counts && control.frame_count_valid) complain("FCV is 1 in a frame that is not counted");
    if (!control.frame_count_valid && control.frame_count) complain("FCB is 1 without FCV");
}

std::optional<OctetBuffer> SecondaryStation::carry_out(const iec102::Frame& frame, const PrimaryControl& control,
                                                       UtcTime at, const Struck& faults) {
    const bool busy = faults.has(MeterFaultKind::busy);
    switch (control.function) {
        case PrimaryFunction::reset_remote_link: return reset();
        case PrimaryFunction::request_status: return encode(SecondaryFunction::status_of_link, busy);
        case PrimaryFunction::user_data: return take_request(frame.asdu, at, faults);
        case PrimaryFunction::request_class_1: return encode(SecondaryFunction::no_data, busy);
        case PrimaryFunction::request_class_2: return hand_out(faults);
    }
    complain(fmt::format("function {} is none of a master", static_cast<unsigned>(control.function)));
    return std::nullopt;
}

OctetBuffer SecondaryStation::reset() {
    meter_.reset();
    counting_ = true;
    frame_count_ = false;
    last_request_.clear();
    last_answer_.reset();
    not_fetched_.reset();
    return encode(SecondaryFunction::ack, false);
}

std::optional<OctetBuffer> SecondaryStation::take_request(Octets asdu, UtcTime at, const Struck& faults) {
    ++counters_.requests;
    if (!asdu.empty()) request_type_ = static_cast<TypeId>(asdu[0]);
    not_fetched_.reset();
    const bool busy = faults.has(MeterFaultKind::busy);
    if (busy || faults.has(MeterFaultKind::nack)) return encode(SecondaryFunction::nack, busy);
    if (faults.has(MeterFaultKind::refuse) && !asdu.empty()) {
        not_fetched_ = mirrored(asdu, iec102::Cause::type_not_available);
        return encode(SecondaryFunction::ack, false);
    }
    const bool login = request_type_ == TypeId::start_session;
    const auto verdict = meter_.take(asdu, at);
    if (login && faults.has(MeterFaultKind::refuse_login)) meter_.end_session();
    if (login) ++(meter_.has_session() ? counters_.logins : counters_.refused_logins);
    if (verdict == SimMeter::Verdict::ignored) return std::nullopt;
    if (verdict == SimMeter::Verdict::refused) return encode(SecondaryFunction::nack, false);
    if (login && faults.has(MeterFaultKind::refuse_login)) {
        meter_.next_answer();
        not_fetched_ = mirrored(asdu, iec102::Cause::activation_con, true);
    }
    return encode(SecondaryFunction::ack, false);
}

OctetBuffer SecondaryStation::hand_out(const Struck& faults) {
    ++counters_.polls;
    const bool busy = faults.has(MeterFaultKind::busy);
    if (faults.has(MeterFaultKind::no_data)) return encode(SecondaryFunction::no_data, busy);
    if (faults.has(MeterFaultKind::stale) && !earlier_answer_.empty())
        return encode(SecondaryFunction::user_data, busy, std::exchange(earlier_answer_, {}));
    auto answer = not_fetched_ ? std::exchange(not_fetched_, std::nullopt) : meter_.next_answer();
    if (!answer) return encode(SecondaryFunction::no_data, busy);
    earlier_answer_ = *answer;
    return encode(SecondaryFunction::user_data, busy, *answer);
}

OctetBuffer SecondaryStation::encode(SecondaryFunction function, bool busy, Octets asdu) const {
    const iec102::SecondaryControl control{function, busy, false};
    return iec102::encode_frame({iec102::to_octet(control), meter_.config().link_address, asdu});
}

}  // namespace busbar::sim
