#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "config/common.hpp"

namespace busbar::manage {

/// A connector as supervision sees it.
struct Supervised {
    std::string id;
    std::string kind;  // the subcommand: "iec104-client"
    config::Service service;
    bool stopped = false;  // by a person
    bool is_wanted() const { return !stopped && service.enabled; }
    bool operator==(const Supervised&) const = default;
};

/// What is known of a connector's process.
struct ProcessView {
    enum class State : std::uint8_t { running, waiting, stopping, stopped, unknown, elsewhere };
    State state;
    pid_t pid = 0;
    unsigned starts = 0;
    std::string last_end = {};  // "exit code 1"; empty: it never ended
    bool operator==(const ProcessView&) const = default;
};

/// Whoever runs the connectors: this process (Supervisor), systemd (SystemdUnits), or somebody else (Elsewhere).
class Supervision {
public:
    Supervision() = default;
    virtual ~Supervision() = default;
    Supervision(const Supervision&) = delete;
    Supervision& operator=(const Supervision&) = delete;

    /// What is to run from now on; what is not in the list, or stopped, or not enabled, is stopped in good order.
    virtual void set(const std::vector<Supervised>& connectors) = 0;
    /// Stops it, whatever its service says, and starts it again; an error: that cannot be done from here.
    virtual Result<void> restart(std::string_view id) = 0;
    /// SIGCHLD came.
    virtual void check_children() {}
    /// The service ends: `done` when nothing runs any more that ends with it.
    virtual void end(std::function<void()> done) = 0;

    /// Nothing: there is no process.
    virtual std::optional<ProcessView> view(std::string_view id) const = 0;
    /// Where its log lies (and what was before that in a file with ".1" behind its name); an error: not here.
    virtual Result<std::filesystem::path> log(std::string_view id) const = 0;
    /// Empty: not here.
    virtual std::filesystem::path metrics_file(std::string_view /*id*/) const { return {}; }
};

}  // namespace busbar::manage
