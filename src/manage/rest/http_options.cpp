#include "manage/rest/http_options.hpp"

#include <fmt/format.h>

#include "net/ip_address.hpp"

namespace busbar::manage {

namespace {

bool is_loopback(const std::string& address) { return address == "::1" || address.starts_with("127."); }

}  // namespace

std::optional<std::string> fault_of(const HttpOptions& options) {
    if (!net::IpAddress::parse(options.address)) return options.address + " is not an IP address";
    if (options.certificate_file.empty() != options.key_file.empty())
        return "a certificate needs its key, and a key its certificate";
    if (options.certificate_file.empty() && !options.plain && !is_loopback(options.address))
        return fmt::format("others can reach {}: give a certificate and a key", options.address);
    return std::nullopt;
}

std::shared_ptr<net::TlsEnd> tls_of(const HttpOptions& options) {
    if (options.certificate_file.empty()) return nullptr;
    net::TlsSettings settings;
    settings.role = net::TlsRole::server;
    settings.any_client = true;
    settings.certificate_file = options.certificate_file;
    settings.key_file = options.key_file;
    return std::make_shared<net::TlsEnd>(settings);
}

std::string url_of(const HttpOptions& options, std::uint16_t port) {
    const bool is_v6 = options.address.find(':') != std::string::npos;
    return fmt::format("{}://{}{}{}:{}", options.certificate_file.empty() ? "http" : "https", is_v6 ? "[" : "",
                       options.address, is_v6 ? "]" : "", port);
}

}  // namespace busbar::manage
