#pragma once

#include <filesystem>
#include <string>

#include "manage/supervise/child.hpp"

namespace busbar::manage {

/// A Valkey or Redis of our own on a unix socket in `folder`, which also holds its append-only file (`fsync` at every
/// write; nothing is evicted). To be started. Throws if no server program is installed.
ChildOptions private_store(const std::filesystem::path& folder);
std::filesystem::path private_store_socket(const std::filesystem::path& folder);

}  // namespace busbar::manage
