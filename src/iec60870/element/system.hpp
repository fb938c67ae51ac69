#pragma once

#include "iec60870/element/field.hpp"

/// Information elements of system information (IEC 60870-5-101, 7.2.6.21 to 7.2.6.28; TSC: IEC 60870-5-104, 8.8).
namespace busbar::iec60870 {

/// Cause of initialization: 0 power on, 1 local manual reset, 2 remote reset.
struct InitializationCause {
    std::uint8_t cause{};
    bool parameters_changed{};

    static constexpr std::string_view symbol = "COI";
    static constexpr std::tuple fields{
        Field{"value", "COI", &InitializationCause::cause, 0, 7, "Cause of initialization"},
        Field{"LPC", "LPC", &InitializationCause::parameters_changed, 7, 1, "Local parameters were changed"}};
    bool operator==(const InitializationCause&) const = default;
};

/// Qualifier of interrogation: 20 station, 21-36 group 1-16.
struct InterrogationQualifier {
    std::uint8_t qualifier{};

    static constexpr std::string_view symbol = "QOI";
    static constexpr std::tuple fields{
        Field{"value", "QOI", &InterrogationQualifier::qualifier, 0, 8, "What to interrogate"}};
    bool operator==(const InterrogationQualifier&) const = default;
};

/// Qualifier of counter interrogation: 1-4 group, 5 all; read, freeze, freeze with reset, reset.
struct CounterQualifier {
    std::uint8_t request{};
    std::uint8_t freeze{};

    static constexpr std::string_view symbol = "QCC";
    static constexpr std::tuple fields{Field{"value", "RQT", &CounterQualifier::request, 0, 6, "Which counters"},
                                       Field{"FRZ", "FRZ", &CounterQualifier::freeze, 6, 2, "Freeze or reset"}};
    bool operator==(const CounterQualifier&) const = default;
};

/// Fixed test bit pattern: 0x55AA.
struct TestPattern {
    std::uint16_t pattern{};

    static constexpr std::string_view symbol = "FBP";
    static constexpr std::tuple fields{Field{"value", "FBP", &TestPattern::pattern, 0, 16, "Test bit pattern"}};
    bool operator==(const TestPattern&) const = default;
};

/// Qualifier of reset process: 1 general reset, 2 drop time-tagged events that wait.
struct ResetQualifier {
    std::uint8_t qualifier{};

    static constexpr std::string_view symbol = "QRP";
    static constexpr std::tuple fields{Field{"value", "QRP", &ResetQualifier::qualifier, 0, 8, "What to reset"}};
    bool operator==(const ResetQualifier&) const = default;
};

/// Transmission delay, ms.
struct Delay {
    std::uint16_t milliseconds{};

    static constexpr std::string_view symbol = "CP16Time2a";
    static constexpr std::tuple fields{Field{"value", "ms", &Delay::milliseconds, 0, 16, "Delay, ms"}};
    bool operator==(const Delay&) const = default;
};

/// Test sequence counter.
struct TestCounter {
    std::uint16_t count{};

    static constexpr std::string_view symbol = "TSC";
    static constexpr std::tuple fields{Field{"value", "TSC", &TestCounter::count, 0, 16, "Test sequence counter"}};
    bool operator==(const TestCounter&) const = default;
};

}  // namespace busbar::iec60870
