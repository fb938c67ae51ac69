#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "iec104/station/file_asdu.hpp"

namespace busbar::iec104 {

/// The files that a controlled station has, for its directory, and which of them are being transferred.
class FileTable {
public:
    using Time = std::array<Octet, 7>;  // CP56Time2a
    struct Entry {
        std::uint16_t name = 0;
        std::uint32_t length = 0;
        Time time{};
        std::uint64_t announcement = 0;  // to be made to all groups
        bool operator==(const Entry&) const = default;
    };
    using Key = std::pair<CommonAddress, Ioa>;
    using Files = std::map<Key, Entry>;

    /// A file that is new, or has changed, is announced.
    void set(const FileAddress& file, std::uint32_t length, const Time& time);
    void erase(const FileAddress& file) { files_.erase(key_of(file)); }
    void clear() { files_.clear(); }
    const Entry* find(CommonAddress common_address, Ioa ioa) const;
    bool holds(const FileAddress& file) const;

    /// False: another connection transfers it.
    bool claim(const FileAddress& file) { return claimed_.insert(file).second; }
    void release(const FileAddress& file) { claimed_.erase(file); }

    /// Announcements are counted from 1.
    std::uint64_t last_announcement() const { return last_announcement_; }
    /// Builds the announcement (126, cause 3) that follows `announced` and counts on; false: there is none.
    bool write_announcement(std::uint64_t& announced, iec60870::AsduWriter& out) const;
    /// Builds as much of the directory (126, cause 5) as one ASDU holds, from `ioa` on. Where to go on; nothing: that
    /// was the last file, or there is none, which is said by an entry without a name.
    std::optional<Ioa> write_directory(CommonAddress common_address, Ioa ioa, std::uint8_t originator,
                                       iec60870::AsduWriter& out) const;

private:
    static Key key_of(const FileAddress& file) { return {file.common_address, file.ioa}; }
    bool add_entry(Files::const_iterator file, bool last, iec60870::AsduWriter& out) const;

    Files files_;
    std::set<FileAddress> claimed_;
    std::uint64_t last_announcement_ = 0;
};

}  // namespace busbar::iec104
