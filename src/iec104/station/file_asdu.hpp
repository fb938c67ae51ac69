#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "iec104/station/object_update.hpp"
#include "iec60870/asdu/asdu.hpp"

/// What the two ends of a file transfer say (types 120-125; IEC 60870-5-101, 7.4.11).
namespace busbar::iec104 {

inline constexpr TypeId file_ready_type = 120, section_ready_type = 121, file_call_type = 122, file_last_type = 123,
                        file_acknowledge_type = 124, segment_type = 125, directory_type = 126;

constexpr bool is_file_transfer(TypeId type) { return type >= file_ready_type && type <= segment_type; }

/// A file of a station: its information object address, and name of file (NOF).
struct FileAddress {
    CommonAddress common_address = 0;
    Ioa ioa = 0;
    std::uint16_t name = 0;
    auto operator<=>(const FileAddress&) const = default;
};
/// "casdu 1 ioa 17, file 2"
std::string to_string(const FileAddress& file);

/// SCQ, bits 0-3.
enum class FileCall : std::uint8_t {
    none,
    select_file,
    request_file,
    deactivate_file,
    delete_file,
    select_section,
    request_section,
    deactivate_section,
};
/// LSQ.
enum class FileEnd : std::uint8_t { file = 1, file_aborted, section, section_aborted };
/// AFQ, bits 0-3.
enum class FileAnswer : std::uint8_t { file_accepted = 1, file_refused, section_accepted, section_refused };
/// SCQ and AFQ, bits 4-7.
enum class FileFault : std::uint8_t {
    none,
    no_memory,
    checksum,
    unexpected_service,
    unexpected_file,
    unexpected_section
};
std::string_view to_string(FileFault fault);

/// One ASDU of a file transfer; what its type does not have is 0.
struct FileAsdu {
    TypeId type = 0;
    FileAddress file;
    std::uint8_t section = 0;     // NOS
    std::uint32_t length = 0;     // LOF, of the file (120) or the section (121)
    bool negative = false;        // FRQ, SRQ
    std::uint8_t qualifier = 0;   // SCQ, LSQ or AFQ without the fault
    FileFault fault{};            // of SCQ or AFQ
    std::uint8_t checksum = 0;    // CHS
    Octets segment{};             // 125: lies in the octets that were read, or in the sender's section
    std::uint8_t originator = 0;  // of the ASDU, like what follows
    bool test = false;
    Cause cause = Cause::file_transfer;

    /// Sent back with one of the causes 44-47.
    bool is_refused() const { return cause >= Cause::unknown_type && cause <= Cause::unknown_ioa; }
    bool calls(FileCall call) const { return type == file_call_type && qualifier == static_cast<unsigned>(call); }
    bool ends(FileEnd end) const { return type == file_last_type && qualifier == static_cast<unsigned>(end); }
    bool answers(FileAnswer answer) const {
        return type == file_acknowledge_type && qualifier == static_cast<unsigned>(answer);
    }

    static FileAsdu file_ready(const FileAddress& file, std::uint32_t length);
    static FileAsdu not_ready(const FileAddress& file);
    static FileAsdu section_ready(const FileAddress& file, std::uint8_t section, std::uint32_t length);
    static FileAsdu call(const FileAddress& file, std::uint8_t section, FileCall call, FileFault fault = {});
    static FileAsdu last(const FileAddress& file, std::uint8_t section, FileEnd end, std::uint8_t checksum);
    static FileAsdu acknowledge(const FileAddress& file, std::uint8_t section, FileAnswer answer, FileFault fault = {});
    static FileAsdu segment_of(const FileAddress& file, std::uint8_t section, Octets octets);
};

/// `asdu` is of one of the types 120-125 and has its one object.
FileAsdu read_file_asdu(const iec60870::AsduView& asdu);
void write_file_asdu(const FileAsdu& asdu, iec60870::AsduWriter& out);

/// Octets of data that one segment can carry.
unsigned most_segment_octets(const AsduFormat& format);

/// CHS: the sum of the octets modulo 256.
std::uint8_t checksum_of(Octets octets, std::uint8_t start = 0);

}  // namespace busbar::iec104
