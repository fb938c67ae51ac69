#pragma once

#include <deque>
#include <string>
#include <variant>

#include "base/time.hpp"
#include "iec104/station/file_asdu.hpp"

namespace busbar::iec104 {

/// Limits of file transfer, for either station.
struct FileRules {
    Duration step_limit = std::chrono::seconds{10};  // longest wait for the peer's next word
    std::uint32_t longest = 255u << 16;              // octets of a file that is taken or sent
    std::uint32_t section_octets = 1u << 16;         // of each section that is sent; it is kept until acknowledged
    unsigned most_repeats = 3;                       // of one section
};

/// The peer selects a file: answer with `ready` or `refuse`.
struct FileSelected {
    FileAddress file;
};
/// The peer wants a file deleted: answer with `deleted` or `refuse`.
struct FileDeletionWanted {
    FileAddress file;
};
/// These octets of the file go next: answer with `provide` or `abort`.
struct SectionWanted {
    FileAddress file;
    std::uint32_t offset, length;
};
/// The peer has a file ready to be sent: answer with `accept` or `abort`.
struct FileOffered {
    FileAddress file;
    std::uint32_t length;
};
/// A section that is repeated comes with its offsets again. `octets` valid until the next take_event.
struct SegmentReceived {
    FileAddress file;
    std::uint32_t offset;
    Octets octets;
};
/// All of it is there and its checksums are right: answer with `stored` or `abort`; only then is it acknowledged.
struct FileReceived {
    FileAddress file;
    std::uint32_t length;
};
/// The last word about a transfer.
struct FileEnded {
    FileAddress file;
    bool sent;           // by this station; else received
    std::string reason;  // empty: complete
};

/// Entries of a directory (126), at the controlling station; `asdu` valid until the next take_event.
struct DirectoryReceived {
    Octets asdu;
};
struct DirectoryEnded {
    CommonAddress common_address;
    std::string reason;  // empty: the last entry came
};

using FileEvent = std::variant<FileSelected, FileDeletionWanted, SectionWanted, FileOffered, SegmentReceived,
                               FileReceived, FileEnded, DirectoryReceived, DirectoryEnded>;
using FileEvents = std::deque<FileEvent>;

}  // namespace busbar::iec104
