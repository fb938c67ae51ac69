#include "manage/actions/certificates.hpp"

#include <boost/json.hpp>

#include "manage/rest/json_members.hpp"
#include "manage/rest/route.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

std::string_view name_of(net::TlsFileKind kind) {
    switch (kind) {
        case net::TlsFileKind::certificates: return "certificates";
        case net::TlsFileKind::key: return "key";
        case net::TlsFileKind::revocations: break;
    }
    return "revocation lists";
}

json::object to_json(const CertificateFile& file, UtcTime now) {
    json::object object{{"name", file.name}, {"path", file.path}, {"used_by", json::value_from(file.used_by)}};
    if (!file.fault.empty()) object["fault"] = file.fault;
    if (!file.file) return object;
    object["kind"] = name_of(file.file->kind);
    json::array entries;
    for (const auto& entry : file.file->entries) {
        json::object each{{"name", entry.dated.name}, {"begins", iso(entry.dated.begins)}};
        if (!entry.fingerprint.empty()) each["fingerprint"] = entry.fingerprint;
        if (entry.dated.ends != UtcTime::max()) {
            each["ends"] = iso(entry.dated.ends);
            each["days_left"] = std::chrono::floor<std::chrono::days>(entry.dated.ends - now).count();
        }
        entries.push_back(std::move(each));
    }
    object["entries"] = std::move(entries);
    return object;
}

Outcome<Answer> list(Installation& installation, const Call&) {
    json::array files;
    for (const auto& file : certificate_files(installation))
        files.push_back(to_json(file, installation.loop.utc_now()));
    return Answer{200, {{"files", std::move(files)}}, {}};
}

Outcome<Answer> put(Installation& installation, const Call& call) {
    return put_certificate_file(installation, call.actor, call.at("name"), call.http.body)
        .map([&](const CertificateFile& file) {
            return Answer{200, to_json(file, installation.loop.utc_now()), {}};
        });
}

Outcome<Answer> remove(Installation& installation, const Call& call) {
    return remove_certificate_file(installation, call.actor, call.at("name")).map([] {
        return Answer{204, nullptr, {}};
    });
}

}  // namespace

std::vector<Route> certificate_routes() {
    constexpr std::string_view path = "/api/v1/certificates/{name}", tag = "Certificates";
    return {
        {.method = "GET",
         .path = "/api/v1/certificates",
         .operation = "listCertificates",
         .tag = tag,
         .summary = "Files of TLS: the installation's own, and those that configurations name; keys are not shown",
         .needs = Role::engineer,
         .answer = "CertificateFiles",
         .run = at_once(list)},
        {.method = "PUT",
         .path = path,
         .operation = "putCertificate",
         .tag = tag,
         .summary = "Writes or exchanges a PEM file; connectors take it within seconds",
         .needs = Role::admin,
         .answer = "CertificateFile",
         .codes = {"invalid_name", "invalid_certificate", "too_many_files"},
         .run = at_once(put),
         .body_types = {"application/x-pem-file"},
         .largest_file = longest_certificate_file},
        {.method = "DELETE",
         .path = path,
         .operation = "removeCertificate",
         .tag = tag,
         .summary = "Removes a file that no configuration names",
         .needs = Role::admin,
         .good = 204,
         .codes = {"invalid_name", "no_such_file", "file_in_use"},
         .run = at_once(remove)},
    };
}

}  // namespace busbar::manage
