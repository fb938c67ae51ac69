#pragma once

#include <array>
#include <cstdint>
#include <tuple>

#include "iec102/meter/time_label.hpp"

/// Totals of integration periods, tariff information, and what reads ask for.
namespace busbar::iec102 {

/// What happened to a total during its period.
struct Qualifier {
    bool incomplete{}, intrusion{}, parameters_changed{}, clock_checked{}, overflow{}, synchronised{}, invalid{};

    static constexpr std::tuple fields{Field{"AL", "AL", &Qualifier::incomplete, 1, 1, "Incomplete, power failure"},
                                       Field{"INT", "INT", &Qualifier::intrusion, 2, 1, "Intrusion"},
                                       Field{"MP", "MP", &Qualifier::parameters_changed, 3, 1, "Parameters changed"},
                                       Field{"VH", "VH", &Qualifier::clock_checked, 4, 1, "Clock checked"},
                                       Field{"CY", "CY", &Qualifier::overflow, 5, 1, "Overflow"},
                                       Field{"CA", "CA", &Qualifier::synchronised, 6, 1, "Counter synchronised"},
                                       Field{"IV", "IV", &Qualifier::invalid, 7, 1, "Invalid"}};
    bool operator==(const Qualifier&) const = default;
};

/// kWh or kVArh of one period, or up to its end.
struct IntegratedTotal {
    std::uint32_t value{};
    Qualifier qualifier;

    static constexpr std::tuple fields{Field{"value", "", &IntegratedTotal::value, 0, 32, "Value"},
                                       Field{"qualifier", "", &IntegratedTotal::qualifier, 32, 8, "Qualifier"}};
    bool operator==(const IntegratedTotal&) const = default;
};

/// One total of an answer to 122 or 123.
struct AddressedTotal {
    std::uint8_t object{};
    IntegratedTotal total;

    static constexpr std::tuple fields{Field{"object", "", &AddressedTotal::object, 0, 8, "Object address"},
                                       Field{"total", "", &AddressedTotal::total, 8, 40, "Total"}};
    bool operator==(const AddressedTotal&) const = default;
};

/// The totals of one period in a block: objects 1 to 8, 1 to 6, or 1, 3 and 6 (block objects 9, 10, 11).
template <std::size_t count>
struct TotalBlock;

template <>
struct TotalBlock<8> {
    IntegratedTotal object1, object2, object3, object4, object5, object6, object7, object8;
    TimeLabelA time;

    static constexpr std::tuple fields{Field{"object1", "", &TotalBlock::object1, 0, 40, "Active import"},
                                       Field{"object2", "", &TotalBlock::object2, 40, 40, "Active export"},
                                       Field{"object3", "", &TotalBlock::object3, 80, 40, "Reactive Q1"},
                                       Field{"object4", "", &TotalBlock::object4, 120, 40, "Reactive Q2"},
                                       Field{"object5", "", &TotalBlock::object5, 160, 40, "Reactive Q3"},
                                       Field{"object6", "", &TotalBlock::object6, 200, 40, "Reactive Q4"},
                                       Field{"object7", "", &TotalBlock::object7, 240, 40, "Reserved 7"},
                                       Field{"object8", "", &TotalBlock::object8, 280, 40, "Reserved 8"},
                                       Field{"time", "", &TotalBlock::time, 320, 40, "End of period"}};
    bool operator==(const TotalBlock&) const = default;
};

template <>
struct TotalBlock<6> {
    IntegratedTotal object1, object2, object3, object4, object5, object6;
    TimeLabelA time;

    static constexpr std::tuple fields{Field{"object1", "", &TotalBlock::object1, 0, 40, "Active import"},
                                       Field{"object2", "", &TotalBlock::object2, 40, 40, "Active export"},
                                       Field{"object3", "", &TotalBlock::object3, 80, 40, "Reactive Q1"},
                                       Field{"object4", "", &TotalBlock::object4, 120, 40, "Reactive Q2"},
                                       Field{"object5", "", &TotalBlock::object5, 160, 40, "Reactive Q3"},
                                       Field{"object6", "", &TotalBlock::object6, 200, 40, "Reactive Q4"},
                                       Field{"time", "", &TotalBlock::time, 240, 40, "End of period"}};
    bool operator==(const TotalBlock&) const = default;
};

template <>
struct TotalBlock<3> {
    IntegratedTotal object1, object3, object6;
    TimeLabelA time;

    static constexpr std::tuple fields{Field{"object1", "", &TotalBlock::object1, 0, 40, "Active import"},
                                       Field{"object3", "", &TotalBlock::object3, 40, 40, "Reactive Q1"},
                                       Field{"object6", "", &TotalBlock::object6, 80, 40, "Reactive Q4"},
                                       Field{"time", "", &TotalBlock::time, 120, 40, "End of period"}};
    bool operator==(const TotalBlock&) const = default;
};

inline constexpr Octet block_1_to_8 = 9, block_1_to_6 = 10, block_1_3_6 = 11;

/// A total of a tariff period: reading at its end and what came in it.
struct TariffTotal {
    std::uint32_t absolute{}, increment{};
    Qualifier qualifier;

    static constexpr std::tuple fields{Field{"absolute", "", &TariffTotal::absolute, 0, 32, "Absolute"},
                                       Field{"increment", "", &TariffTotal::increment, 32, 32, "Increment"},
                                       Field{"qualifier", "", &TariffTotal::qualifier, 64, 8, "Qualifier"}};
    bool operator==(const TariffTotal&) const = default;
};

struct MaximumPower {
    std::uint32_t value{};  // kW
    TimeLabelA time;
    Qualifier qualifier;

    static constexpr std::tuple fields{Field{"kw", "", &MaximumPower::value, 0, 32, "Maximum power, kW"},
                                       Field{"time", "", &MaximumPower::time, 32, 40, "Time of maximum"},
                                       Field{"qualifier", "", &MaximumPower::qualifier, 72, 8, "Qualifier"}};
    bool operator==(const MaximumPower&) const = default;
};

/// Tariff information of one tariff period (objects 20 to 29).
struct TariffInformation {
    std::uint8_t object{};
    TariffTotal active, inductive, capacitive;
    IntegratedTotal reserve7, reserve8;
    MaximumPower maximum;
    IntegratedTotal excess;
    TimeLabelA begin, end;

    static constexpr std::tuple fields{
        Field{"object", "", &TariffInformation::object, 0, 8, "Object address"},
        Field{"active_kwh", "", &TariffInformation::active, 8, 72, "Active energy, kWh"},
        Field{"inductive_kvarh", "", &TariffInformation::inductive, 80, 72, "Inductive energy, kVArh"},
        Field{"capacitive_kvarh", "", &TariffInformation::capacitive, 152, 72, "Capacitive energy, kVArh"},
        Field{"reserve7", "", &TariffInformation::reserve7, 224, 40, "Reserved 7"},
        Field{"reserve8", "", &TariffInformation::reserve8, 264, 40, "Reserved 8"},
        Field{"maximum", "", &TariffInformation::maximum, 304, 80, "Maximum power"},
        Field{"excess", "", &TariffInformation::excess, 384, 40, "Excess power"},
        Field{"begin", "", &TariffInformation::begin, 424, 40, "Begin of period"},
        Field{"end", "", &TariffInformation::end, 464, 40, "End of period"}};
    bool operator==(const TariffInformation&) const = default;
};
static_assert(size_of<TariffInformation> == 63);

/// One event; what its address and qualifier mean depends on the record.
struct Event {
    std::uint8_t address{};  // SPA
    bool on{};               // SPI
    std::uint8_t qualifier{};
    TimeLabelB time;

    static constexpr std::tuple fields{Field{"spa", "SPA", &Event::address, 0, 8, "Single-point address"},
                                       Field{"spi", "SPI", &Event::on, 8, 1, "Single-point information"},
                                       Field{"spq", "SPQ", &Event::qualifier, 9, 7, "Single-point qualifier"},
                                       Field{"time", "", &Event::time, 16, 56, "Time"}};
    bool operator==(const Event&) const = default;
};

/// Asks for what lies between two times, both included.
struct TimeRange {
    TimeLabelA begin, end;

    static constexpr std::tuple fields{Field{"begin", "", &TimeRange::begin, 0, 40, "From"},
                                       Field{"end", "", &TimeRange::end, 40, 40, "To"}};
    bool operator==(const TimeRange&) const = default;
};

/// … of these objects, 1 to 8.
struct TotalRange {
    std::uint8_t first{1}, last{8};
    TimeRange times;

    static constexpr std::tuple fields{Field{"first", "", &TotalRange::first, 0, 8, "First object"},
                                       Field{"last", "", &TotalRange::last, 8, 8, "Last object"},
                                       Field{"times", "", &TotalRange::times, 16, 80, "Times"}};
    bool operator==(const TotalRange&) const = default;
};

/// … of a block object, 9 to 11.
struct BlockRange {
    std::uint8_t block{block_1_to_8};
    TimeRange times;

    static constexpr std::tuple fields{Field{"block", "", &BlockRange::block, 0, 8, "Block object"},
                                       Field{"times", "", &BlockRange::times, 8, 80, "Times"}};
    bool operator==(const BlockRange&) const = default;
};

}  // namespace busbar::iec102
