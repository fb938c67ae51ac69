#include "config/store.hpp"

#include <fmt/format.h>

#include "config/file.hpp"
#include "config/level.hpp"

namespace busbar::config {

namespace json = boost::json;

namespace {

constexpr std::string_view unix_scheme = "unix://";
constexpr std::size_t max_password_file_size = 4096;

void prepare_host(json::object& redis, Level& level, Findings& findings) {
    const json::value* host = redis.if_contains("host");
    if (!host || !host->is_string()) return;
    const std::string text(host->get_string());
    if (text.starts_with(unix_scheme)) return void(redis["host"] = text.substr(unix_scheme.size()));
    if (text.starts_with('/')) return;
    const auto endpoint = parse_endpoint(text, 0);
    if (!endpoint) return findings.fault("redis.host", endpoint.error().what);
    redis["host"] = endpoint->host;
    if (endpoint->port == 0 || redis.contains("port")) return;
    redis["port"] = endpoint->port;
    level.origins["redis.port"] = place(level.origins, "redis.host");
}

void prepare_password(json::object& redis, Findings& findings) {
    const auto given = [&](std::string_view key) {
        const json::value* value = redis.if_contains(key);
        return value && !(value->is_string() && value->get_string().empty());
    };
    if (given("pwd") && given("pwd_file"))
        findings.fault("redis.pwd_file", "and pwd must not be given together");
    else if (given("pwd"))
        redis["pwd_file"] = "";
    else if (given("pwd_file"))
        redis["pwd"] = "";
}

}  // namespace

void prepare_store_options(Level& level, Findings& findings) {
    json::value* redis = level.values.if_contains("redis");
    if (!redis || !redis->is_object()) return;
    prepare_host(redis->get_object(), level, findings);
    prepare_password(redis->get_object(), findings);
}

void read_password_file(StoreOptions& store, Findings& findings) {
    if (store.password_file.empty()) return;
    const auto text = read_file(store.password_file, max_password_file_size);
    if (!text) return findings.fault("redis.pwd_file", text.error().what);
    store.password = text->substr(0, text->find_first_of("\r\n"));
    if (store.password.empty())
        findings.fault("redis.pwd_file", fmt::format("{} has an empty first line", store.password_file));
}

std::string to_string(const StoreOptions& store) {
    return store.is_unix_socket() ? store.host : to_string(Endpoint{store.host, store.port});
}

}  // namespace busbar::config
