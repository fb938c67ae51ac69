#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "manage/supervise/descriptor.hpp"
#include "net/event_loop.hpp"
#include "net/reconnect_delay.hpp"
#include "net/timer.hpp"

namespace busbar::manage {

/// What follows when a child ends by itself.
struct RestartOptions {
    bool wanted = true;
    Duration first = std::chrono::seconds{1};  // then twice as long each time, up to `longest`
    Duration longest = std::chrono::seconds{30};
    bool operator==(const RestartOptions&) const = default;
};

struct ChildOptions {
    std::string name;
    std::vector<std::string> command;           // program and arguments; searched in PATH without a slash
    std::vector<std::string> environment = {};  // "NAME=VALUE", beside and before our own
    std::string log_file = {};                  // standard error goes there, appended
    std::string lock_file = {};                 // locked while it runs; it waits for an earlier one that has it
    bool wants_output = false;                  // standard output is read line by line, else it goes to log_file
    RestartOptions restart = {};
    /// A run this long counts as good: the next delay is the first one again.
    Duration good_run = std::chrono::seconds{60};
};

/// One supervised child process: started, started again with a growing delay when it ends, ended with the supervisor
/// whatever happens to that (the kernel sends it SIGTERM). It is a process group of its own: Ctrl-C at a terminal
/// reaches the supervisor alone, which then ends its children in their order.
class Child {
public:
    enum class State : std::uint8_t { running, waiting, stopping, stopped };
    /// A line of standard output, without its end; lines over 64 kB are cut.
    using OnLine = std::function<void(std::string_view line)>;

    Child(net::EventLoop& loop, ChildOptions options, OnLine on_line = {});
    ~Child();  // SIGKILL if it still runs
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    void start();
    /// SIGTERM; SIGKILL after `limit`. Not started again.
    void stop(Duration limit = std::chrono::seconds{5});
    /// Holds from the next end on; what waits for its next start, and shall not have one, is stopped.
    void change_restart(const RestartOptions& restart);
    /// To be called when SIGCHLD came: takes note of an end.
    void check();

    const std::string& name() const { return options_.name; }
    State state() const { return state_; }
    pid_t pid() const { return pid_; }
    unsigned starts() const { return starts_; }
    /// Why it ended the last time: "exit code 1", "signal 9"; empty: never.
    const std::string& last_end() const { return last_end_; }

private:
    Descriptor take_lock();
    void ended(int status);
    void failed(const std::string& reason);
    void wait_or_rest();
    void read_output();

    net::EventLoop& loop_;
    ChildOptions options_;
    OnLine on_line_;
    net::Timer restart_, kill_, output_;
    net::ReconnectDelay delay_;
    TimePoint started_;
    std::string last_end_, line_;
    pid_t pid_ = 0;
    Descriptor pipe_;
    unsigned starts_ = 0;
    State state_ = State::stopped;
};

}  // namespace busbar::manage
