#pragma once

#include <filesystem>
#include <string>

namespace busbar::sim {

/// A file of lines that survives a kill of the program: lines are gathered and appended with one write(2). Without a
/// path it takes lines and forgets them.
class LineLog {
public:
    LineLog() = default;
    /// Appends to the file, which is made if need be. Throws std::runtime_error naming the file.
    explicit LineLog(const std::filesystem::path& path);
    /// Writes to a descriptor that somebody else owns, standard output for example.
    explicit LineLog(int descriptor) : descriptor_(descriptor) {}
    ~LineLog();
    LineLog(LineLog&& other) noexcept;
    LineLog& operator=(LineLog&&) = delete;

    bool active() const { return descriptor_ >= 0; }
    /// Append whole lines here; they are in the file after the next `flush`.
    std::string& batch() { return batch_; }
    /// Throws std::runtime_error if the operating system does not take all of it.
    void flush();

private:
    int descriptor_ = -1;
    bool owned_ = false;
    std::string name_ = "standard output";
    std::string batch_;
};

}  // namespace busbar::sim
