#include <fmt/format.h>

#include "base/octets.hpp"
#include "config/store.hpp"

namespace busbar::config {

namespace {

Result<std::string> percent_decoded(std::string_view text) {
    std::string decoded;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            decoded += text[at];
            continue;
        }
        const auto octets = from_hex(text.substr(at + 1, 2));
        if (!octets || octets->size() != 1)
            return fail("a % in a store URL must be followed by two hexadecimal digits");
        decoded += static_cast<char>(octets->front());
        at += 2;
    }
    return decoded;
}

/// "user:password", "password" alone being that of the default user, as in ":password".
Result<void> read_user(std::string_view text, StoreOptions& store) {
    const std::size_t colon = text.find(':');
    auto user = percent_decoded(text.substr(0, colon));
    auto password = percent_decoded(colon == std::string_view::npos ? "" : text.substr(colon + 1));
    if (!user || !password) return tl::make_unexpected(!user ? user.error() : password.error());
    store.user = std::move(*user);
    store.password = std::move(*password);
    return {};
}

}  // namespace

Result<StoreOptions> parse_store_url(std::string_view url) {
    StoreOptions store;
    const std::size_t scheme_end = url.find("://");
    const std::string_view scheme = url.substr(0, scheme_end);
    if (scheme_end == std::string_view::npos || (scheme != "redis" && scheme != "rediss" && scheme != "unix"))
        return fail("a store URL must begin with redis://, rediss:// or unix://");
    std::string_view rest = url.substr(scheme_end + 3);
    if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
        if (auto user = read_user(rest.substr(0, at), store); !user) return tl::make_unexpected(user.error());
        rest.remove_prefix(at + 1);
    }
    if (scheme == "unix") {
        if (!rest.starts_with('/')) return fail("unix:// must be followed by the whole path of a socket");
        store.host = rest;
        return store;
    }
    if (rest.ends_with('/')) rest.remove_suffix(1);
    auto endpoint = parse_endpoint(rest, store.port);
    if (!endpoint) return tl::make_unexpected(endpoint.error());
    store.host = std::move(endpoint->host);
    store.port = endpoint->port;
    if (scheme == "rediss") store.tls.emplace();
    return store;
}

}  // namespace busbar::config
