#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/store.hpp"
#include "manage/actions/installation.hpp"
#include "manage/rest/http_options.hpp"
#include "manage/supervise/child.hpp"

namespace busbar::manage {

/// Who runs the connectors: the service, as its children; systemd; somebody else.
enum class SupervisedBy : std::uint8_t { children, systemd, others };

struct ServiceOptions {
    std::string program;                        // busbar itself
    std::filesystem::path data;                 // database, logs, the private store's files
    std::optional<config::StoreOptions> store;  // absent: a private one
    SupervisedBy supervised_by = SupervisedBy::children;
    HttpOptions http;
};

/// A whole installation on this machine: database, store, supervised connectors, and the API.
class Service {
public:
    /// Throws what is wrong at the start: a directory, the database, another service in the directory.
    explicit Service(ServiceOptions options);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    /// Listens and starts everything. Throws: the address cannot be had.
    void start();
    /// Until SIGTERM, SIGINT or `stop`; the exit code. Starts what was not started.
    int run();
    /// Ends all in good order, the store last, and then `run`.
    void stop();

    /// A further process, which begins now and ends with the connectors.
    Child& add_partner(ChildOptions options, Child::OnLine on_line = {});

    net::EventLoop& loop();
    Installation& installation();
    /// The private store's process; nullptr: there is none.
    const Child* store_process() const;
    /// "http://127.0.0.1:8104/"; after the start.
    std::string url() const;
    /// With its secret, good once; empty: the installation has users.
    const std::string& set_up_link() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace busbar::manage
