#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>

#include "base/octets.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace busbar::files {

/// A descriptor that is closed.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor();
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    int number() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }

private:
    int number_ = -1;
};

/// "what: No such file or directory"
Error system_error(const std::string& what);

/// Opens a folder; it may be a link, what is in it may not.
Result<Descriptor> open_folder(const std::string& path);

/// Which file, and which state of it.
struct FileState {
    std::uint64_t device = 0, inode = 0;
    std::uint64_t size = 0;
    std::int64_t modified_s = 0, modified_ns = 0;

    static FileState of(const struct stat& found);
    UtcTime modified() const;
    bool operator==(const FileState&) const = default;
};

/// A file that is being read; it must stay as it was when it was opened.
class OpenFile {
public:
    /// Regular files only, never through a link.
    static Result<OpenFile> open(const Descriptor& folder, const std::string& name);

    const FileState& state() const { return state_; }
    /// Fills `out` from `offset` on. An error if the file is no longer what it was.
    Result<void> read(std::uint64_t offset, std::span<Octet> out) const;

private:
    OpenFile(Descriptor file, const FileState& state) : file_(std::move(file)), state_(state) {}

    Descriptor file_;
    FileState state_;
};

}  // namespace busbar::files
