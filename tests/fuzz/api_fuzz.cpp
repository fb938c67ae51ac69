// Any octets as parameters and body of any route, from an admin: no crash, an answer that is whole, and never the
// machine's fault. The first octet chooses the route; what comes before the first NUL goes into the address, the rest
// is the body.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>

#include "manage/installation_bench.hpp"

namespace {

using namespace busbar::manage;

void check(bool good) {
    if (!good) std::abort();
}

/// Those that spend their time on hashes of passwords.
const std::set<std::string_view> slow{"setUp",          "logIn",      "createUser",   "changeUser",
                                      "changePassword", "takeBackup", "restoreBackup"};

struct Bench : InstallationBench {
    LoggedIn login = log_in_as("anna", Role::admin);
    int runs = 0;
};

/// A new one now and then: what inputs have made must not pile up.
Bench& bench() {
    static std::unique_ptr<Bench> one;
    if (!one || ++one->runs > 500) one = std::make_unique<Bench>();
    return *one;
}

/// "{id}" becomes what the input has for it, the rest is the query.
std::string target_of(std::string_view path, std::string_view given) {
    std::string target(path);
    for (auto open = target.find('{'); open != std::string::npos; open = target.find('{')) {
        const auto end = std::min(given.find('/'), given.size());
        const std::string value = end == 0 ? "x1" : std::string(given.substr(0, end));
        given.remove_prefix(std::min(end + 1, given.size()));
        target.replace(open, target.find('}') + 1 - open, value.find('{') == value.npos ? value : "x1");
    }
    return given.empty() ? target : target + '?' + std::string(given);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    Bench& here = bench();
    const Route& route = here.api.routes()[data[0] % here.api.routes().size()];
    if (slow.contains(route.operation)) return 0;
    const std::string rest(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto split = std::min(rest.find('\0'), rest.size());
    auto request = Bench::request(std::string(route.method), target_of(route.path, rest.substr(0, split)), &here.login,
                                  rest.substr(std::min(split + 1, rest.size())));
    if (!route.body_types.empty()) {
        std::erase_if(request.headers, [](const auto& header) { return header.first == "content-type"; });
        request.headers.emplace_back("content-type", route.body_types[size % route.body_types.size()]);
    }
    const auto answer = here.ask(request);
    check(answer.status >= 100 && answer.status < 600 && answer.status != 500);
    if (answer.status >= 400) check(!code_of(answer).empty());
    return 0;
}
