#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "files/open_file.hpp"

namespace busbar::files {

/// A file of a folder, with the number that stands for its name.
struct ServedFile {
    std::uint32_t number = 0;
    std::string name;
    FileState state;
};

/// A folder whose files a station has. Each gets a number, by name when the folder is first looked at, later the next
/// one, and keeps it as long as it is there. Hidden files, links, folders and what is still being written are not seen.
class ServedFolder {
public:
    struct Limits {
        std::uint64_t longest = 0;  // octets of a file
        std::uint32_t most = 1000;  // files, and the greatest number
    };
    ServedFolder(std::string path, const Limits& limits) : path_(std::move(path)), limits_(limits) {}

    struct Changes {
        std::vector<ServedFile> appeared;  // or changed
        std::vector<ServedFile> gone;
        std::vector<std::string> left_out;  // name and reason; each is told once
    };
    /// What has changed since the last look. An error if the folder cannot be read: then nothing has.
    Result<Changes> look(UtcTime now);

    const std::map<std::uint32_t, ServedFile>& files() const { return files_; }
    const std::string& path() const { return path_; }
    /// As it was at the last look.
    Result<OpenFile> open(std::uint32_t number) const;
    Result<void> remove(std::uint32_t number);

private:
    using Found = std::map<std::string, FileState>;
    Result<Found> read_folder(Changes& changes);
    bool is_settled(const std::string& name, const FileState& state, UtcTime now) const;
    void leave_out(const std::string& name, std::string_view why, Changes& changes);
    std::uint32_t free_number() const;

    std::string path_;
    Limits limits_;
    std::map<std::uint32_t, ServedFile> files_;
    std::map<std::string, std::uint32_t> numbers_;
    std::uint32_t highest_ = 0;  // number ever given
    Found last_found_;
    std::set<std::string> left_out_;
};

}  // namespace busbar::files
