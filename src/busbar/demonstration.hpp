#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "busbar/live_table.hpp"
#include "manage/supervise/child.hpp"
#include "net/event_loop.hpp"
#include "net/timer.hpp"
#include "store/store.hpp"

namespace busbar::program {

struct DemonstrationOptions {
    bool demo = false;
    std::string program;  // this executable
    unsigned points = 200;
    double events_per_second = 20;
    std::uint16_t port = 0;            // of the server connector; 0: 2404 if it is free, else any
    std::chrono::seconds duration{0};  // 0: until Ctrl-C
};

/// Everything on one machine, in a throw-away directory: a store, a simulated substation and a simulated meter,
/// their connectors, a server connector and a simulated control room, each a supervised process; and a table of what
/// the control room sees.
class Demonstration {
public:
    explicit Demonstration(DemonstrationOptions options);
    ~Demonstration();
    Demonstration(const Demonstration&) = delete;
    Demonstration& operator=(const Demonstration&) = delete;

    /// Until Ctrl-C, SIGTERM or the end of `duration`. Returns the exit code: 1 if nothing ever reached the control
    /// room.
    int run();

private:
    void start_store();
    void start_all();
    manage::Child& add(std::string name, std::vector<std::string> command, manage::Child::OnLine on_line = {});
    void look_at_connectors();
    std::string metrics_file(const std::string& id) const;
    void show();
    void begin_to_stop();
    void stop_next();

    struct Connector {
        std::string id, state = "Starting", detail = {};
    };

    DemonstrationOptions options_;
    net::EventLoop loop_;
    std::filesystem::path folder_;
    std::unique_ptr<store::Store> store_;
    std::vector<std::unique_ptr<manage::Child>> children_;
    std::vector<Connector> connectors_;
    LiveTable table_;
    net::Timer show_timer_, look_timer_, end_timer_, stop_timer_;
    std::uint16_t substation_port_ = 0, meter_port_ = 0;
    bool started_ = false, stopping_ = false, is_terminal_ = false;
};

}  // namespace busbar::program
