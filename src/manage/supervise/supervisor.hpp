#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manage/supervise/child.hpp"
#include "manage/supervise/supervision.hpp"
#include "net/timer.hpp"

namespace busbar::manage {

/// Runs connectors as child processes and starts them again as their `service` says (MC-1).
class Supervisor : public Supervision {
public:
    /// A log that is longer becomes {ID}.log.1, in place of the one before it.
    static constexpr std::uintmax_t longest_log = std::uintmax_t{10} << 20;
    static constexpr Duration look_at_logs_every = std::chrono::seconds{30};

    struct Options {
        std::string program;                   // busbar itself
        std::filesystem::path folder;          // for logs and metrics: {ID}.log, {ID}.prom
        std::vector<std::string> environment;  // how connectors reach the store: "BUSBAR_REDIS_HOST=…"
    };

    Supervisor(net::EventLoop& loop, Options options);

    void set(const std::vector<Supervised>& connectors) override;
    Result<void> restart(std::string_view id) override;
    void check_children() override;
    /// Stops all, then calls `done`.
    void end(std::function<void()> done) override;
    std::optional<ProcessView> view(std::string_view id) const override;
    Result<std::filesystem::path> log(std::string_view id) const override { return log_file(id); }

    std::filesystem::path log_file(std::string_view id) const;
    std::filesystem::path metrics_file(std::string_view id) const override;

private:
    struct Entry {
        Supervised wanted;
        std::unique_ptr<Child> child;
        std::unique_ptr<net::Timer> delay;  // until its first start
        bool leaving = false;               // to be forgotten when it has ended
        bool again = false;                 // to be started when it has ended
    };

    void bring_up(Entry& entry, bool first);
    void take_service(Entry& entry, const config::Service& before);
    bool is_down(const Entry& entry) const;
    void cut_logs() const;

    net::EventLoop& loop_;
    Options options_;
    std::map<std::string, Entry, std::less<>> entries_;
    std::function<void()> ended_;
    net::Timer log_timer_;
};

}  // namespace busbar::manage
