#include "manage/actions/certificates.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <set>

#include "config/file.hpp"
#include "manage/actions/audit.hpp"
#include "manage/database/connector_rows.hpp"

namespace busbar::manage {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

using Users = std::map<std::string, std::set<std::string>>;  // path: connectors

fs::path folder_of(const Installation& installation) { return installation.database.folder() / "certificates"; }

/// Every file that TLS of a configuration names, wherever in it that stands.
void find_named(const json::value& value, bool in_tls, const std::string& connector, Users& users) {
    if (value.is_string()) {
        if (in_tls && value.as_string().starts_with("/")) users[std::string(value.as_string())].insert(connector);
    } else if (value.is_array()) {
        for (const auto& each : value.as_array()) find_named(each, in_tls, connector, users);
    } else if (value.is_object()) {
        for (const auto& [name, member] : value.as_object())
            find_named(member, in_tls || name == "tls", connector, users);
    }
}

Users users_of_files(Installation& installation) {
    Users users;
    for (const ConnectorHead& head : connector_heads(installation.database))
        find_named(json::parse(*config_of_connector(installation.database, head.id)), false, head.id, users);
    return users;
}

CertificateFile describe(const std::string& name, const std::string& path, const Users& users) {
    CertificateFile described{name, path, {}, {}, {}};
    if (const auto found = users.find(path); found != users.end())
        described.used_by.assign(found->second.begin(), found->second.end());
    const auto octets = config::read_file(path, longest_certificate_file);
    if (!octets) {
        described.fault = octets.error().what;
        return described;
    }
    auto file = net::read_tls_file(*octets);
    if (file) {
        described.file = std::move(*file);
    } else {
        described.fault = file.error().what;
    }
    return described;
}

bool is_name(std::string_view name) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    return name.size() <= 100 && name.size() > 4 && name.front() != '.' &&
           name.find_first_not_of(letters) == std::string_view::npos &&
           (name.ends_with(".pem") || name.ends_with(".key") || name.ends_with(".crl"));
}

Outcome<void> check_name(std::string_view name) {
    if (is_name(name)) return {};
    return refuse(Problem::Kind::invalid, "invalid_name",
                  "a name is letters, digits, . _ - and ends in .pem, .key or .crl");
}

/// Whole, or as it was before.
Outcome<void> write_file(const fs::path& path, const std::string& octets) {
    const std::string part = path.string() + ".part";
    const auto failed = [&part](int error) {
        ::unlink(part.c_str());
        return refuse(Problem::Kind::failed, "failed", part + ": " + std::strerror(error));
    };
    ::unlink(part.c_str());
    const int file = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return failed(errno);
    const bool good =
        ::write(file, octets.data(), octets.size()) == static_cast<ssize_t>(octets.size()) && ::fsync(file) == 0;
    const int error = errno;
    ::close(file);
    if (!good) return failed(error);
    if (::rename(part.c_str(), path.c_str()) != 0) return failed(errno);
    return {};
}

constexpr std::string_view ending_of(net::TlsFileKind kind) {
    switch (kind) {
        case net::TlsFileKind::key: return ".key";
        case net::TlsFileKind::revocations: return ".crl";
        case net::TlsFileKind::certificates: break;
    }
    return ".pem";
}

}  // namespace

std::vector<CertificateFile> certificate_files(Installation& installation) {
    Users users = users_of_files(installation);
    std::vector<CertificateFile> files;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder_of(installation), ignored)) {
        const std::string name = entry.path().filename();
        if (!is_name(name) || files.size() >= most_certificate_files) continue;
        files.push_back(describe(name, entry.path(), users));
        users.erase(entry.path());
    }
    std::ranges::sort(files, {}, &CertificateFile::name);
    for (const auto& [path, connectors] : users) files.push_back(describe("", path, users));
    return files;
}

Outcome<CertificateFile> put_certificate_file(Installation& installation, const Actor& actor, const std::string& name,
                                              const std::string& pem) {
    if (auto good = check_name(name); !good) return tl::make_unexpected(good.error());
    const auto file = net::read_tls_file(pem);
    if (!file) return refuse(Problem::Kind::invalid, "invalid_certificate", name + " " + file.error().what);
    if (!name.ends_with(ending_of(file->kind)))
        return refuse(Problem::Kind::invalid, "invalid_name",
                      fmt::format("a name of what is in it ends in {}", ending_of(file->kind)));
    const auto folder = folder_of(installation);
    std::error_code error;
    fs::create_directories(folder, error);
    fs::permissions(folder, fs::perms::owner_all, error);
    if (error) return refuse(Problem::Kind::failed, "failed", folder.string() + ": " + error.message());
    const auto path = folder / name;
    if (!fs::exists(path) &&
        std::distance(fs::directory_iterator(folder), {}) >= std::ptrdiff_t{most_certificate_files})
        return refuse(Problem::Kind::conflict, "too_many_files", "remove some that nobody needs");
    add_audit(installation, actor, "certificate file written", name);
    if (auto written = write_file(path, pem); !written) return tl::make_unexpected(written.error());
    return describe(name, path, users_of_files(installation));
}

Outcome<void> remove_certificate_file(Installation& installation, const Actor& actor, const std::string& name) {
    if (auto good = check_name(name); !good) return good;
    const auto path = folder_of(installation) / name;
    std::error_code error;
    if (!fs::exists(path, error)) return refuse(Problem::Kind::not_found, "no_such_file", "there is no file " + name);
    if (const auto users = users_of_files(installation); users.contains(path))
        return refuse(Problem::Kind::conflict, "file_in_use",
                      fmt::format("{} is named by {}", name, fmt::join(users.at(path), ", ")));
    add_audit(installation, actor, "certificate file removed", name);
    if (!fs::remove(path, error))
        return refuse(Problem::Kind::failed, "failed", path.string() + ": " + error.message());
    return {};
}

}  // namespace busbar::manage
