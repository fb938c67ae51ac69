#include "sim/meter/meter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "iec102/meter/visit.hpp"

namespace busbar::sim {

using iec102::Cause;
using iec102::TypeId;

namespace {

constexpr std::size_t cause_at = 2;
constexpr Octet negative_bit = 0x40;

/// The profile asks for data with 5 and sets something going with 6.
std::optional<Cause> cause_due(TypeId type) {
    switch (type) {
        case TypeId::read_identification:
        case TypeId::read_time:
        case TypeId::read_configuration:
        case TypeId::read_register_configuration:
        case TypeId::read_instantaneous_values:
        case TypeId::read_point_parameters: return Cause::request;
        case TypeId::read_events:
        case TypeId::read_totals:
        case TypeId::read_increments:
        case TypeId::read_current_tariff:
        case TypeId::read_stored_tariff:
        case TypeId::set_time:
        case TypeId::start_session:
        case TypeId::end_session:
        case TypeId::read_total_blocks:
        case TypeId::read_increment_blocks: return Cause::activation;
        default: return std::nullopt;
    }
}

/// The object addresses of a request for objects.
std::vector<Octet> objects_of(const iec102::AsduView& asdu) {
    std::vector<Octet> objects;
    iec102::visit_body(asdu, [&](const iec102::Place&, const auto& element) {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(element)>, iec102::ObjectAddress>)
            objects.push_back(element.object);
    });
    return objects;
}

}  // namespace

OctetBuffer mirrored(Octets asdu, Cause cause, bool negative) {
    OctetBuffer answer(asdu.begin(), asdu.end());
    answer[cause_at] = static_cast<Octet>(static_cast<Octet>(cause) | (negative ? negative_bit : 0));
    return answer;
}

SimMeter::SimMeter(SimMeterConfig config, Complain complain)
    : config_(std::move(config)), complain_(std::move(complain)), load_(config_.load) {}

void SimMeter::reset() {
    answers_.clear();
    reading_.reset();
    session_ = false;
}

void SimMeter::mirror(Octets request, Cause cause, bool negative) {
    answers_.push_back(mirrored(request, cause, negative));
}

void SimMeter::check_header(const iec102::AsduHeader& header) {
    const auto due = cause_due(header.type);
    if (due && header.cause != *due)
        complain_(fmt::format("type {} with cause {} instead of {}", static_cast<unsigned>(header.type),
                              static_cast<unsigned>(header.cause), static_cast<unsigned>(*due)));
    if (header.negative || header.test || header.sequence) complain_("P/N, T or SQ set in a request");
}

SimMeter::Verdict SimMeter::take(Octets octets, UtcTime at) {
    answers_.clear();
    reading_.reset();
    const auto asdu = iec102::parse_asdu(octets);
    if (!asdu) {
        complain_(asdu.error().what);
        return Verdict::refused;
    }
    check_header(asdu->header);
    const auto idle = last_request_ ? at - *last_request_ : std::chrono::milliseconds(0);
    if (config_.session_timeout.count() > 0 && idle > config_.session_timeout) session_ = false;
    last_request_ = at;
    if (asdu->header.type == TypeId::start_session) return log_in(*asdu, octets);
    if (!session_) return Verdict::refused;
    if (asdu->header.point_address != config_.point_address)
        mirror(octets, Cause::address_unknown);
    else
        answer(*asdu, octets, at);
    return Verdict::accepted;
}

SimMeter::Verdict SimMeter::log_in(const iec102::AsduView& asdu, Octets octets) {
    session_ = false;
    const auto login = iec102::read_one<iec102::Login>(asdu);
    if (!login) {
        complain_("login: " + login.error().what);
        return Verdict::refused;
    }
    if (asdu.header.point_address != config_.point_address) {
        mirror(octets, Cause::address_unknown);
        return Verdict::accepted;
    }
    session_ = login->password == static_cast<iec102::Password>(config_.password);
    if (!session_ && config_.refusal == LoginRefusal::nack) return Verdict::refused;
    if (!session_ && config_.refusal == LoginRefusal::silent) return Verdict::ignored;
    mirror(octets, Cause::activation_con, !session_);
    return Verdict::accepted;
}

void SimMeter::answer(const iec102::AsduView& asdu, Octets octets, UtcTime at) {
    switch (asdu.header.type) {
        case TypeId::end_session: session_ = false; return mirror(octets, Cause::activation_con);
        case TypeId::read_identification:
            return answers_.push_back(iec102::make_asdu(header(asdu, TypeId::identification), config_.identification));
        case TypeId::read_time:
            return answers_.push_back(
                iec102::make_asdu(header(asdu, TypeId::time), iec102::label_b(clock(at), config_.utc_offset)));
        case TypeId::set_time: return set_time(asdu, octets, at);
        case TypeId::read_instantaneous_values: return answer_values(asdu, octets, at);
        case TypeId::read_register_configuration: return answer_register(asdu, octets);
        default: break;
    }
    if (HistoryRead::answers(asdu.header.type)) return answer_history(asdu, octets, at);
    mirror(octets, Cause::type_not_available);
}

iec102::AsduHeader SimMeter::header(const iec102::AsduView& request, TypeId type) const {
    iec102::AsduHeader header = request.header;
    header.type = type;
    header.count = 1;
    header.cause = Cause::request;
    return header;
}

void SimMeter::set_time(const iec102::AsduView& asdu, Octets octets, UtcTime at) {
    const auto label = iec102::read_one<iec102::TimeLabelB>(asdu);
    const auto time = label ? iec102::utc_time(*label, config_.utc_offset) : std::nullopt;
    if (!time) return mirror(octets, Cause::activation_con, true);
    clock_offset_ = *time - at;
    mirror(octets, Cause::activation_con);
}

void SimMeter::answer_values(const iec102::AsduView& asdu, Octets octets, UtcTime at) {
    if (!config_.instantaneous) return mirror(octets, Cause::type_not_available);
    const iec102::InstantaneousValues all = load_.values(clock(at), config_.utc_offset);
    iec102::InstantaneousValues asked;
    for (const Octet object : objects_of(asdu)) {
        switch (object) {
            case iec102::energy_object: asked.energies = all.energies; break;
            case iec102::power_object: asked.powers = all.powers; break;
            case iec102::voltage_object: asked.voltages = all.voltages; break;
            default: return mirror(octets, Cause::object_not_available);
        }
    }
    if (asked == iec102::InstantaneousValues{}) return mirror(octets, Cause::object_not_available);
    answers_.push_back(iec102::make_instantaneous_values(header(asdu, TypeId::instantaneous_values), asked));
}

void SimMeter::answer_register(const iec102::AsduView& asdu, Octets octets) {
    if (!config_.instantaneous) return mirror(octets, Cause::type_not_available);
    const std::vector<Octet> objects = objects_of(asdu);
    if (objects != std::vector<Octet>{iec102::ratios_object}) return mirror(octets, Cause::object_not_available);
    OctetBuffer answer = iec102::make_asdu(header(asdu, TypeId::register_configuration));
    iec102::append_object(iec102::ratios_object, config_.load.ratios, answer);
    answers_.push_back(std::move(answer));
}

void SimMeter::answer_history(const iec102::AsduView& asdu, Octets octets, UtcTime at) {
    auto reading = HistoryRead::begin(asdu, octets, {clock(at), config_.utc_offset, config_.depth_days});
    if (!reading) return mirror(octets, reading.error());
    reading_ = std::move(*reading);
}

std::optional<OctetBuffer> SimMeter::next_answer() {
    if (!answers_.empty()) {
        OctetBuffer answer = std::move(answers_.front());
        answers_.pop_front();
        return answer;
    }
    if (!reading_) return std::nullopt;
    auto answer = reading_->next(load_);
    if (!answer) reading_.reset();
    return answer;
}

}  // namespace busbar::sim
