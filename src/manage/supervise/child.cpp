#include "manage/supervise/child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "manage/supervise/descriptor.hpp"
#include "manage/supervise/fork_apart.hpp"

namespace busbar::manage {

namespace {

constexpr std::size_t max_line = std::size_t{64} << 10;
constexpr auto look_for_lock_after = std::chrono::milliseconds{50};

/// In the child, between fork and exec: only async-signal-safe calls.
[[noreturn]] void become(char* const* arguments, char* const* environment, int output, int log, int lock,
                         pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    setpgid(0, 0);
    if (getppid() != parent) _exit(127);
    const int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    // Whatever else is open here, also by libraries that forget to say so: an inherited socket would outlive us.
    close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    if (lock >= 0) fcntl(lock, F_SETFD, 0);  // the lock lasts as long as this is open
    execvpe(arguments[0], arguments, environment);
    _exit(127);
}

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> pointers;
    for (auto& word : words) pointers.push_back(word.data());
    return pointers;
}

/// Ours, but for what is set anew.
std::vector<char*> environment_with(std::vector<std::string>& more) {
    std::vector<char*> all = pointers(more);
    for (char** each = environ; *each != nullptr; ++each) {
        const std::string_view name(*each, std::string_view(*each).find('='));
        const bool anew = std::any_of(more.begin(), more.end(), [name](const std::string& word) {
            return word.starts_with(name) && word.substr(name.size()).starts_with('=');
        });
        if (!anew) all.push_back(*each);
    }
    all.push_back(nullptr);
    return all;
}

std::string describe_end(int status) {
    if (WIFSIGNALED(status)) return fmt::format("signal {}", WTERMSIG(status));
    if (WEXITSTATUS(status) == 127) return "cannot be started";
    return fmt::format("exit code {}", WEXITSTATUS(status));
}

}  // namespace

Child::Child(net::EventLoop& loop, ChildOptions options, OnLine on_line)
    : loop_(loop),
      options_(std::move(options)),
      on_line_(std::move(on_line)),
      restart_(loop),
      kill_(loop),
      output_(loop),
      delay_(options_.restart.first, options_.restart.longest) {}

Child::~Child() {
    if (pid_ > 0) {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
}

void Child::start() {
    if (pid_ > 0) return;
    restart_.cancel();
    const Descriptor lock = take_lock();
    if (!lock.is_open() && !options_.lock_file.empty()) return;
    const Descriptor log(open(options_.log_file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
    if (!log.is_open()) return failed(fmt::format("{}: {}", options_.log_file, std::strerror(errno)));
    int ends[2] = {-1, -1};
    if (options_.wants_output && pipe2(ends, O_CLOEXEC) != 0) return failed(std::strerror(errno));
    Descriptor input(ends[0]);
    const Descriptor output(ends[1]);
    std::vector<char*> arguments = pointers(options_.command);
    arguments.push_back(nullptr);
    const std::vector<char*> environment = environment_with(options_.environment);
    const pid_t parent = getpid();
    pid_ = fork_apart();
    if (pid_ == 0)
        become(arguments.data(), environment.data(), options_.wants_output ? output.number() : log.number(),
               log.number(), lock.number(), parent);
    if (pid_ < 0) {
        pid_ = 0;
        return failed(std::strerror(errno));
    }
    pipe_ = std::move(input);
    if (pipe_.is_open()) {
        fcntl(pipe_.number(), F_SETFL, O_NONBLOCK);
        output_.every(std::chrono::milliseconds{100}, [this] { read_output(); });
    }
    state_ = State::running;
    started_ = loop_.now();
    ++starts_;
}

/// The child gets it with the descriptor. Not open: there is none to take, or not yet.
Descriptor Child::take_lock() {
    if (options_.lock_file.empty()) return {};
    Descriptor lock(open(options_.lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (lock.is_open() && flock(lock.number(), LOCK_EX | LOCK_NB) == 0) return lock;
    if (errno != EWOULDBLOCK) {
        failed(fmt::format("{}: {}", options_.lock_file, std::strerror(errno)));
        return {};
    }
    last_end_ = "waits for an earlier one to end";
    state_ = State::waiting;
    restart_.after(look_for_lock_after, [this] { start(); });
    return {};
}

void Child::failed(const std::string& reason) {
    last_end_ = "cannot be started: " + reason;
    wait_or_rest();
}

/// It is not running, and nobody wanted that.
void Child::wait_or_rest() {
    if (!options_.restart.wanted) {
        state_ = State::stopped;
        return;
    }
    state_ = State::waiting;
    restart_.after(delay_.next(), [this] { start(); });
}

void Child::change_restart(const RestartOptions& restart) {
    if (restart == options_.restart) return;
    options_.restart = restart;
    delay_ = net::ReconnectDelay(restart.first, restart.longest);
    if (state_ != State::waiting) return;
    restart_.cancel();
    wait_or_rest();
}

void Child::stop(Duration limit) {
    restart_.cancel();
    if (pid_ <= 0) {
        state_ = State::stopped;
        return;
    }
    state_ = State::stopping;
    kill(pid_, SIGTERM);
    kill_.after(limit, [this] {
        if (pid_ > 0) kill(pid_, SIGKILL);
    });
}

void Child::check() {
    int status = 0;
    if (pid_ > 0 && waitpid(pid_, &status, WNOHANG) == pid_) ended(status);
}

void Child::ended(int status) {
    pid_ = 0;
    kill_.cancel();
    output_.cancel();
    if (pipe_.is_open()) read_output();
    pipe_.close();
    last_end_ = describe_end(status);
    if (state_ == State::stopping) {
        state_ = State::stopped;
        return;
    }
    if (loop_.now() - started_ >= options_.good_run) delay_.reset();
    wait_or_rest();
}

void Child::read_output() {
    char buffer[16384];
    for (ssize_t size = 0; (size = read(pipe_.number(), buffer, sizeof buffer)) > 0;) {
        for (const char character : std::string_view(buffer, static_cast<std::size_t>(size))) {
            if (character == '\n') {
                if (on_line_) on_line_(line_);
                line_.clear();
            } else if (line_.size() < max_line) {
                line_ += character;
            }
        }
    }
}

}  // namespace busbar::manage
