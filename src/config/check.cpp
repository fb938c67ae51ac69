#include "config/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace busbar::config {

namespace {

/// Types that the standard defines have their own meaning.
bool is_standard_type(unsigned type) {
    constexpr std::array<std::pair<unsigned, unsigned>, 5> ranges{
        {{45, 51}, {58, 64}, {100, 107}, {110, 113}, {120, 127}}};
    return type == 70 || std::ranges::any_of(
                             ranges, [type](const auto& range) { return type >= range.first && type <= range.second; });
}

void check(const std::vector<PrivateType>& types, Findings& findings) {
    constexpr std::size_t most = 8;
    if (types.size() > most)
        findings.conflict("protocol.private_types", fmt::format("{} entries are more than {}", types.size(), most));
    std::set<std::uint8_t> known;
    for (std::size_t index = 0; index < types.size(); ++index) {
        const std::string path = fmt::format("protocol.private_types[{}].type", index);
        if (is_standard_type(types[index].type))
            findings.conflict(path, fmt::format("{} is a type of the standard", types[index].type));
        if (!known.insert(types[index].type).second)
            findings.conflict(path, fmt::format("{} is listed twice", types[index].type));
    }
}

void check(const Protocol& protocol, Findings& findings) {
    const auto t1 = protocol.t1.count(), t2 = protocol.t2.count(), t3 = protocol.t3.count();
    if (t2 >= t1) findings.conflict("protocol.t2", fmt::format("{} must be less than t1 ({})", t2, t1));
    if (t3 <= t1) findings.warn("protocol.t3", fmt::format("{} should be more than t1 ({})", t3, t1));
    if (protocol.w > protocol.k)
        findings.conflict("protocol.w", fmt::format("{} must not be more than k ({})", protocol.w, protocol.k));
    else if (3 * protocol.w > 2 * protocol.k && protocol.k > 1)
        findings.warn("protocol.w",
                      fmt::format("{} should not be more than two thirds of k ({})", protocol.w, protocol.k));
    check(protocol.private_types, findings);
}

/// One stream in two roles would feed a connector with what it wrote itself.
void check_distinct(std::initializer_list<std::pair<const char*, const std::string*>> streams, Findings& findings) {
    for (const auto* stream = streams.begin(); stream != streams.end(); ++stream)
        for (const auto* before = streams.begin(); before != stream; ++before)
            if (*stream->second == *before->second)
                findings.conflict(fmt::format("streams.{}", stream->first),
                                  fmt::format("\"{}\" must not be the same as {}", *stream->second, before->first));
}

void check(const std::vector<RedundancyGroup>& groups, bool tls, Findings& findings) {
    std::set<std::string_view> group_names, clients, subjects;
    for (std::size_t index = 0; index < groups.size(); ++index) {
        const RedundancyGroup& group = groups[index];
        const std::string path = fmt::format("redundancy_groups[{}]", index);
        if (!group_names.insert(group.name).second)
            findings.conflict(path + ".name", fmt::format("\"{}\" is the name of another group", group.name));
        if (group.clients.empty() && group.subjects.empty()) findings.conflict(path, "must have clients or subjects");
        if (!group.subjects.empty() && !tls) findings.conflict(path + ".subjects", "need network.tls");
        for (const std::string& client : group.clients)
            if (!clients.insert(client).second)
                findings.conflict(path + ".clients", fmt::format("\"{}\" is in two places", client));
        for (const std::string& subject : group.subjects)
            if (!subjects.insert(subject).second)
                findings.conflict(path + ".subjects", fmt::format("\"{}\" is in two places", subject));
    }
}

void check(const std::vector<Station>& stations, Findings& findings) {
    std::set<std::uint16_t> known, remote;
    for (std::size_t index = 0; index < stations.size(); ++index) {
        const Station& station = stations[index];
        const std::string path = fmt::format("stations[{}]", index);
        if (!known.insert(station.casdu).second)
            findings.conflict(path + ".casdu", fmt::format("{} is listed twice", station.casdu));
        const std::uint16_t address = station.remote_address();
        if (!remote.insert(address).second)
            findings.conflict(path + ".remote", fmt::format("{} is listed twice", address));
        if (address < 1 || address > 65534)
            findings.conflict(path + ".remote",
                              fmt::format("{} must be 1-65534; it is casdu unless it is given", address));
    }
}

void check(const ServerFiles& files, const Protocol& protocol, Findings& findings) {
    if (files.folder.empty() && files.receive_folder.empty())
        findings.conflict("files", "must have folder or receive_folder");
    if (!files.folder.empty() && files.folder == files.receive_folder)
        findings.conflict("files.receive_folder", "must not be the same as folder");
    const std::uint64_t addresses = std::uint64_t{1} << (8 * protocol.ioa_size);
    if (std::uint64_t{files.ioa} + files.max_files > addresses)
        findings.conflict("files.ioa", fmt::format("{} files from {} on do not fit below {} (ioa_size)",
                                                   files.max_files, files.ioa, addresses));
    if (protocol.ca_size == 1 && files.casdu > 254)
        findings.conflict("files.casdu", fmt::format("{} must be 1-254 (ca_size)", files.casdu));
}

}  // namespace

bool is_usual_port(std::uint16_t port, bool tls) { return (port >= 2404 && port <= 2420) || (port == 19998 && tls); }

void check(const Tls& tls, const std::string& path, bool line, Findings& findings) {
    if (line && tls.certificate.empty()) findings.conflict(path + ".certificate", "is missing");
    if (line && tls.ca.empty())
        findings.conflict(path + ".ca", "is missing: a line trusts only authorities that are named");
    if (tls.certificate.empty() != tls.key.empty())
        findings.conflict(path + ".key", "certificate and key must be given together");
}

void check(const StoreOptions& store, Findings& findings) {
    if (store.tls && store.is_unix_socket()) findings.conflict("redis.tls", "a unix socket has no TLS");
    if (store.tls) check(*store.tls, "redis.tls", false, findings);
}

void check(const ServerConfig& config, Findings& findings) {
    const ServerNetwork& network = config.network;
    if (!network.any_port && !is_usual_port(network.port, network.tls.has_value()))
        findings.conflict("network.port", fmt::format("{} must be 2404-2420{}; others need any_port", network.port,
                                                      network.port == 19998 ? ", or 19998 with tls" : ""));
    if (network.tls) check(*network.tls, "network.tls", true, findings);
    check(config.protocol, findings);
    check_distinct(
        {{"input", &config.streams.input}, {"output", &config.streams.output}, {"error", &config.streams.error}},
        findings);
    check(config.redundancy_groups, network.tls.has_value(), findings);
    if (config.files) check(*config.files, config.protocol, findings);
}

void check(const ClientConfig& config, Findings& findings) {
    if (config.network.tls) check(*config.network.tls, "network.tls", true, findings);
    check(config.protocol, findings);
    check_distinct({{"updates", &config.streams.updates},
                    {"commands", &config.streams.commands},
                    {"results", &config.streams.results},
                    {"error", &config.streams.error}},
                   findings);
    check(config.stations, findings);
}

}  // namespace busbar::config
