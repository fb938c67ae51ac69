#pragma once

#include <cstdint>
#include <tuple>

#include "iec102/meter/time_label.hpp"

/// What a meter says about itself, and what opens a session.
namespace busbar::iec102 {

struct Nothing {
    static constexpr std::tuple<> fields{};
    bool operator==(const Nothing&) const = default;
};

struct Login {
    Password password{};

    static constexpr std::tuple fields{Field{"password", "", &Login::password, 0, 32, "Password"}};
    bool operator==(const Login&) const = default;
};

/// Asks for one object.
struct ObjectAddress {
    std::uint8_t object{};

    static constexpr std::tuple fields{Field{"object", "", &ObjectAddress::object, 0, 8, "Object address"}};
    bool operator==(const ObjectAddress&) const = default;
};

/// Date of the standard that the meter follows.
struct StandardDate {
    std::uint8_t month{}, year{};  // year - 2000

    static constexpr std::tuple fields{Field{"month", "", &StandardDate::month, 0, 4, "Month"},
                                       Field{"year", "", &StandardDate::year, 4, 4, "Year"}};
    bool operator==(const StandardDate&) const = default;
};

struct Identification {
    StandardDate standard;
    std::uint8_t manufacturer{};
    std::uint32_t equipment{};

    static constexpr std::tuple fields{
        Field{"standard", "", &Identification::standard, 0, 8, "Date of the standard"},
        Field{"manufacturer", "", &Identification::manufacturer, 8, 8, "Manufacturer code"},
        Field{"equipment", "", &Identification::equipment, 16, 32, "Equipment number"}};
    bool operator==(const Identification&) const = default;
};

/// Transformer ratios, in tenths of V and A.
struct Ratios {
    std::uint32_t primary_voltage{}, secondary_voltage{}, primary_current{}, secondary_current{};

    static constexpr std::tuple fields{
        Field{"primary_tenths_v", "", &Ratios::primary_voltage, 0, 32, "Primary voltage, tenths of V"},
        Field{"secondary_tenths_v", "", &Ratios::secondary_voltage, 32, 32, "Secondary voltage, tenths of V"},
        Field{"primary_tenths_a", "", &Ratios::primary_current, 64, 32, "Primary current, tenths of A"},
        Field{"secondary_tenths_a", "", &Ratios::secondary_current, 96, 32, "Secondary current, tenths of A"}};
    bool operator==(const Ratios&) const = default;
};

/// 2 bits a contract: 0 not available, 1 inactive, 2 active.
struct Contracts {
    std::uint8_t contract1{}, contract2{}, contract3{};

    static constexpr std::tuple fields{Field{"contract1", "", &Contracts::contract1, 0, 2, "Contract I"},
                                       Field{"contract2", "", &Contracts::contract2, 2, 2, "Contract II"},
                                       Field{"contract3", "", &Contracts::contract3, 4, 2, "Contract III"}};
    bool operator==(const Contracts&) const = default;
};

/// Codes of speed and character format.
struct PortSettings {
    std::uint8_t speed{}, format{};

    static constexpr std::tuple fields{Field{"speed", "", &PortSettings::speed, 0, 8, "Speed code"},
                                       Field{"format", "", &PortSettings::format, 8, 8, "Format code"}};
    bool operator==(const PortSettings&) const = default;
};

/// ASDU 142, without the reserved octets behind it.
struct Configuration {
    std::uint8_t manufacturer{};
    Text<2> model;
    std::uint8_t firmware{};
    std::uint32_t serial_number{};
    StandardDate standard;
    TimeLabelA protocol_date;
    std::uint8_t battery_percent{};
    PortSettings port1;
    std::uint8_t start_mode{};
    Text<20> start_text;
    PortSettings port2, optical;
    Ratios ratios;
    std::uint8_t period1{}, period2{}, period3{};  // minutes
    Contracts contracts;

    static constexpr std::tuple fields{
        Field{"manufacturer", "", &Configuration::manufacturer, 0, 8, "Manufacturer code"},
        Field{"model", "", &Configuration::model, 8, 16, "Model"},
        Field{"firmware", "", &Configuration::firmware, 24, 8, "Firmware"},
        Field{"serial_number", "", &Configuration::serial_number, 32, 32, "Serial number"},
        Field{"standard", "", &Configuration::standard, 64, 8, "Date of the standard"},
        Field{"protocol_date", "", &Configuration::protocol_date, 72, 40, "Date of the protocol version"},
        Field{"battery_percent", "", &Configuration::battery_percent, 112, 8, "Battery, %"},
        Field{"port1", "", &Configuration::port1, 120, 16, "Serial port 1"},
        Field{"start_mode", "", &Configuration::start_mode, 136, 8, "Start mode of serial port 1"},
        Field{"start_text", "", &Configuration::start_text, 144, 160, "Start string of serial port 1"},
        Field{"port2", "", &Configuration::port2, 304, 16, "Serial port 2"},
        Field{"optical", "", &Configuration::optical, 320, 16, "Optical port"},
        Field{"ratios", "", &Configuration::ratios, 336, 128, "Transformer ratios"},
        Field{"period1_min", "", &Configuration::period1, 464, 8, "Integration period 1, minutes"},
        Field{"period2_min", "", &Configuration::period2, 472, 8, "Integration period 2, minutes"},
        Field{"period3_min", "", &Configuration::period3, 480, 8, "Integration period 3, minutes"},
        Field{"contracts", "", &Configuration::contracts, 488, 8, "Contracts"}};
    bool operator==(const Configuration&) const = default;
};

/// ASDU 129, without the reserved octets behind it.
struct PointParameters {
    std::uint16_t link_address{};
    std::uint8_t points{};
    std::uint16_t point_address{};
    Password password{};
    std::uint8_t period{};  // minutes
    std::uint16_t depth{};

    static constexpr std::tuple fields{
        Field{"link_address", "", &PointParameters::link_address, 0, 16, "Link address"},
        Field{"points", "", &PointParameters::points, 16, 8, "Number of measuring points"},
        Field{"point_address", "", &PointParameters::point_address, 24, 16, "Point address"},
        Field{"password", "", &PointParameters::password, 40, 32, "Password"},
        Field{"period_min", "", &PointParameters::period, 72, 8, "Integration period, minutes"},
        Field{"depth", "", &PointParameters::depth, 80, 16, "Depth of the registers"}};
    bool operator==(const PointParameters&) const = default;
};

// The objects of ASDU 157, register configuration 2.

struct Percent {
    std::uint8_t value{};
    static constexpr std::tuple fields{Field{"percent", "", &Percent::value, 0, 8, "Percent"}};
    bool operator==(const Percent&) const = default;
};

/// 1 no, 2 yes.
struct TwoState {
    std::uint8_t state{};
    static constexpr std::tuple fields{Field{"state", "", &TwoState::state, 0, 2, "1 no, 2 yes"}};
    bool operator==(const TwoState&) const = default;
};

struct Minutes {
    std::uint8_t value{};
    static constexpr std::tuple fields{Field{"minutes", "", &Minutes::value, 0, 8, "Minutes"}};
    bool operator==(const Minutes&) const = default;
};

struct Alarms {
    std::uint8_t critical{}, other{};
    static constexpr std::tuple fields{Field{"critical", "", &Alarms::critical, 0, 8, "Critical alarms"},
                                       Field{"other", "", &Alarms::other, 8, 8, "Other alarms"}};
    bool operator==(const Alarms&) const = default;
};

struct VoltageFailures {
    std::uint8_t phase1{}, phase2{}, phase3{};
    static constexpr std::tuple fields{Field{"phase1", "", &VoltageFailures::phase1, 0, 8, "Phase 1"},
                                       Field{"phase2", "", &VoltageFailures::phase2, 8, 8, "Phase 2"},
                                       Field{"phase3", "", &VoltageFailures::phase3, 16, 8, "Phase 3"}};
    bool operator==(const VoltageFailures&) const = default;
};

struct CurvePeriods {
    std::uint8_t period1{}, period2{};
    static constexpr std::tuple fields{Field{"period1_min", "", &CurvePeriods::period1, 0, 8, "Load curve 1, minutes"},
                                       Field{"period2_min", "", &CurvePeriods::period2, 8, 8, "Load curve 2, minutes"}};
    bool operator==(const CurvePeriods&) const = default;
};

struct ClockSource {
    std::uint8_t code{};
    static constexpr std::tuple fields{Field{"code", "", &ClockSource::code, 0, 8, "Clock source"}};
    bool operator==(const ClockSource&) const = default;
};

struct ProgramName {
    Text<25> text;
    static constexpr std::tuple fields{Field{"text", "", &ProgramName::text, 0, 200, "Programme"}};
    bool operator==(const ProgramName&) const = default;
};

inline constexpr Octet ratios_object = 198;

}  // namespace busbar::iec102
