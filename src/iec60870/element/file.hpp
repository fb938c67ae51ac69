#pragma once

#include "iec60870/element/field.hpp"

/// Information elements of file transfer (IEC 60870-5-101, 7.2.6.29 to 7.2.6.38).
namespace busbar::iec60870 {

/// 1 transparent file, 2 disturbance data, 3 sequences of events, 4 recorded analogue values.
struct NameOfFile {
    std::uint16_t name{};

    static constexpr std::string_view symbol = "NOF";
    static constexpr std::tuple fields{Field{"NOF", "NOF", &NameOfFile::name, 0, 16, "Name of file"}};
    bool operator==(const NameOfFile&) const = default;
};

/// Sections count from 1.
struct NameOfSection {
    std::uint8_t name{};

    static constexpr std::string_view symbol = "NOS";
    static constexpr std::tuple fields{Field{"NOS", "NOS", &NameOfSection::name, 0, 8, "Name of section"}};
    bool operator==(const NameOfSection&) const = default;
};

/// Length of file or section, octets.
struct LengthOfFile {
    std::uint32_t octets{};

    static constexpr std::string_view symbol = "LOF";
    static constexpr std::tuple fields{Field{"LOF", "LOF", &LengthOfFile::octets, 0, 24, "Length, octets"}};
    bool operator==(const LengthOfFile&) const = default;
};

/// Length of segment, octets; as many octets of data follow it.
struct LengthOfSegment {
    std::uint8_t octets{};

    static constexpr std::string_view symbol = "LOS";
    static constexpr std::tuple fields{
        Field{"LOS", "LOS", &LengthOfSegment::octets, 0, 8, "Length of segment, octets"}};
    bool operator==(const LengthOfSegment&) const = default;
};

/// File ready qualifier.
struct FileReady {
    bool negative{};

    static constexpr std::string_view symbol = "FRQ";
    static constexpr std::tuple fields{Field{"FRQ", "FRQ", &FileReady::negative, 7, 1, "Refused"}};
    bool operator==(const FileReady&) const = default;
};

/// Section ready qualifier.
struct SectionReady {
    bool not_ready{};

    static constexpr std::string_view symbol = "SRQ";
    static constexpr std::tuple fields{Field{"SRQ", "SRQ", &SectionReady::not_ready, 7, 1, "Not ready"}};
    bool operator==(const SectionReady&) const = default;
};

/// Select and call qualifier: 1 select file, 2 request file, 3 deactivate file, 4 delete file, 5 select section,
/// 6 request section, 7 deactivate section.
struct SelectAndCall {
    std::uint8_t call{};
    std::uint8_t error{};

    static constexpr std::string_view symbol = "SCQ";
    static constexpr std::tuple fields{Field{"SCQ", "SCQ", &SelectAndCall::call, 0, 4, "Call"},
                                       Field{"error", "error", &SelectAndCall::error, 4, 4, "Error"}};
    bool operator==(const SelectAndCall&) const = default;
};

/// Last section or segment qualifier: 1 file done, 2 file aborted, 3 section done, 4 section aborted.
struct LastQualifier {
    std::uint8_t qualifier{};

    static constexpr std::string_view symbol = "LSQ";
    static constexpr std::tuple fields{Field{"LSQ", "LSQ", &LastQualifier::qualifier, 0, 8, "What ended"}};
    bool operator==(const LastQualifier&) const = default;
};

/// Sum of the data octets modulo 256.
struct Checksum {
    std::uint8_t sum{};

    static constexpr std::string_view symbol = "CHS";
    static constexpr std::tuple fields{Field{"CHS", "CHS", &Checksum::sum, 0, 8, "Checksum"}};
    bool operator==(const Checksum&) const = default;
};

/// Acknowledge file or section qualifier: 1 file accepted, 2 file refused, 3 section accepted, 4 section refused.
struct FileAcknowledge {
    std::uint8_t answer{};
    std::uint8_t error{};

    static constexpr std::string_view symbol = "AFQ";
    static constexpr std::tuple fields{Field{"AFQ", "AFQ", &FileAcknowledge::answer, 0, 4, "Answer"},
                                       Field{"error", "error", &FileAcknowledge::error, 4, 4, "Error"}};
    bool operator==(const FileAcknowledge&) const = default;
};

/// Status of file in a directory.
struct StatusOfFile {
    std::uint8_t status{};
    bool last{}, subdirectory{}, active{};

    static constexpr std::string_view symbol = "SOF";
    static constexpr std::tuple fields{Field{"STATUS", "STATUS", &StatusOfFile::status, 0, 5, "Status"},
                                       Field{"LFD", "LFD", &StatusOfFile::last, 5, 1, "Last file of the directory"},
                                       Field{"FOR", "FOR", &StatusOfFile::subdirectory, 6, 1, "Name of a subdirectory"},
                                       Field{"FA", "FA", &StatusOfFile::active, 7, 1, "Transfer is running"}};
    bool operator==(const StatusOfFile&) const = default;
};

}  // namespace busbar::iec60870
