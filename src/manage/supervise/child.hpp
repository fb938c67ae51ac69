#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "net/event_loop.hpp"
#include "net/reconnect_delay.hpp"
#include "net/timer.hpp"

namespace busbar::manage {

struct ChildOptions {
    std::string name;
    std::vector<std::string> command;  // program and arguments; searched in PATH without a slash
    std::string log_file;              // standard error goes there, appended
    bool wants_output = false;         // standard output is read line by line, else it goes to log_file
    bool restart = true;               // when it ends by itself
    Duration restart_first = std::chrono::seconds{1};
    Duration restart_longest = std::chrono::seconds{30};
    /// A run this long counts as good: the next delay is the first one again.
    Duration good_run = std::chrono::seconds{60};
};

/// One supervised child process: started, started again with a growing delay when it ends, ended with the supervisor
/// whatever happens to that (the kernel sends it SIGTERM).
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
    /// To be called when SIGCHLD came: takes note of an end.
    void check();

    const std::string& name() const { return options_.name; }
    State state() const { return state_; }
    pid_t pid() const { return pid_; }
    unsigned starts() const { return starts_; }
    /// Why it ended the last time: "exit code 1", "signal 9"; empty: never.
    const std::string& last_end() const { return last_end_; }

private:
    void ended(int status);
    void failed(const std::string& reason);
    void read_output();

    net::EventLoop& loop_;
    ChildOptions options_;
    OnLine on_line_;
    net::Timer restart_, kill_, output_;
    net::ReconnectDelay delay_;
    TimePoint started_;
    std::string last_end_, line_;
    pid_t pid_ = 0;
    int pipe_ = -1;
    unsigned starts_ = 0;
    State state_ = State::stopped;
};

}  // namespace busbar::manage
