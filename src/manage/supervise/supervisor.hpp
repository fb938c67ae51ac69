#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/common.hpp"
#include "manage/supervise/child.hpp"
#include "net/timer.hpp"

namespace busbar::manage {

/// A connector as supervision sees it.
struct Supervised {
    std::string id;
    std::string kind;  // the subcommand: "iec104-client"
    config::Service service;
    bool stopped = false;  // by a person
    bool operator==(const Supervised&) const = default;
};

/// Runs connectors as child processes and starts them again as their `service` says (MC-1).
class Supervisor {
public:
    /// A log that is longer becomes {ID}.log.1, in place of the one before it.
    static constexpr std::uintmax_t longest_log = std::uintmax_t{10} << 20;
    static constexpr Duration look_at_logs_every = std::chrono::seconds{30};

    struct Options {
        std::string program;                       // busbar itself
        std::filesystem::path folder;              // for logs and metrics: {ID}.log, {ID}.prom
        std::vector<std::string> store_arguments;  // after "redis"
    };

    Supervisor(net::EventLoop& loop, Options options);

    /// What is to run from now on; what is not in the list, or stopped, or not enabled, is stopped in good order.
    void set(const std::vector<Supervised>& connectors);
    /// Stops it, whatever its service says, and starts it again.
    void restart(std::string_view id);
    /// SIGCHLD came.
    void check_children();
    /// Stops all, then calls `done`.
    void end(std::function<void()> done);

    struct View {
        Child::State state;
        pid_t pid;
        unsigned starts;
        std::string last_end;
    };
    std::optional<View> view(std::string_view id) const;
    std::filesystem::path log_file(std::string_view id) const;
    std::filesystem::path metrics_file(std::string_view id) const;

private:
    struct Entry {
        Supervised wanted;
        std::unique_ptr<Child> child;
        std::unique_ptr<net::Timer> delay;  // until its first start
        bool leaving = false;               // to be forgotten when it has ended
        bool again = false;                 // to be started when it has ended
    };

    void bring_up(Entry& entry, bool first);
    bool is_down(const Entry& entry) const;
    void cut_logs() const;

    net::EventLoop& loop_;
    Options options_;
    std::map<std::string, Entry, std::less<>> entries_;
    std::function<void()> ended_;
    net::Timer log_timer_;
};

}  // namespace busbar::manage
