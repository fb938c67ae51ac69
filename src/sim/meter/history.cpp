#include "sim/meter/history.hpp"

#include <algorithm>
#include <cmath>

#include "iec102/meter/visit.hpp"
#include "sim/meter/meter.hpp"

namespace busbar::sim {

using iec102::Cause;
using iec102::TypeId;
using namespace std::chrono;

namespace {

constexpr std::uint8_t hourly = 11, quarter_hourly = 12, daily = 21, daily_of_period_2 = 22;
constexpr std::uint8_t power_events = 52, clock_events = 53, last_base_events = 55;
constexpr std::uint8_t first_more_events = 128, last_more_events = 133;
constexpr std::uint8_t first_contract = 134, last_contract = 136;
constexpr std::uint8_t all_tariff_periods = 20;
constexpr unsigned last_measured_object = 6;  // 7 and 8 are reserved

bool is_absolute(TypeId type) { return type == TypeId::read_totals || type == TypeId::read_total_blocks; }

bool is_tariff(TypeId type) { return type == TypeId::read_current_tariff || type == TypeId::read_stored_tariff; }

TypeId answer_type(TypeId request) {
    switch (request) {
        case TypeId::read_totals: return TypeId::totals;
        case TypeId::read_increments: return TypeId::increments;
        case TypeId::read_total_blocks: return TypeId::total_blocks;
        case TypeId::read_increment_blocks: return TypeId::increment_blocks;
        case TypeId::read_current_tariff: return TypeId::current_tariff;
        case TypeId::read_stored_tariff: return TypeId::stored_tariff;
        default: return TypeId::events;
    }
}

UtcTime from_local(local_seconds local, minutes utc_offset) {
    const UtcTime winter{local.time_since_epoch() - utc_offset};
    const UtcTime summer = winter - hours(1);
    return iec102::is_summer_time(summer) ? summer : winter;
}

local_days local_day(UtcTime at, minutes utc_offset) {
    const auto ahead = utc_offset + (iec102::is_summer_time(at) ? minutes(60) : minutes(0));
    return local_days(floor<days>(at.time_since_epoch() + ahead));
}

UtcTime month_begin(UtcTime at, minutes utc_offset) {
    const year_month_day day{local_day(at, utc_offset)};
    return from_local(local_days(day.year() / day.month() / 1), utc_offset);
}

}  // namespace

bool HistoryRead::answers(TypeId type) {
    switch (type) {
        case TypeId::read_totals:
        case TypeId::read_increments:
        case TypeId::read_total_blocks:
        case TypeId::read_increment_blocks:
        case TypeId::read_current_tariff:
        case TypeId::read_stored_tariff:
        case TypeId::read_events: return true;
        default: return false;
    }
}

tl::expected<HistoryRead, Cause> HistoryRead::begin(const iec102::AsduView& request, Octets octets,
                                                    const MeterMemory& memory) {
    HistoryRead read;
    read.request_.assign(octets.begin(), octets.end());
    read.header_ = request.header;
    read.memory_ = memory;
    if (auto set = read.set_period(); !set) return tl::make_unexpected(set.error());
    if (auto set = read.set_range(request); !set) return tl::make_unexpected(set.error());
    return read;
}

tl::expected<void, Cause> HistoryRead::set_period() {
    const std::uint8_t record = header_.record;
    if (is_tariff(header_.type)) {
        if (record < first_contract || record > last_contract) return tl::make_unexpected(Cause::record_unknown);
        if (record != first_contract) return tl::make_unexpected(Cause::record_not_available);  // only contract I
        monthly_ = true;
    } else if (header_.type == TypeId::read_events) {
        const bool base = record >= power_events && record <= last_base_events;
        const bool more = record >= first_more_events && record <= last_more_events;
        if (!base && !more) return tl::make_unexpected(Cause::record_unknown);
        // The mains came back at the beginning of each month, the clock was looked after every midnight; no more.
        if (record != power_events && record != clock_events) return tl::make_unexpected(Cause::record_not_available);
        monthly_ = record == power_events;
    } else {
        switch (record) {
            case hourly: period_ = hours(1); break;
            case quarter_hourly: period_ = minutes(15); break;
            case daily:
            case daily_of_period_2: break;
            default: return tl::make_unexpected(Cause::record_unknown);
        }
    }
    return {};
}

tl::expected<void, Cause> HistoryRead::set_range(const iec102::AsduView& request) {
    if (header_.type == TypeId::read_current_tariff) {
        next_ = last_ = memory_.now;  // the period that is not over yet
        return {};
    }
    std::optional<iec102::TimeRange> range;
    iec102::visit_body(request, [&](const iec102::Place&, const auto& element) {
        using Element = std::remove_cvref_t<decltype(element)>;
        if constexpr (std::is_same_v<Element, iec102::TimeRange>) range = element;
        if constexpr (std::is_same_v<Element, iec102::TotalRange> || std::is_same_v<Element, iec102::BlockRange>)
            range = element.times;
        if constexpr (std::is_same_v<Element, iec102::TotalRange>) {
            first_object_ = element.first;
            last_object_ = element.last;
        }
        if constexpr (std::is_same_v<Element, iec102::BlockRange>) first_object_ = last_object_ = element.block;
    });
    const bool of_totals = header_.type == TypeId::read_totals || header_.type == TypeId::read_increments;
    const bool of_blocks = header_.type == TypeId::read_total_blocks || header_.type == TypeId::read_increment_blocks;
    if (of_totals && (first_object_ < 1 || last_object_ > 8 || first_object_ > last_object_))
        return tl::make_unexpected(Cause::object_not_available);
    if (of_blocks && (first_object_ < iec102::block_1_to_8 || first_object_ > iec102::block_1_3_6))
        return tl::make_unexpected(Cause::object_not_available);
    if (!range) return tl::make_unexpected(Cause::period_not_available);
    const auto from = iec102::utc_time(range->begin, memory_.utc_offset);
    const auto to = iec102::utc_time(range->end, memory_.utc_offset);
    if (!from || !to || *from > *to) return tl::make_unexpected(Cause::period_not_available);
    next_ = first_end_from(std::max(*from, memory_.now - days(memory_.depth_days)));
    last_ = std::min(*to, memory_.now);
    if (next_ > last_) return tl::make_unexpected(Cause::record_not_available);
    return {};
}

UtcTime HistoryRead::midnight_before(UtcTime at) const {
    return from_local(local_day(at, memory_.utc_offset), memory_.utc_offset);
}

UtcTime HistoryRead::period_begin(UtcTime end) const {
    if (monthly_) return month_begin(end - seconds(1), memory_.utc_offset);
    if (period_.count() > 0) return end - period_;
    return midnight_before(end - seconds(1));
}

UtcTime HistoryRead::next_end(UtcTime end) const {
    if (monthly_) return month_begin(end + days(31), memory_.utc_offset);
    if (period_.count() > 0) return end + period_;
    return midnight_before(end + hours(26));  // a day has 23 to 25 hours
}

UtcTime HistoryRead::first_end_from(UtcTime at) const {
    UtcTime end;
    if (monthly_)
        end = month_begin(at, memory_.utc_offset);
    else if (period_.count() > 0)
        end = UtcTime(at.time_since_epoch() / period_ * period_);
    else
        end = midnight_before(at);
    return end < at ? next_end(end) : end;
}

std::optional<OctetBuffer> HistoryRead::next(const Load& load) {
    switch (step_) {
        case Step::confirm: step_ = Step::data; return mirrored(request_, Cause::activation_con);
        case Step::data: {
            OctetBuffer asdu = frame(load, next_);
            next_ = next_end(next_);
            if (next_ > last_) step_ = Step::terminate;
            return asdu;
        }
        case Step::terminate: step_ = Step::done; return mirrored(request_, Cause::activation_term);
        case Step::done: break;
    }
    return std::nullopt;
}

OctetBuffer HistoryRead::frame(const Load& load, UtcTime end) const {
    switch (header_.type) {
        case TypeId::read_totals:
        case TypeId::read_increments: return totals(load, end);
        case TypeId::read_total_blocks:
        case TypeId::read_increment_blocks: return block(load, end);
        case TypeId::read_events: return event(end);
        default: return tariff(load, end);
    }
}

iec102::IntegratedTotal HistoryRead::total(const Load& load, unsigned object, UtcTime end) const {
    iec102::IntegratedTotal total;
    if (object > last_measured_object) {
        total.qualifier.invalid = true;
        return total;
    }
    const double reading = std::floor(load.energy(object, end));
    const double before = is_absolute(header_.type) ? 0 : std::floor(load.energy(object, period_begin(end)));
    total.value = static_cast<std::uint32_t>(reading - before);
    return total;
}

namespace {

iec102::AsduHeader data_header(const iec102::AsduHeader& request, std::uint8_t count) {
    iec102::AsduHeader header = request;
    header.type = answer_type(request.type);
    header.count = count;
    header.cause = Cause::request;
    return header;
}

}  // namespace

OctetBuffer HistoryRead::totals(const Load& load, UtcTime end) const {
    OctetBuffer asdu =
        iec102::make_asdu(data_header(header_, static_cast<std::uint8_t>(last_object_ - first_object_ + 1)));
    for (std::uint8_t object = first_object_; object <= last_object_; ++object)
        iec102::append_element(iec102::AddressedTotal{object, total(load, object, end)}, asdu);
    iec102::append_element(iec102::label_a(end, memory_.utc_offset), asdu);
    return asdu;
}

OctetBuffer HistoryRead::block(const Load& load, UtcTime end) const {
    OctetBuffer asdu = iec102::make_asdu(data_header(header_, 1));
    const auto of = [&](unsigned object) { return total(load, object, end); };
    const iec102::TimeLabelA label = iec102::label_a(end, memory_.utc_offset);
    if (first_object_ == iec102::block_1_to_8)
        iec102::append_object(
            first_object_, iec102::TotalBlock<8>{of(1), of(2), of(3), of(4), of(5), of(6), of(7), of(8), label}, asdu);
    else if (first_object_ == iec102::block_1_to_6)
        iec102::append_object(first_object_, iec102::TotalBlock<6>{of(1), of(2), of(3), of(4), of(5), of(6), label},
                              asdu);
    else
        iec102::append_object(first_object_, iec102::TotalBlock<3>{of(1), of(3), of(6), label}, asdu);
    return asdu;
}

/// Active energy is imported, inductive is Q1, capacitive Q4; one tariff period has all of it.
OctetBuffer HistoryRead::tariff(const Load& load, UtcTime end) const {
    const UtcTime begin = period_begin(end);
    const auto of = [&](unsigned object) {
        const double reading = std::floor(load.energy(object, end));
        return iec102::TariffTotal{static_cast<std::uint32_t>(reading),
                                   static_cast<std::uint32_t>(reading - std::floor(load.energy(object, begin))),
                                   {}};
    };
    iec102::TariffInformation information;
    information.object = all_tariff_periods;
    information.active = of(1);
    information.inductive = of(3);
    information.capacitive = of(6);
    information.reserve7.qualifier.invalid = information.reserve8.qualifier.invalid = true;
    // The greatest hourly mean of the last day stands for that of the month.
    for (UtcTime hour = std::max(begin, end - hours(24)); hour + hours(1) <= end; hour += hours(1)) {
        const auto kilowatts = static_cast<std::uint32_t>(load.energy(1, hour + hours(1)) - load.energy(1, hour));
        if (kilowatts < information.maximum.value) continue;
        information.maximum.value = kilowatts;
        information.maximum.time = iec102::label_a(hour + hours(1), memory_.utc_offset);
    }
    information.begin = iec102::label_a(begin, memory_.utc_offset);
    information.end = iec102::label_a(end, memory_.utc_offset);
    return iec102::make_asdu(data_header(header_, 1), information);
}

OctetBuffer HistoryRead::event(UtcTime at) const {
    const iec102::Event event{1, true, 1, iec102::label_b(at, memory_.utc_offset)};
    return iec102::make_asdu(data_header(header_, 1), event);
}

}  // namespace busbar::sim
