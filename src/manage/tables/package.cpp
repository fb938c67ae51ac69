#include "manage/tables/package.hpp"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>

#include "manage/tables/encoding.hpp"
#include "manage/tables/xml.hpp"

namespace busbar::manage::tables {

namespace {

constexpr std::size_t small_part = std::size_t{1} << 20;

struct CloseFile {
    void operator()(zip_file_t* file) const { zip_fclose(file); }
};

/// "xl/worksheets/../media/x" from "xl/workbook.xml" and a target; empty: it leaves the archive.
std::string resolve(std::string_view part, std::string_view target) {
    const std::string path = target.starts_with('/')
                                 ? std::string(target.substr(1))
                                 : std::string(part.substr(0, part.rfind('/') + 1)) + std::string(target);
    std::string resolved;
    for (std::string_view rest = path; !rest.empty();) {
        const auto end = rest.find('/');
        const auto step = rest.substr(0, end);
        if (step == "..") {
            if (resolved.empty()) return {};
            const auto last = resolved.rfind('/');
            resolved.erase(last == std::string::npos ? 0 : last);
        } else if (!step.empty() && step != ".") {
            if (!resolved.empty()) resolved += '/';
            resolved += step;
        }
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return resolved;
}

}  // namespace

struct Package::Archive {
    Archive(zip_t* given, const Limits& given_limits) : zip(given), limits(given_limits) {}
    ~Archive() { zip_discard(zip); }
    Archive(const Archive&) = delete;
    Archive& operator=(const Archive&) = delete;

    zip_t* zip;
    Limits limits;
};

Package::Package(std::unique_ptr<Archive> archive) : archive_(std::move(archive)) {}
Package::Package(Package&&) noexcept = default;
Package::~Package() = default;

Result<Package> Package::open(std::string_view octets, const Limits& limits) {
    if (octets.size() > limits.octets) return fail(fmt::format("the file has more than {} octets", limits.octets));
    if (octets.starts_with("\xD0\xCF\x11\xE0"))
        return fail("the file is encrypted, or of the old kind .xls; save it as .xlsx without a password");
    if (!octets.starts_with("PK")) return fail("the file is no XLSX file");
    zip_source_t* source = zip_source_buffer_create(octets.data(), octets.size(), 0, nullptr);
    if (source == nullptr) return fail("there is no memory for the file");
    zip_t* zip = zip_open_from_source(source, ZIP_RDONLY, nullptr);
    if (zip == nullptr) {
        zip_source_free(source);
        return fail("the file is no XLSX file, or a damaged one");
    }
    auto archive = std::make_unique<Archive>(zip, limits);
    if (zip_get_num_entries(zip, 0) > static_cast<zip_int64_t>(limits.parts))
        return fail(fmt::format("the file has more than {} parts", limits.parts));
    return Package(std::move(archive));
}

bool Package::has(std::string_view part) const {
    return zip_name_locate(archive_->zip, std::string(part).c_str(), 0) >= 0;
}

Result<std::string> Package::read(std::string_view part) const {
    const std::string name(part);
    const auto index = zip_name_locate(archive_->zip, name.c_str(), 0);
    zip_stat_t stat;
    if (index < 0 || zip_stat_index(archive_->zip, static_cast<zip_uint64_t>(index), 0, &stat) != 0)
        return fail(fmt::format("the part {} is missing", name));
    const std::unique_ptr<zip_file_t, CloseFile> file(
        zip_fopen_index(archive_->zip, static_cast<zip_uint64_t>(index), 0));
    if (!file) return fail(fmt::format("the part {} cannot be unpacked", name));
    const auto likely = std::max<std::size_t>(small_part, stat.comp_size * archive_->limits.part_ratio);
    const auto most = std::min(archive_->limits.part_octets, likely);
    std::string text;
    for (;;) {
        const auto before = text.size();
        text.resize(before + (std::size_t{64} << 10));
        const auto taken = zip_fread(file.get(), text.data() + before, text.size() - before);
        if (taken < 0) return fail(fmt::format("the part {} is damaged", name));
        text.resize(before + static_cast<std::size_t>(taken));
        if (text.size() > most) return fail(fmt::format("the part {} is too large when it is unpacked", name));
        if (taken == 0) return to_utf8(text);
    }
}

Result<std::map<std::string, Package::Relation>> Package::relations(std::string_view part) const {
    const auto folder = part.substr(0, part.rfind('/') + 1);
    const auto name = fmt::format("{}_rels/{}.rels", folder, part.substr(folder.size()));
    const auto text = read(name);
    if (!text) return tl::make_unexpected(text.error());
    std::map<std::string, Relation> found;
    XmlScanner scanner(*text);
    for (;;) {
        const auto kind = scanner.next();
        if (!kind) return fail(name + ": " + kind.error().what);
        if (*kind == XmlScanner::Kind::end) return found;
        if (*kind != XmlScanner::Kind::open || scanner.name() != "Relationship") continue;
        if (found.size() >= archive_->limits.parts) return fail(name + ": there are too many relations");
        if (scanner.attribute("TargetMode").value_or("") == "External") continue;
        found[scanner.attribute("Id").value_or("")] = {scanner.attribute("Type").value_or(""),
                                                       resolve(part, scanner.attribute("Target").value_or(""))};
    }
}

}  // namespace busbar::manage::tables
