#pragma once

#include <cstdint>
#include <string>

#include "files/open_file.hpp"

namespace busbar::files {

/// A file that comes in pieces. Until it is finished it has a hidden name of its own; then it takes the place of an
/// older one of its name at once. One that is not finished goes.
class IncomingFile {
public:
    /// `name` is a plain name.
    static Result<IncomingFile> create(const std::string& folder, const std::string& name);
    ~IncomingFile();
    IncomingFile(IncomingFile&&) noexcept = default;
    IncomingFile& operator=(IncomingFile&&) noexcept = default;

    const std::string& name() const { return name_; }
    Result<void> write(std::uint64_t offset, Octets octets);
    /// It has `length` octets, and is on the disk when this returns without error.
    Result<void> finish(std::uint64_t length);

private:
    IncomingFile(Descriptor folder, Descriptor file, std::string name);

    Descriptor folder_, file_;
    std::string name_, temporary_;
};

}  // namespace busbar::files
