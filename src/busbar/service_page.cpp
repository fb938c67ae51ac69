#include "busbar/service_page.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "busbar/http_options.hpp"
#include "busbar/start.hpp"

namespace busbar::program {

ServicePage::ServicePage(CLI::App& page, WithoutStore without_store)
    : redis_(page.add_subcommand("redis", "The store (Valkey or Redis), with TLS and the file of its password")),
      store_(*redis_->fallthrough(), config::Document::store_start),
      without_store_(without_store) {
    options_.data = "/var/lib/busbar";
    data_ = page.add_option("--data", options_.data, "Directory of database, logs and a private store")
                ->capture_default_str();
    http_ = add_http_options(page, options_.http);
    url_option_ =
        page.add_option("--store", url_,
                        without_store == WithoutStore::is_private
                            ? "Store to use instead of a private one: redis://HOST:PORT, rediss:// (TLS), "
                              "unix:///PATH; more in the subcommand redis"
                            : "Store: redis://HOST:PORT, rediss:// (TLS), unix:///PATH; more in the subcommand "
                              "redis")
            ->type_name("URL");
}

void ServicePage::exclude(CLI::Option* option) {
    for (CLI::Option* each : {data_, url_option_}) each->excludes(option);
    for (CLI::Option* each : http_) {
        if (each != port()) each->excludes(option);
    }
}

/// The URL's parts as if they had been given as flags of `redis`.
config::StartInput ServicePage::store_input() const {
    config::StartInput input = store_.input();
    if (url_.empty()) return input;
    const auto url = config::parse_store_url(url_);
    if (!url) throw UsageError("--store: " + url.error().what);
    std::map<std::string, std::string> parts{{"redis.host", url->host}};
    if (!url->is_unix_socket()) parts["redis.port"] = std::to_string(url->port);
    if (!url->user.empty()) parts["redis.user"] = url->user;
    if (!url->password.empty()) parts["redis.pwd"] = url->password;
    if (url->tls) parts["redis.tls"] = "true";
    for (auto& [path, text] : parts) {
        if (!input.flags.emplace(path, text).second && path != "redis.tls")
            throw UsageError(
                fmt::format("--store has {} already; redis --{} must not be given, too", path, path.substr(6)));
    }
    return input;
}

manage::ServiceOptions ServicePage::options() const {
    manage::ServiceOptions options = options_;
    if (const auto fault = fault_of(options.http)) throw UsageError(*fault);
    options.program = std::filesystem::read_symlink("/proc/self/exe");
    const bool has_store = !url_.empty() || redis_->parsed() || without_store_ == WithoutStore::is_default;
    if (has_store) options.store = accepted(config::read_store_settings(store_input())).store;
    return options;
}

int ServicePage::run(const manage::ServiceOptions& options) {
    manage::Service service(options);
    service.start();
    fmt::print("{}\n", service.url());
    if (!service.set_up_link().empty()) fmt::print("Set up the first user, once: {}\n", service.set_up_link());
    std::fflush(stdout);
    return service.run();
}

}  // namespace busbar::program
