#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "config/store.hpp"

namespace busbar::manage {

struct ServiceOptions {
    std::string program;                        // busbar itself
    std::filesystem::path data;                 // database, logs, the private store's files
    std::optional<config::StoreOptions> store;  // absent: a private one
    std::vector<std::string> store_arguments;   // for connectors, after "redis"
    std::string address = "127.0.0.1";
    std::uint16_t port = 8104;  // 0: any
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
