#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "busbar/live_table.hpp"
#include "manage/service.hpp"
#include "net/timer.hpp"

namespace busbar::program {

struct DemonstrationOptions {
    bool demo = false;
    std::string program;  // this executable
    unsigned points = 200;
    double events_per_second = 20;
    std::uint16_t port = 0;            // of the server connector; 0: 2404 if it is free, else any
    std::uint16_t http_port = 0;       // of the API; 0: 8104 if it is free, else any
    std::chrono::seconds duration{0};  // 0: until Ctrl-C
};

/// A real installation in a throw-away directory, with three connectors made as the API makes them; and what they
/// talk to: a simulated substation, a simulated meter and a simulated control room, with a table of what the latter
/// sees.
class Demonstration {
public:
    explicit Demonstration(DemonstrationOptions options);
    Demonstration(const Demonstration&) = delete;
    Demonstration& operator=(const Demonstration&) = delete;

    /// Until Ctrl-C, SIGTERM or the end of `duration`. Returns the exit code: 1 if nothing ever reached the control
    /// room.
    int run();

private:
    /// Goes when everything that lives in it has ended.
    struct Folder {
        Folder();
        ~Folder();
        std::filesystem::path path;
    };
    struct Line {
        std::string name, process;
        int pid;
        unsigned starts;
        std::string last_end, state, detail;
    };

    void choose_ports();
    void make_connectors();
    void make_connector(std::string id, std::string_view kind, const std::string& config);
    void start_partners();
    manage::Child& add(std::string name, std::vector<std::string> arguments, manage::Child::OnLine on_line = {});
    Line line_of(const manage::Child& child) const;
    Line line_of_connector(const std::string& id);
    void show();

    DemonstrationOptions options_;
    Folder folder_;
    manage::Service service_;
    LiveTable table_;
    std::vector<const manage::Child*> partners_;
    net::Timer show_timer_, end_timer_;
    std::uint16_t substation_port_ = 0, meter_port_ = 0;
    bool is_terminal_ = false;
};

}  // namespace busbar::program
