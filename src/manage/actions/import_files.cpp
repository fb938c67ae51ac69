#include "manage/actions/import_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "manage/tables/table.hpp"

#include "manage/supervise/descriptor.hpp"

namespace busbar::manage {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t max_files = 1000;

bool is_name(const std::string& name) {
    return !name.empty() && name.size() <= 255 && name.front() != '.' && name.find('/') == std::string::npos &&
           name.find('\0') == std::string::npos;
}

bool is_table(const std::string& name) { return name.ends_with(".csv") || name.ends_with(".xlsx"); }

}  // namespace

std::vector<ImportFile> import_files(const fs::path& data) {
    std::vector<ImportFile> found;
    std::error_code ignored;
    for (const auto& folder : fs::directory_iterator(data / "imports", ignored)) {
        if (!is_name(folder.path().filename()) || folder.symlink_status(ignored).type() != fs::file_type::directory)
            continue;
        for (const auto& file : fs::directory_iterator(folder.path(), ignored)) {
            const std::string name = file.path().filename();
            if (!is_name(name) || !is_table(name) || found.size() >= max_files) continue;
            if (file.symlink_status(ignored).type() != fs::file_type::regular) continue;
            found.push_back({folder.path().filename(), name, file.file_size(ignored)});
        }
    }
    std::sort(found.begin(), found.end(), [](const ImportFile& one, const ImportFile& other) {
        return std::tie(one.folder, one.name) < std::tie(other.folder, other.name);
    });
    return found;
}

Result<std::string> read_import_file(const fs::path& data, const std::string& folder, const std::string& name) {
    const std::string what = folder + "/" + name;
    if (!is_name(folder) || !is_name(name) || !is_table(name)) return fail(what + ": no such file");
    const Descriptor imports(::open((data / "imports").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const Descriptor place(::openat(imports.number(), folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    const Descriptor file(::openat(place.number(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat status {};
    if (!file.is_open() || ::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode))
        return fail(what + ": no such file");
    const std::size_t most = tables::Limits{}.octets;
    std::string octets;
    for (;;) {
        const auto before = octets.size();
        if (before > most) return fail(what + ": the file is too large");
        octets.resize(before + (std::size_t{1} << 20));
        const auto taken = ::read(file.number(), octets.data() + before, octets.size() - before);
        if (taken < 0 && errno != EINTR) return fail(what + ": cannot be read");
        octets.resize(before + static_cast<std::size_t>(std::max<ssize_t>(taken, 0)));
        if (taken == 0) return octets;
    }
}

}  // namespace busbar::manage
