#pragma once

#include "iec60870/element/field.hpp"

/// Information elements of process information in control direction and of parameters (IEC 60870-5-101, 7.2.6.15 to
/// 7.2.6.39). What stands beside the value:
/// "qualifier" QU (pulse), QL (set point) or KPA (kind of parameter); "select" S/E, 1 = select.
namespace busbar::iec60870 {

/// Single command: 0 off, 1 on.
struct SingleCommand {
    bool on{};
    std::uint8_t qualifier{};
    bool select{};

    static constexpr std::string_view symbol = "SCO";
    static constexpr std::tuple fields{Field{"value", "SCS", &SingleCommand::on, 0, 1, "Command"},
                                       Field{"qualifier", "QU", &SingleCommand::qualifier, 2, 5, "Qualifier"},
                                       Field{"select", "S/E", &SingleCommand::select, 7, 1, "Select"}};
    bool operator==(const SingleCommand&) const = default;
};

/// Double command: 1 off, 2 on; 0 and 3 are not permitted.
struct DoubleCommand {
    std::uint8_t state{};
    std::uint8_t qualifier{};
    bool select{};

    static constexpr std::string_view symbol = "DCO";
    static constexpr std::tuple fields{Field{"value", "DCS", &DoubleCommand::state, 0, 2, "Command"},
                                       Field{"qualifier", "QU", &DoubleCommand::qualifier, 2, 5, "Qualifier"},
                                       Field{"select", "S/E", &DoubleCommand::select, 7, 1, "Select"}};
    bool operator==(const DoubleCommand&) const = default;
};

/// Regulating step command: 1 next step lower, 2 higher; 0 and 3 are not permitted.
struct StepCommand {
    std::uint8_t step{};
    std::uint8_t qualifier{};
    bool select{};

    static constexpr std::string_view symbol = "RCO";
    static constexpr std::tuple fields{Field{"value", "RCS", &StepCommand::step, 0, 2, "Command"},
                                       Field{"qualifier", "QU", &StepCommand::qualifier, 2, 5, "Qualifier"},
                                       Field{"select", "S/E", &StepCommand::select, 7, 1, "Select"}};
    bool operator==(const StepCommand&) const = default;
};

/// Qualifier of a set-point command.
struct SetPointQualifier {
    std::uint8_t qualifier{};
    bool select{};

    static constexpr std::string_view symbol = "QOS";
    static constexpr std::tuple fields{Field{"qualifier", "QL", &SetPointQualifier::qualifier, 0, 7, "Qualifier"},
                                       Field{"select", "S/E", &SetPointQualifier::select, 7, 1, "Select"}};
    bool operator==(const SetPointQualifier&) const = default;
};

/// Qualifier of a parameter of measured values: 1 threshold, 2 smoothing factor, 3 low limit, 4 high limit.
struct ParameterQualifier {
    std::uint8_t kind{};
    bool changed_locally{}, not_in_operation{};

    static constexpr std::string_view symbol = "QPM";
    static constexpr std::tuple fields{
        Field{"qualifier", "KPA", &ParameterQualifier::kind, 0, 6, "Kind of parameter"},
        Field{"LPC", "LPC", &ParameterQualifier::changed_locally, 6, 1, "Changed locally"},
        Field{"POP", "POP", &ParameterQualifier::not_in_operation, 7, 1, "Not in operation"}};
    bool operator==(const ParameterQualifier&) const = default;
};

/// Qualifier of parameter activation: 1 all loaded, 2 the addressed parameter, 3 cyclic transmission of the object.
struct ParameterActivation {
    std::uint8_t qualifier{};

    static constexpr std::string_view symbol = "QPA";
    static constexpr std::tuple fields{
        Field{"value", "QPA", &ParameterActivation::qualifier, 0, 8, "What to activate"}};
    bool operator==(const ParameterActivation&) const = default;
};

}  // namespace busbar::iec60870
