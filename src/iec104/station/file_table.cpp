#include "iec104/station/file_table.hpp"

#include <algorithm>

#include "iec60870/element/file.hpp"

namespace busbar::iec104 {

namespace {

using namespace iec60870;

constexpr std::size_t entry_size = 13;

void write_entry(std::uint16_t name, std::uint32_t length, const StatusOfFile& status, const FileTable::Time& time,
                 std::array<Octet, entry_size>& out) {
    Octet* end = encode(NameOfFile{name}, out.data());
    end = encode(LengthOfFile{length}, end);
    end = encode(status, end);
    std::ranges::copy(time, end);
}

AsduHeader directory_header(Cause cause, CommonAddress common_address, std::uint8_t originator) {
    AsduHeader header;
    header.type = directory_type;
    header.sequence = true;
    header.cause = cause;
    header.originator = originator;
    header.common_address = common_address;
    return header;
}

}  // namespace

void FileTable::set(const FileAddress& file, std::uint32_t length, const Time& time) {
    Entry& entry = files_[key_of(file)];
    const Entry wanted{file.name, length, time, entry.announcement};
    if (entry.announcement != 0 && entry == wanted) return;
    entry = wanted;
    entry.announcement = ++last_announcement_;
}

const FileTable::Entry* FileTable::find(CommonAddress common_address, Ioa ioa) const {
    const auto found = files_.find({common_address, ioa});
    return found == files_.end() ? nullptr : &found->second;
}

bool FileTable::holds(const FileAddress& file) const {
    const auto* entry = find(file.common_address, file.ioa);
    return entry != nullptr && entry->name == file.name;
}

bool FileTable::add_entry(Files::const_iterator file, bool last, AsduWriter& out) const {
    const auto& [key, entry] = *file;
    StatusOfFile status;
    status.last = last;
    status.active = claimed_.contains({key.first, key.second, entry.name});
    std::array<Octet, entry_size> element{};
    write_entry(entry.name, entry.length, status, entry.time, element);
    return out.add(key.second, element);
}

bool FileTable::write_announcement(std::uint64_t& announced, AsduWriter& out) const {
    if (announced >= last_announcement_) return false;
    auto next = files_.end();
    for (auto file = files_.begin(); file != files_.end(); ++file) {
        const auto number = file->second.announcement;
        if (number > announced && (next == files_.end() || number < next->second.announcement)) next = file;
    }
    announced = next == files_.end() ? last_announcement_ : next->second.announcement;
    if (next == files_.end()) return false;  // gone again
    out.start(directory_header(Cause::spontaneous, next->first.first, 0));
    require(add_entry(next, true, out), "an entry of a directory fits");
    return true;
}

std::optional<Ioa> FileTable::write_directory(CommonAddress common_address, Ioa ioa, std::uint8_t originator,
                                              AsduWriter& out) const {
    out.start(directory_header(Cause::request, common_address, originator));
    const auto end = files_.upper_bound({common_address, ~Ioa{0}});
    auto file = files_.lower_bound({common_address, ioa});
    for (; file != end; ++file) {
        if (!add_entry(file, std::next(file) == end, out)) return file->first.second;
    }
    if (!out.empty()) return std::nullopt;
    StatusOfFile status;
    status.last = true;
    constexpr Time no_time{0, 0, 0x80, 0, 1, 1, 0};  // IV; 1 January 2000
    std::array<Octet, entry_size> element{};
    write_entry(0, 0, status, no_time, element);
    out.add(0, element);
    return std::nullopt;
}

}  // namespace busbar::iec104
