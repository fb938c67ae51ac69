#pragma once

#include <map>
#include <memory>
#include <set>

#include "manage/supervise/child.hpp"
#include "manage/supervise/supervision.hpp"
#include "net/timer.hpp"

namespace busbar::manage {

/// Connectors as systemd's units busbar-connector@{ID}.service. When one is started again after an end is the unit's
/// matter; they go on when this service ends. `systemctl` is asked, one call at a time, and never waited for.
class SystemdUnits : public Supervision {
public:
    static constexpr Duration look_every = std::chrono::seconds{2};
    static constexpr Duration longest_call = std::chrono::seconds{20};

    struct Options {
        std::filesystem::path folder;          // for {ID}.env, which the unit reads: BUSBAR_KIND, and `environment`
        std::vector<std::string> environment;  // how connectors reach the store
        std::string systemctl = "systemctl";   // searched in PATH
    };

    SystemdUnits(net::EventLoop& loop, Options options);

    void set(const std::vector<Supervised>& connectors) override;
    Result<void> restart(std::string_view id) override;
    void check_children() override;
    /// What was ordered is still done; the units stay as they are.
    void end(std::function<void()> done) override;
    std::optional<ProcessView> view(std::string_view id) const override;
    Result<std::filesystem::path> log(std::string_view id) const override;

    static std::string unit(std::string_view id);

private:
    void order(const std::string& id, std::string verb);
    bool write_environment(const Supervised& connector);
    void forget_removed(const std::vector<Supervised>& connectors);
    void next_call();
    void call(std::vector<std::string> words, std::string id);
    void called();
    void take_line(std::string_view line);
    void take_unit();

    net::EventLoop& loop_;
    Options options_;
    std::map<std::string, std::string, std::less<>> wanted_;  // kind by id: to run
    std::set<std::string, std::less<>> known_;                // every connector of the last `set`
    std::map<std::string, std::string> orders_;               // verb by id: still to be given
    std::map<std::string, std::string> retry_;                // the same: failed, to be given again after the next look
    std::map<std::string, ProcessView, std::less<>> views_, coming_;
    std::map<std::string, std::string, std::less<>> lines_;  // properties of the unit that is being read
    std::map<std::string, std::string> faults_;              // by id: why its last order failed
    std::unique_ptr<Child> call_;
    std::string called_for_;  // the connector; empty: all are looked at
    std::string verb_, trouble_;
    std::string complaint_;  // the first line of the call that is no answer
    net::Timer look_, limit_;
    std::function<void()> ended_;
    bool look_due_ = true;
};

}  // namespace busbar::manage
