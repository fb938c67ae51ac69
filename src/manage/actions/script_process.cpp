#include "manage/actions/script_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <utility>

#include "base/utf8.hpp"
#include "manage/supervise/descriptor.hpp"
#include "manage/supervise/fork_apart.hpp"
#include "manage/tables/table.hpp"

namespace busbar::manage {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t log_lines = 20, log_line = 500;
constexpr rlim_t data_limit = rlim_t{1} << 30, file_limit = rlim_t{256} << 20, descriptor_limit = 256;
constexpr std::chrono::milliseconds tick{20}, after_end{200};
constexpr int credentials_number = 3;
/// Above those that the script gets.
constexpr int lowest_own = 10;

struct Pipe {
    Descriptor read, write;
};

Pipe make_pipe() {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error(std::strerror(errno));
    const Descriptor low_read(ends[0]), low_write(ends[1]);
    return {Descriptor(::fcntl(ends[0], F_DUPFD_CLOEXEC, lowest_own)),
            Descriptor(::fcntl(ends[1], F_DUPFD_CLOEXEC, lowest_own))};
}

/// A pipe that has the text and its end; the text fits into a pipe.
Descriptor filled_pipe(const std::string& text) {
    Pipe pipe = make_pipe();
    ::fcntl(pipe.write.number(), F_SETFL, O_NONBLOCK);
    if (::write(pipe.write.number(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        throw std::runtime_error("the inputs are too long");
    return std::move(pipe.read);
}

void limit(decltype(RLIMIT_CORE) what, rlim_t most) {
    const rlimit limits{most, most};
    setrlimit(what, &limits);
}

/// All that the child needs, made before there is one.
struct Start {
    std::vector<char*> arguments, environment;
    const char* folder;
    int input, output, log, credentials;  // -1: none
    rlim_t cpu_s;
    pid_t parent;
};

/// In the child, between fork and exec: only async-signal-safe calls.
[[noreturn]] void become(const Start& start) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != start.parent) _exit(127);
    signal(SIGPIPE, SIG_DFL);
    umask(077);
    dup2(start.input, STDIN_FILENO);
    dup2(start.output, STDOUT_FILENO);
    dup2(start.log, STDERR_FILENO);
    if (start.credentials >= 0) dup2(start.credentials, credentials_number);
    close_range(start.credentials >= 0 ? credentials_number + 1 : credentials_number, ~0U, 0);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, start.cpu_s);
    limit(RLIMIT_DATA, data_limit);
    limit(RLIMIT_FSIZE, file_limit);
    limit(RLIMIT_NOFILE, descriptor_limit);
    if (chdir(start.folder) != 0) _exit(127);
    execve(start.arguments[0], start.arguments.data(), start.environment.data());
    _exit(127);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

/// The last lines of what was written.
class LastLines {
public:
    void take(std::string_view text) {
        for (const char each : text) {
            if (each == '\n') {
                next();
            } else if (line_.size() < log_line) {
                line_ += each;
            }
        }
    }
    std::vector<std::string> lines() {
        if (!line_.empty()) next();
        return {lines_.begin(), lines_.end()};
    }

private:
    void next() {
        const auto good = first_not_utf8(line_);
        lines_.push_back(line_.substr(0, good));
        line_.clear();
        if (lines_.size() > log_lines) lines_.pop_front();
    }
    std::deque<std::string> lines_;
    std::string line_;
};

class Run {
public:
    Run(const ScriptCommand& command, const std::atomic<bool>& ending, const std::atomic<bool>& cancelled)
        : command_(command), ending_(ending), cancelled_(cancelled) {}

    ScriptEnd run() {
        start();
        watch();
        // Before its leader is reaped, so that the group's number is still its own.
        kill(-pid_, SIGKILL);
        drain();
        int status = 0;
        waitpid(pid_, &status, 0);
        ScriptEnd end{std::move(problem_), std::move(output_), log_.lines()};
        if (!end.problem) end.problem = describe(status);
        return end;
    }

private:
    void start() {
        Pipe output = make_pipe(), log = make_pipe();
        const Descriptor input = filled_pipe(command_.input);
        const Descriptor credentials = command_.credentials ? filled_pipe(*command_.credentials) : Descriptor();
        std::vector<std::string> arguments{command_.program.string()};
        arguments.insert(arguments.end(), command_.arguments.begin(), command_.arguments.end());
        const std::string folder = command_.program.parent_path();
        std::vector<std::string> environment{"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "HOME=" + folder};
        if (command_.credentials) environment.push_back(fmt::format("{}={}", credentials_variable, credentials_number));
        const auto cpu_s = std::chrono::duration_cast<std::chrono::seconds>(command_.time_limit).count() + 5;
        const Start start{pointers(arguments),  pointers(environment),      folder.c_str(),
                          input.number(),       output.write.number(),      log.write.number(),
                          credentials.number(), static_cast<rlim_t>(cpu_s), getpid()};
        pid_ = fork_apart();
        if (pid_ == 0) become(start);
        if (pid_ < 0) throw std::runtime_error(std::strerror(errno));
        setpgid(pid_, pid_);
        output_end_ = std::move(output.read);
        log_end_ = std::move(log.read);
        for (const Descriptor* end : {&output_end_, &log_end_}) fcntl(end->number(), F_SETFL, O_NONBLOCK);
    }

    void watch() {
        const auto until = Clock::now() + command_.time_limit;
        while (!problem_ && !has_ended()) {
            read_what_comes();
            if (ending_ || cancelled_)
                problem_ = Problem{Problem::Kind::conflict, "cancelled", "somebody cancelled it"};
            if (Clock::now() >= until)
                problem_ = Problem{Problem::Kind::failed, "script_time_limit",
                                   fmt::format("the script ran for more than {} s",
                                               static_cast<double>(command_.time_limit.count()) / 1000)};
        }
    }

    bool has_ended() const {
        siginfo_t info{};
        return waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid_;
    }

    /// What the pipes still have. Somebody in a session of his own may hold them open: not longer than a moment.
    void drain() {
        const auto until = Clock::now() + after_end;
        while ((output_end_.number() >= 0 || log_end_.number() >= 0) && Clock::now() < until) read_what_comes();
    }

    void read_what_comes() {
        std::array<pollfd, 2> waiting{{{output_end_.number(), POLLIN, 0}, {log_end_.number(), POLLIN, 0}}};
        if (poll(waiting.data(), waiting.size(), static_cast<int>(tick.count())) <= 0) return;
        read_from(output_end_, [this](std::string_view text) {
            output_ += text;
            if (output_.size() <= command_.output_limit) return;
            output_.resize(command_.output_limit);
            problem_ = Problem{Problem::Kind::failed, "script_output_limit",
                               fmt::format("the script wrote more than {} octets", command_.output_limit)};
        });
        read_from(log_end_, [this](std::string_view text) { log_.take(text); });
    }

    template <class Take>
    void read_from(Descriptor& end, const Take& take) {
        if (end.number() < 0) return;
        std::array<char, 65536> buffer;
        const ssize_t size = ::read(end.number(), buffer.data(), buffer.size());
        if (size > 0) return take(std::string_view(buffer.data(), static_cast<std::size_t>(size)));
        if (size == 0 || (errno != EAGAIN && errno != EINTR)) end.close();
    }

    static std::optional<Problem> describe(int status) {
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return std::nullopt;
        std::string how = WIFSIGNALED(status) ? fmt::format("by signal {}", WTERMSIG(status))
                                              : fmt::format("with exit code {}", WEXITSTATUS(status));
        if (WIFEXITED(status) && WEXITSTATUS(status) == 127) how += ", or could not be started";
        return Problem{Problem::Kind::failed, "script_failed", "the script ended " + how};
    }

    const ScriptCommand& command_;
    const std::atomic<bool>&ending_, &cancelled_;
    Descriptor output_end_, log_end_;
    pid_t pid_ = -1;
    std::optional<Problem> problem_;
    std::string output_;
    LastLines log_;
};

ScriptEnd run(const ScriptCommand& command, const std::atomic<bool>& ending, const std::atomic<bool>& cancelled) {
    try {
        return Run(command, ending, cancelled).run();
    } catch (const std::exception& error) {
        return {Problem{Problem::Kind::failed, "script_failed",
                        std::string("the script cannot be started: ") + error.what()},
                {},
                {}};
    }
}

}  // namespace

ScriptProcess::ScriptProcess(net::EventLoop& loop, ScriptCommand command,
                             std::shared_ptr<const std::atomic<bool>> cancelled, std::function<void(ScriptEnd)> done)
    : thread_([this, &loop, command = std::move(command), cancelled = std::move(cancelled), done = std::move(done),
               here = std::weak_ptr<bool>(here_)] {
          auto end = std::make_shared<ScriptEnd>(run(command, ending_, *cancelled));
          loop.post([end, here, done] {
              if (!here.expired()) done(std::move(*end));
          });
      }) {}

ScriptProcess::~ScriptProcess() {
    ending_ = true;
    thread_.join();
}

}  // namespace busbar::manage
