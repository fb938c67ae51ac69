#pragma once

#include "iec60870/element/field.hpp"

/// Information elements of process information in monitor direction (IEC 60870-5-101, 7.2.6.1 to 7.2.6.15).
namespace busbar::iec60870 {

/// The four bits that SIQ, DIQ, QDS, QDP and SEP share: is the value to be trusted?
struct Quality {
    bool blocked{}, substituted{}, not_topical{}, invalid{};

    static constexpr std::tuple fields{Field{"BL", "BL", &Quality::blocked, 0, 1, "Blocked"},
                                       Field{"SB", "SB", &Quality::substituted, 1, 1, "Substituted"},
                                       Field{"NT", "NT", &Quality::not_topical, 2, 1, "Not topical"},
                                       Field{"IV", "IV", &Quality::invalid, 3, 1, "Invalid"}};
    bool operator==(const Quality&) const = default;
};

/// One binary state with its quality.
struct SinglePoint {
    bool on{};
    Quality quality{};

    static constexpr std::string_view symbol = "SIQ";
    static constexpr std::tuple fields{Field{"value", "SPI", &SinglePoint::on, 0, 1, "State"},
                                       Field{"quality", "SIQ", &SinglePoint::quality, 4, 4, "Quality"}};
    bool operator==(const SinglePoint&) const = default;
};

/// A switch with two contacts: 0 intermediate, 1 off, 2 on, 3 indeterminate.
struct DoublePoint {
    std::uint8_t state{};
    Quality quality{};

    static constexpr std::string_view symbol = "DIQ";
    static constexpr std::tuple fields{Field{"value", "DPI", &DoublePoint::state, 0, 2, "State"},
                                       Field{"quality", "DIQ", &DoublePoint::quality, 4, 4, "Quality"}};
    bool operator==(const DoublePoint&) const = default;
};

/// Quality of the value before it.
struct QualityDescriptor {
    bool overflow{};
    Quality quality{};

    static constexpr std::string_view symbol = "QDS";
    static constexpr std::tuple fields{Field{"OV", "OV", &QualityDescriptor::overflow, 0, 1, "Overflow"},
                                       Field{"quality", "QDS", &QualityDescriptor::quality, 4, 4, "Quality"}};
    bool operator==(const QualityDescriptor&) const = default;
};

/// Position of a tap changer, -64 … 63, and whether it is moving.
struct StepPosition {
    std::int8_t position{};
    bool transient{};

    static constexpr std::string_view symbol = "VTI";
    static constexpr std::tuple fields{Field{"value", "V", &StepPosition::position, 0, 7, "Position"},
                                       Field{"transient", "T", &StepPosition::transient, 7, 1, "In transit"}};
    bool operator==(const StepPosition&) const = default;
};

/// 32 bits; bit 1 of the standard is the least significant bit of the first octet.
struct BitString {
    std::uint32_t bits{};

    static constexpr std::string_view symbol = "BSI";
    static constexpr std::tuple fields{Field{"value", "BSI", &BitString::bits, 0, 32, "Bits"}};
    bool operator==(const BitString&) const = default;
};

/// A share of a nominal value, -1 … 1-2^-15.
struct NormalizedValue {
    Fraction value{};

    static constexpr std::string_view symbol = "NVA";
    static constexpr std::tuple fields{Field{"value", "NVA", &NormalizedValue::value, 0, 16, "Value"}};
    bool operator==(const NormalizedValue&) const = default;
};

/// An integer whose decimal point is agreed elsewhere.
struct ScaledValue {
    std::int16_t value{};

    static constexpr std::string_view symbol = "SVA";
    static constexpr std::tuple fields{Field{"value", "SVA", &ScaledValue::value, 0, 16, "Value"}};
    bool operator==(const ScaledValue&) const = default;
};

/// IEEE 754 single precision.
struct ShortFloat {
    float value{};

    static constexpr std::string_view symbol = "R32";
    static constexpr std::tuple fields{Field{"value", "R32", &ShortFloat::value, 0, 32, "Value"}};
    bool operator==(const ShortFloat&) const = default;
};

/// Binary counter reading: an integrated total with its period.
struct CounterReading {
    std::int32_t count{};
    std::uint8_t sequence{};
    bool carry{}, adjusted{}, invalid{};

    static constexpr std::string_view symbol = "BCR";
    static constexpr std::tuple fields{
        Field{"value", "count", &CounterReading::count, 0, 32, "Counter reading"},
        Field{"sequence", "SQ", &CounterReading::sequence, 32, 5, "Sequence number"},
        Field{"CY", "CY", &CounterReading::carry, 37, 1, "Carry: passed its range in the period"},
        Field{"CA", "CA", &CounterReading::adjusted, 38, 1, "Adjusted since the last reading"},
        Field{"IV", "IV", &CounterReading::invalid, 39, 1, "Invalid"}};
    bool operator==(const CounterReading&) const = default;
};

/// Event of protection equipment: 1 off, 2 on, 0 and 3 indeterminate.
struct ProtectionEvent {
    std::uint8_t state{};
    bool elapsed_time_invalid{};
    Quality quality{};

    static constexpr std::string_view symbol = "SEP";
    static constexpr std::tuple fields{
        Field{"ES", "ES", &ProtectionEvent::state, 0, 2, "Event state"},
        Field{"EI", "EI", &ProtectionEvent::elapsed_time_invalid, 3, 1, "Elapsed time invalid"},
        Field{"quality", "SEP", &ProtectionEvent::quality, 4, 4, "Quality"}};
    bool operator==(const ProtectionEvent&) const = default;
};

/// Start events of protection equipment.
struct StartEvents {
    bool general{}, phase_1{}, phase_2{}, phase_3{}, earth{}, reverse{};

    static constexpr std::string_view symbol = "SPE";
    static constexpr std::tuple fields{Field{"GS", "GS", &StartEvents::general, 0, 1, "General start"},
                                       Field{"SL1", "SL1", &StartEvents::phase_1, 1, 1, "Start phase L1"},
                                       Field{"SL2", "SL2", &StartEvents::phase_2, 2, 1, "Start phase L2"},
                                       Field{"SL3", "SL3", &StartEvents::phase_3, 3, 1, "Start phase L3"},
                                       Field{"SIE", "SIE", &StartEvents::earth, 4, 1, "Start earth current"},
                                       Field{"SRD", "SRD", &StartEvents::reverse, 5, 1, "Start in reverse direction"}};
    bool operator==(const StartEvents&) const = default;
};

/// Commands of protection equipment to the output circuit.
struct OutputCircuit {
    bool general{}, phase_1{}, phase_2{}, phase_3{};

    static constexpr std::string_view symbol = "OCI";
    static constexpr std::tuple fields{Field{"GC", "GC", &OutputCircuit::general, 0, 1, "General command"},
                                       Field{"CL1", "CL1", &OutputCircuit::phase_1, 1, 1, "Command phase L1"},
                                       Field{"CL2", "CL2", &OutputCircuit::phase_2, 2, 1, "Command phase L2"},
                                       Field{"CL3", "CL3", &OutputCircuit::phase_3, 3, 1, "Command phase L3"}};
    bool operator==(const OutputCircuit&) const = default;
};

/// Quality of events of protection equipment.
struct ProtectionQuality {
    bool elapsed_time_invalid{};
    Quality quality{};

    static constexpr std::string_view symbol = "QDP";
    static constexpr std::tuple fields{
        Field{"EI", "EI", &ProtectionQuality::elapsed_time_invalid, 3, 1, "Elapsed time invalid"},
        Field{"quality", "QDP", &ProtectionQuality::quality, 4, 4, "Quality"}};
    bool operator==(const ProtectionQuality&) const = default;
};

/// 16 binary states and which of them changed since the last report.
struct StatusAndChange {
    std::uint16_t status{}, change{};

    static constexpr std::string_view symbol = "SCD";
    static constexpr std::tuple fields{
        Field{"ST", "ST", &StatusAndChange::status, 0, 16, "States"},
        Field{"CD", "CD", &StatusAndChange::change, 16, 16, "Changed since last report"}};
    bool operator==(const StatusAndChange&) const = default;
};

/// Elapsed time or relay duration, ms.
struct Duration {
    std::uint16_t milliseconds{};

    static constexpr std::string_view symbol = "CP16Time2a";
    static constexpr std::tuple fields{Field{"duration", "ms", &Duration::milliseconds, 0, 16, "Duration, ms"}};
    bool operator==(const Duration&) const = default;
};

}  // namespace busbar::iec60870
