#pragma once

#include "iec60870/asdu/asdu.hpp"
#include "iec60870/asdu/record.hpp"
#include "iec60870/element/command.hpp"
#include "iec60870/element/file.hpp"
#include "iec60870/element/process.hpp"
#include "iec60870/element/system.hpp"
#include "iec60870/element/time_tag.hpp"

/// The type identifications (IEC 60870-5-101, 7.2.1.1; IEC 60870-5-104, 6), one row each. Adding a type is adding a
/// row. Most code wants type_table.hpp; this one is for those who generate code from the rows.
namespace busbar::iec60870 {

/// How many objects an ASDU of a type may carry.
enum class Packing : std::uint8_t {
    one,       // N = 1
    several,   // SQ = 0
    sequence,  // SQ = 0 or 1
};

/// Permitted causes: bit c set = cause c.
struct Causes {
    std::uint64_t control = 0;
    std::uint64_t monitor = 0;
};

template <class R>
struct TypeRow {
    using Elements = R;
    TypeId id;
    std::string_view name;
    std::string_view label;
    Causes causes;
    Packing packing;
};

template <Described... Elements>
constexpr TypeRow<Record<Elements...>> type(TypeId id, std::string_view name, std::string_view label, Causes causes,
                                            Packing packing) {
    return {id, name, label, causes, packing};
}

namespace detail {

template <class... Number>
constexpr std::uint64_t bits(Number... number) {
    return (std::uint64_t{0} | ... | (std::uint64_t{1} << number));
}

constexpr std::uint64_t range(unsigned first, unsigned last) {
    std::uint64_t all = 0;
    for (unsigned cause = first; cause <= last; ++cause) all |= bits(cause);
    return all;
}

inline constexpr std::uint64_t interrogated = range(20, 36);
inline constexpr std::uint64_t refusals = range(44, 47);  // with P/N = 1

inline constexpr Causes state{0, bits(2, 3, 5, 11, 12) | interrogated};
inline constexpr Causes bit_string{0, bits(2, 3, 5) | interrogated};
inline constexpr Causes measured{0, bits(1, 2, 3, 5) | interrogated};
inline constexpr Causes state_event{0, bits(3, 5, 11, 12)};
inline constexpr Causes measured_event{0, bits(3, 5)};
inline constexpr Causes counter{0, bits(3) | range(37, 41)};
inline constexpr Causes protection{0, bits(3)};
inline constexpr Causes initialized{0, bits(4)};

inline constexpr Causes command{bits(6, 8), bits(7, 9, 10) | refusals};
inline constexpr Causes read{bits(5), refusals};
inline constexpr Causes confirmed{bits(6), bits(7) | refusals};
inline constexpr Causes delay{bits(3, 6), bits(7) | refusals};
inline constexpr Causes parameter{bits(6), bits(7) | interrogated | refusals};
inline constexpr Causes activation{bits(6, 8), bits(7, 9) | refusals};
inline constexpr Causes file{bits(13), bits(13) | refusals};
inline constexpr Causes file_call{bits(5, 13), bits(5, 13) | refusals};
inline constexpr Causes directory{0, bits(3, 5)};
inline constexpr Causes log_query{bits(3, 5, 13), bits(3, 5, 13) | refusals};

inline constexpr auto one = Packing::one;
inline constexpr auto several = Packing::several;
inline constexpr auto sequence = Packing::sequence;

}  // namespace detail

// clang-format off
inline constexpr std::tuple type_rows{
    type<SinglePoint>(1, "M_SP_NA_1", "Single-point information", detail::state, detail::sequence),
    type<SinglePoint, Cp24Time2a>(2, "M_SP_TA_1", "Single-point information with time tag", detail::state_event, detail::several),
    type<DoublePoint>(3, "M_DP_NA_1", "Double-point information", detail::state, detail::sequence),
    type<DoublePoint, Cp24Time2a>(4, "M_DP_TA_1", "Double-point information with time tag", detail::state_event, detail::several),
    type<StepPosition, QualityDescriptor>(5, "M_ST_NA_1", "Step position information", detail::state, detail::sequence),
    type<StepPosition, QualityDescriptor, Cp24Time2a>(6, "M_ST_TA_1", "Step position information with time tag", detail::state_event, detail::several),
    type<BitString, QualityDescriptor>(7, "M_BO_NA_1", "Bitstring of 32 bits", detail::bit_string, detail::sequence),
    type<BitString, QualityDescriptor, Cp24Time2a>(8, "M_BO_TA_1", "Bitstring of 32 bits with time tag", detail::measured_event, detail::several),
    type<NormalizedValue, QualityDescriptor>(9, "M_ME_NA_1", "Measured value, normalized", detail::measured, detail::sequence),
    type<NormalizedValue, QualityDescriptor, Cp24Time2a>(10, "M_ME_TA_1", "Measured value, normalized, with time tag", detail::measured_event, detail::several),
    type<ScaledValue, QualityDescriptor>(11, "M_ME_NB_1", "Measured value, scaled", detail::measured, detail::sequence),
    type<ScaledValue, QualityDescriptor, Cp24Time2a>(12, "M_ME_TB_1", "Measured value, scaled, with time tag", detail::measured_event, detail::several),
    type<ShortFloat, QualityDescriptor>(13, "M_ME_NC_1", "Measured value, short floating point", detail::measured, detail::sequence),
    type<ShortFloat, QualityDescriptor, Cp24Time2a>(14, "M_ME_TC_1", "Measured value, short floating point, with time tag", detail::measured_event, detail::several),
    type<CounterReading>(15, "M_IT_NA_1", "Integrated totals", detail::counter, detail::sequence),
    type<CounterReading, Cp24Time2a>(16, "M_IT_TA_1", "Integrated totals with time tag", detail::counter, detail::several),
    type<ProtectionEvent, Duration, Cp24Time2a>(17, "M_EP_TA_1", "Event of protection equipment with time tag", detail::protection, detail::several),
    type<StartEvents, ProtectionQuality, Duration, Cp24Time2a>(18, "M_EP_TB_1", "Packed start events of protection equipment with time tag", detail::protection, detail::one),
    type<OutputCircuit, ProtectionQuality, Duration, Cp24Time2a>(19, "M_EP_TC_1", "Packed output circuit information of protection equipment with time tag", detail::protection, detail::one),
    type<StatusAndChange, QualityDescriptor>(20, "M_PS_NA_1", "Packed single-point information with status change detection", detail::bit_string, detail::sequence),
    type<NormalizedValue>(21, "M_ME_ND_1", "Measured value, normalized, without quality descriptor", detail::measured, detail::sequence),

    type<SinglePoint, Cp56Time2a>(30, "M_SP_TB_1", "Single-point information with time tag CP56Time2a", detail::state_event, detail::several),
    type<DoublePoint, Cp56Time2a>(31, "M_DP_TB_1", "Double-point information with time tag CP56Time2a", detail::state_event, detail::several),
    type<StepPosition, QualityDescriptor, Cp56Time2a>(32, "M_ST_TB_1", "Step position information with time tag CP56Time2a", detail::state_event, detail::several),
    type<BitString, QualityDescriptor, Cp56Time2a>(33, "M_BO_TB_1", "Bitstring of 32 bits with time tag CP56Time2a", detail::measured_event, detail::several),
    type<NormalizedValue, QualityDescriptor, Cp56Time2a>(34, "M_ME_TD_1", "Measured value, normalized, with time tag CP56Time2a", detail::measured_event, detail::several),
    type<ScaledValue, QualityDescriptor, Cp56Time2a>(35, "M_ME_TE_1", "Measured value, scaled, with time tag CP56Time2a", detail::measured_event, detail::several),
    type<ShortFloat, QualityDescriptor, Cp56Time2a>(36, "M_ME_TF_1", "Measured value, short floating point, with time tag CP56Time2a", detail::measured_event, detail::several),
    type<CounterReading, Cp56Time2a>(37, "M_IT_TB_1", "Integrated totals with time tag CP56Time2a", detail::counter, detail::several),
    type<ProtectionEvent, Duration, Cp56Time2a>(38, "M_EP_TD_1", "Event of protection equipment with time tag CP56Time2a", detail::protection, detail::several),
    type<StartEvents, ProtectionQuality, Duration, Cp56Time2a>(39, "M_EP_TE_1", "Packed start events of protection equipment with time tag CP56Time2a", detail::protection, detail::one),
    type<OutputCircuit, ProtectionQuality, Duration, Cp56Time2a>(40, "M_EP_TF_1", "Packed output circuit information of protection equipment with time tag CP56Time2a", detail::protection, detail::one),

    type<SingleCommand>(45, "C_SC_NA_1", "Single command", detail::command, detail::one),
    type<DoubleCommand>(46, "C_DC_NA_1", "Double command", detail::command, detail::one),
    type<StepCommand>(47, "C_RC_NA_1", "Regulating step command", detail::command, detail::one),
    type<NormalizedValue, SetPointQualifier>(48, "C_SE_NA_1", "Set-point command, normalized", detail::command, detail::one),
    type<ScaledValue, SetPointQualifier>(49, "C_SE_NB_1", "Set-point command, scaled", detail::command, detail::one),
    type<ShortFloat, SetPointQualifier>(50, "C_SE_NC_1", "Set-point command, short floating point", detail::command, detail::one),
    type<BitString>(51, "C_BO_NA_1", "Bitstring of 32 bits, command", detail::command, detail::one),
    type<SingleCommand, Cp56Time2a>(58, "C_SC_TA_1", "Single command with time tag CP56Time2a", detail::command, detail::one),
    type<DoubleCommand, Cp56Time2a>(59, "C_DC_TA_1", "Double command with time tag CP56Time2a", detail::command, detail::one),
    type<StepCommand, Cp56Time2a>(60, "C_RC_TA_1", "Regulating step command with time tag CP56Time2a", detail::command, detail::one),
    type<NormalizedValue, SetPointQualifier, Cp56Time2a>(61, "C_SE_TA_1", "Set-point command, normalized, with time tag CP56Time2a", detail::command, detail::one),
    type<ScaledValue, SetPointQualifier, Cp56Time2a>(62, "C_SE_TB_1", "Set-point command, scaled, with time tag CP56Time2a", detail::command, detail::one),
    type<ShortFloat, SetPointQualifier, Cp56Time2a>(63, "C_SE_TC_1", "Set-point command, short floating point, with time tag CP56Time2a", detail::command, detail::one),
    type<BitString, Cp56Time2a>(64, "C_BO_TA_1", "Bitstring of 32 bits, command with time tag CP56Time2a", detail::command, detail::one),

    type<InitializationCause>(70, "M_EI_NA_1", "End of initialization", detail::initialized, detail::one),
    type<InterrogationQualifier>(100, "C_IC_NA_1", "Interrogation command", detail::command, detail::one),
    type<CounterQualifier>(101, "C_CI_NA_1", "Counter interrogation command", detail::command, detail::one),
    type<>(102, "C_RD_NA_1", "Read command", detail::read, detail::one),
    type<Cp56Time2a>(103, "C_CS_NA_1", "Clock synchronization command", detail::confirmed, detail::one),
    type<TestPattern>(104, "C_TS_NA_1", "Test command", detail::confirmed, detail::one),
    type<ResetQualifier>(105, "C_RP_NA_1", "Reset process command", detail::confirmed, detail::one),
    type<Delay>(106, "C_CD_NA_1", "Delay acquisition command", detail::delay, detail::one),
    type<TestCounter, Cp56Time2a>(107, "C_TS_TA_1", "Test command with time tag CP56Time2a", detail::confirmed, detail::one),

    type<NormalizedValue, ParameterQualifier>(110, "P_ME_NA_1", "Parameter of measured value, normalized", detail::parameter, detail::one),
    type<ScaledValue, ParameterQualifier>(111, "P_ME_NB_1", "Parameter of measured value, scaled", detail::parameter, detail::one),
    type<ShortFloat, ParameterQualifier>(112, "P_ME_NC_1", "Parameter of measured value, short floating point", detail::parameter, detail::one),
    type<ParameterActivation>(113, "P_AC_NA_1", "Parameter activation", detail::activation, detail::one),

    type<NameOfFile, LengthOfFile, FileReady>(120, "F_FR_NA_1", "File ready", detail::file, detail::one),
    type<NameOfFile, NameOfSection, LengthOfFile, SectionReady>(121, "F_SR_NA_1", "Section ready", detail::file, detail::one),
    type<NameOfFile, NameOfSection, SelectAndCall>(122, "F_SC_NA_1", "Call directory, select file, call file, call section", detail::file_call, detail::one),
    type<NameOfFile, NameOfSection, LastQualifier, Checksum>(123, "F_LS_NA_1", "Last section, last segment", detail::file, detail::one),
    type<NameOfFile, NameOfSection, FileAcknowledge>(124, "F_AF_NA_1", "Acknowledge file, acknowledge section", detail::file, detail::one),
    type<NameOfFile, NameOfSection, LengthOfSegment>(125, "F_SG_NA_1", "Segment", detail::file, detail::one),
    type<NameOfFile, LengthOfFile, StatusOfFile, Cp56Time2a>(126, "F_DR_TA_1", "Directory", detail::directory, detail::sequence),
    type<NameOfFile, Cp56Time2a, Cp56Time2a>(127, "F_SC_NB_1", "Query log, request archive file", detail::log_query, detail::one),
};
// clang-format on

}  // namespace busbar::iec60870
