#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace busbar::sim {

/// A file that survives a kill of the program: what is appended is with the operating system when `write` returns.
class LineLog {
public:
    /// Appends to the file, which is made if need be. Throws std::runtime_error naming the file.
    explicit LineLog(const std::filesystem::path& path);
    /// Standard output.
    static LineLog standard_output() { return LineLog(1, "standard output"); }
    ~LineLog();
    LineLog(LineLog&& other) noexcept;
    LineLog& operator=(LineLog&&) = delete;

    /// In one write(2) if the operating system takes it at once. Throws std::runtime_error if it does not take all of
    /// it.
    void write(std::string_view text);

private:
    LineLog(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}

    int descriptor_;
    bool owned_ = false;
    std::string name_;
};

}  // namespace busbar::sim
