#pragma once

#include <filesystem>

namespace busbar::manage {

/// The directory of an installation: database, logs, the private store's files. Belongs to one service at a time.
class DataFolder {
public:
    /// Makes it if it is not there; only its owner may look into it. Throws std::runtime_error that names it: it cannot
    /// be made or written to, or another service works in it.
    explicit DataFolder(std::filesystem::path path);
    ~DataFolder();
    DataFolder(const DataFolder&) = delete;
    DataFolder& operator=(const DataFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path database() const { return path_ / "busbar.db"; }
    std::filesystem::path run() const { return path_ / "run"; }
    /// What systemd's units of connectors read: {ID}.env.
    std::filesystem::path units() const { return path_ / "connectors"; }

private:
    std::filesystem::path path_;
    int lock_ = -1;
};

}  // namespace busbar::manage
