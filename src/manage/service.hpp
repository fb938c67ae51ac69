#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "config/store.hpp"
#include "manage/rest/http_options.hpp"

namespace busbar::manage {

struct ServiceOptions {
    std::string program;                        // busbar itself
    std::filesystem::path data;                 // database, logs, the private store's files
    std::optional<config::StoreOptions> store;  // absent: a private one
    std::vector<std::string> store_arguments;   // for connectors, after "redis"
    HttpOptions http;
};

/// A whole installation on this machine: database, store, supervised connectors, and the API.
class Service {
public:
    /// Throws what is wrong at the start: a directory, the database, the address.
    explicit Service(ServiceOptions options);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    /// Until SIGTERM or SIGINT; the exit code.
    int run();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace busbar::manage
