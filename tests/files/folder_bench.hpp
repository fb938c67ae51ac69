#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/octets.hpp"
#include "base/time.hpp"

namespace busbar::files::test {

using namespace std::chrono_literals;

/// A folder of its own for a test, and an hour at which nothing in it is being written any more.
class FolderBench : public ::testing::Test {
protected:
    FolderBench() {
        std::string pattern = std::filesystem::temp_directory_path() / "busbar-files-XXXXXX";
        path = ::mkdtemp(pattern.data());
        now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) + 1h;
    }
    ~FolderBench() override { std::filesystem::remove_all(path); }

    void write(const std::string& name, std::string_view text) const {
        std::ofstream(path / name, std::ios::binary | std::ios::trunc) << text;
    }
    std::string read(const std::string& name) const {
        std::ifstream file(path / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    static Octets octets_of(std::string_view text) {
        return {reinterpret_cast<const Octet*>(text.data()), text.size()};
    }

    std::filesystem::path path;
    UtcTime now;
};

}  // namespace busbar::files::test
