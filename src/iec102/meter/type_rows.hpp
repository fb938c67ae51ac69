#pragma once

#include <tuple>

#include "iec102/meter/configuration.hpp"
#include "iec102/meter/instantaneous.hpp"
#include "iec102/meter/totals.hpp"

/// Every type of the REE profile that Busbar knows, one row each.
namespace busbar::iec102 {

enum class TypeId : std::uint8_t {
    events = 1,
    totals = 8,
    increments = 11,
    identification = 71,
    time = 72,
    read_identification = 100,
    read_events = 102,
    read_time = 103,
    read_totals = 122,
    read_increments = 123,
    point_parameters = 129,
    read_current_tariff = 133,
    read_stored_tariff = 134,
    current_tariff = 135,
    stored_tariff = 136,
    total_blocks = 139,
    increment_blocks = 140,
    read_configuration = 141,
    configuration = 142,
    read_register_configuration = 156,
    register_configuration = 157,
    read_instantaneous_values = 162,
    instantaneous_values = 163,
    set_time = 181,
    read_point_parameters = 182,
    start_session = 183,
    end_session = 187,
    read_total_blocks = 189,
    read_increment_blocks = 190,
};

// How the body of an ASDU is made. N is the number of objects in the header.

/// One element, whatever N says: meters write 0 or 1.
template <Described Element_>
struct One {
    using Element = Element_;
};
/// One element; reserved octets follow.
template <Described Element_>
struct OneAndReserved {
    using Element = Element_;
};
/// N elements.
template <Described Element_>
struct Each {
    using Element = Element_;
};
/// N elements, then one that they have in common.
template <Described Element_, Described Common_>
struct EachAndCommon {
    using Element = Element_;
    using Common = Common_;
};
/// N times an object address and the element that belongs to it.
template <class... At>
struct ByAddress {};
template <Octet address_, Described Element_>
struct At {
    static constexpr Octet address = address_;
    using Element = Element_;
};

using InstantaneousObjects = ByAddress<At<energy_object, EnergyTotals>, At<power_object, Powers>,  //
                                       At<voltage_object, VoltagesAndCurrents>>;
using RegisterObjects = ByAddress<At<192, Percent>, At<193, TwoState>, At<194, Minutes>, At<195, Alarms>,
                                  At<196, VoltageFailures>, At<197, CurvePeriods>, At<ratios_object, Ratios>,
                                  At<199, ClockSource>, At<200, ProgramName>, At<201, TwoState>>;
using BlockObjects = ByAddress<At<block_1_to_8, TotalBlock<8>>, At<block_1_to_6, TotalBlock<6>>,  //
                               At<block_1_3_6, TotalBlock<3>>>;

template <class Body_>
struct TypeRow {
    using Body = Body_;
    TypeId id;
    std::string_view name;   // the profile's
    std::string_view label;  // what the operator reads
};

template <class Body>
constexpr TypeRow<Body> type(TypeId id, std::string_view name, std::string_view label) {
    return {id, name, label};
}

inline constexpr std::tuple type_rows{
    type<Each<Event>>(TypeId::events, "M_SP_TA_2", "Events"),
    type<EachAndCommon<AddressedTotal, TimeLabelA>>(TypeId::totals, "M_IT_TG_2", "Absolute totals"),
    type<EachAndCommon<AddressedTotal, TimeLabelA>>(TypeId::increments, "M_IT_TK_2", "Incremental totals"),
    type<One<Identification>>(TypeId::identification, "P_MP_NA_2", "Manufacturer and equipment"),
    type<One<TimeLabelB>>(TypeId::time, "M_TI_TA_2", "Date and time"),
    type<One<Nothing>>(TypeId::read_identification, "C_RD_NA_2", "Read manufacturer and equipment"),
    type<One<TimeRange>>(TypeId::read_events, "C_SP_NB_2", "Read events"),
    type<One<Nothing>>(TypeId::read_time, "C_TI_NA_2", "Read date and time"),
    type<One<TotalRange>>(TypeId::read_totals, "C_CI_NT_2", "Read absolute totals"),
    type<One<TotalRange>>(TypeId::read_increments, "C_CI_NU_2", "Read incremental totals"),
    type<OneAndReserved<PointParameters>>(TypeId::point_parameters, "P_ME_NA_2", "Parameters of the measuring point"),
    type<One<Nothing>>(TypeId::read_current_tariff, "C_TA_VC_2", "Read current tariff information"),
    type<One<TimeRange>>(TypeId::read_stored_tariff, "C_TA_VM_2", "Read stored tariff information"),
    type<Each<TariffInformation>>(TypeId::current_tariff, "M_TA_VC_2", "Current tariff information"),
    type<Each<TariffInformation>>(TypeId::stored_tariff, "M_TA_VM_2", "Stored tariff information"),
    type<BlockObjects>(TypeId::total_blocks, "M_IB_TG_2", "Blocks of absolute totals"),
    type<BlockObjects>(TypeId::increment_blocks, "M_IB_TK_2", "Blocks of incremental totals"),
    type<One<Nothing>>(TypeId::read_configuration, "C_RM_NA_2", "Read configuration"),
    type<OneAndReserved<Configuration>>(TypeId::configuration, "M_RM_NA_2", "Configuration"),
    type<Each<ObjectAddress>>(TypeId::read_register_configuration, "P_RM_R2_2", "Read register configuration 2"),
    type<RegisterObjects>(TypeId::register_configuration, "R_RM_R2_2", "Register configuration 2"),
    type<Each<ObjectAddress>>(TypeId::read_instantaneous_values, "P_IN_VA_2", "Read instantaneous values"),
    type<InstantaneousObjects>(TypeId::instantaneous_values, "R_IN_VA_2", "Instantaneous values"),
    type<One<TimeLabelB>>(TypeId::set_time, "C_CS_TA_2", "Set date and time"),
    type<One<Nothing>>(TypeId::read_point_parameters, "C_PI_NA_2", "Read parameters of the measuring point"),
    type<One<Login>>(TypeId::start_session, "C_AC_NA_2", "Start session"),
    type<One<Nothing>>(TypeId::end_session, "C_FS_NA_2", "End session"),
    type<One<BlockRange>>(TypeId::read_total_blocks, "C_CB_NT_2", "Read blocks of absolute totals"),
    type<One<BlockRange>>(TypeId::read_increment_blocks, "C_CB_NU_2", "Read blocks of incremental totals"),
};

/// Calls `action(row)` for the row of a type; false if there is none.
template <class Action>
constexpr bool with_row(TypeId id, Action&& action) {
    return std::apply([&](const auto&... row) { return ((row.id == id && (action(row), true)) || ...); }, type_rows);
}

}  // namespace busbar::iec102
