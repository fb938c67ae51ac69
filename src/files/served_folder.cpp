#include "files/served_folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <utility>

#include "files/file_name.hpp"

namespace busbar::files {

namespace {

/// Names that are looked at in a folder, and that are remembered as left out.
constexpr std::size_t most_names = 10'000;
/// A file that nobody has written to for so long is complete.
constexpr auto settling = std::chrono::seconds{2};

}  // namespace

Result<ServedFolder::Changes> ServedFolder::look(UtcTime now) {
    Changes changes;
    auto found = read_folder(changes);
    if (!found) return tl::make_unexpected(found.error());

    for (auto file = files_.begin(); file != files_.end();) {
        if (found->contains(file->second.name)) {
            ++file;
            continue;
        }
        numbers_.erase(file->second.name);
        changes.gone.push_back(std::move(file->second));
        file = files_.erase(file);
    }
    for (const auto& [name, state] : *found) {
        const auto known = numbers_.find(name);
        if (known != numbers_.end() && files_.at(known->second).state == state) continue;
        if (!is_settled(name, state, now)) continue;
        const std::uint32_t number = known != numbers_.end() ? known->second : free_number();
        if (number == 0) {
            leave_out(name, "there are too many files", changes);
            continue;
        }
        numbers_[name] = number;
        highest_ = std::max(highest_, number);
        changes.appeared.push_back(files_[number] = {number, name, state});
    }
    last_found_ = std::move(*found);
    return changes;
}

Result<ServedFolder::Found> ServedFolder::read_folder(Changes& changes) {
    auto folder = open_folder(path_);
    if (!folder) return tl::make_unexpected(folder.error());
    const std::unique_ptr<DIR, int (*)(DIR*)> entries(::fdopendir(::dup(folder->number())), &::closedir);
    if (!entries) return tl::make_unexpected(system_error(path_));
    Found found;
    std::size_t names = 0;
    while (const dirent* entry = ::readdir(entries.get())) {
        const std::string name = entry->d_name;
        if (name.front() == '.') continue;
        if (++names > most_names) {
            leave_out(name, "the folder has too many names", changes);
            break;
        }
        struct stat status {};
        if (::fstatat(folder->number(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) continue;  // gone meanwhile
        if (!S_ISREG(status.st_mode)) {
            leave_out(name, "it is not a regular file", changes);
        } else if (!is_plain_name(name)) {
            leave_out(name, "its name is too long or has control characters", changes);
        } else if (static_cast<std::uint64_t>(status.st_size) > limits_.longest) {
            leave_out(name, "it is too long", changes);
        } else {
            found.emplace(name, FileState::of(status));
        }
    }
    return found;
}

bool ServedFolder::is_settled(const std::string& name, const FileState& state, UtcTime now) const {
    if (state.modified() + settling <= now) return true;
    const auto before = last_found_.find(name);
    return before != last_found_.end() && before->second == state;
}

void ServedFolder::leave_out(const std::string& name, std::string_view why, Changes& changes) {
    if (left_out_.size() >= most_names || !left_out_.insert(name).second) return;
    changes.left_out.push_back(printable(name) + ": " + std::string(why));
}

/// Numbers are used again only when all have been given. 0: none is free.
std::uint32_t ServedFolder::free_number() const {
    if (highest_ < limits_.most) return highest_ + 1;
    for (std::uint32_t number = 1; number <= limits_.most; ++number) {
        if (!files_.contains(number)) return number;
    }
    return 0;
}

Result<OpenFile> ServedFolder::open(std::uint32_t number) const {
    const auto file = files_.find(number);
    if (file == files_.end()) return fail("there is no such file");
    const auto folder = open_folder(path_);
    if (!folder) return tl::make_unexpected(folder.error());
    auto opened = OpenFile::open(*folder, file->second.name);
    if (opened && opened->state() != file->second.state) return fail("has changed");
    return opened;
}

Result<void> ServedFolder::remove(std::uint32_t number) {
    const auto file = files_.find(number);
    if (file == files_.end()) return fail("there is no such file");
    const auto folder = open_folder(path_);
    if (!folder) return tl::make_unexpected(folder.error());
    if (::unlinkat(folder->number(), file->second.name.c_str(), 0) != 0)
        return tl::make_unexpected(system_error("cannot be deleted"));
    last_found_.erase(file->second.name);
    numbers_.erase(file->second.name);
    files_.erase(file);
    return {};
}

}  // namespace busbar::files
