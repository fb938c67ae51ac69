#include "manage/supervise/child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace busbar::manage {

namespace {

constexpr std::size_t max_line = std::size_t{64} << 10;

/// In the child, between fork and exec: only async-signal-safe calls.
[[noreturn]] void become(char* const* arguments, int output, int log, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(127);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    const int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    execvp(arguments[0], arguments);
    _exit(127);
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
      delay_(options_.restart_first, options_.restart_longest) {}

Child::~Child() {
    if (pid_ > 0) {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    if (pipe_ >= 0) close(pipe_);
}

void Child::start() {
    if (pid_ > 0) return;
    restart_.cancel();
    const int log = open(options_.log_file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (log < 0) return failed(fmt::format("{}: {}", options_.log_file, std::strerror(errno)));
    int ends[2] = {-1, -1};
    if (options_.wants_output && pipe2(ends, O_CLOEXEC) != 0) {
        close(log);
        return failed(std::strerror(errno));
    }
    std::vector<char*> arguments;
    for (auto& word : options_.command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const pid_t parent = getpid();
    pid_ = fork();
    if (pid_ == 0) become(arguments.data(), options_.wants_output ? ends[1] : log, log, parent);
    close(log);
    if (ends[1] >= 0) close(ends[1]);
    if (pid_ < 0) {
        pid_ = 0;
        if (ends[0] >= 0) close(ends[0]);
        return failed(std::strerror(errno));
    }
    pipe_ = ends[0];
    if (pipe_ >= 0) {
        fcntl(pipe_, F_SETFL, O_NONBLOCK);
        output_.every(std::chrono::milliseconds{100}, [this] { read_output(); });
    }
    state_ = State::running;
    started_ = loop_.now();
    ++starts_;
}

void Child::failed(const std::string& reason) {
    last_end_ = "cannot be started: " + reason;
    state_ = State::waiting;
    restart_.after(delay_.next(), [this] { start(); });
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
    if (pipe_ >= 0) {
        read_output();
        close(std::exchange(pipe_, -1));
    }
    last_end_ = describe_end(status);
    if (state_ == State::stopping || !options_.restart) {
        state_ = State::stopped;
        return;
    }
    if (loop_.now() - started_ >= options_.good_run) delay_.reset();
    state_ = State::waiting;
    restart_.after(delay_.next(), [this] { start(); });
}

void Child::read_output() {
    char buffer[16384];
    for (ssize_t size = 0; (size = read(pipe_, buffer, sizeof buffer)) > 0;) {
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
