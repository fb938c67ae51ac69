#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "manage/actions/problem.hpp"
#include "net/event_loop.hpp"

namespace busbar::manage {

struct ScriptCommand {
    std::filesystem::path program;
    std::vector<std::string> arguments;
    std::string input;                       // on standard input
    std::optional<std::string> credentials;  // on a descriptor of their own
    std::chrono::milliseconds time_limit{};
    std::size_t output_limit = 0;
};

struct ScriptEnd {
    std::optional<Problem> problem;  // absent: it ended with exit code 0
    std::string output;
    std::vector<std::string> log;  // the last lines of its standard error
};

/// A script that runs, watched by a thread of its own: with nothing of ours but its inputs, limited in time, memory and
/// output, and ended together with whatever it has started.
class ScriptProcess {
public:
    /// `done` is called by the loop, unless this is gone by then.
    ScriptProcess(net::EventLoop& loop, ScriptCommand command, std::shared_ptr<const std::atomic<bool>> cancelled,
                  std::function<void(ScriptEnd)> done);
    /// Ends it.
    ~ScriptProcess();
    ScriptProcess(const ScriptProcess&) = delete;
    ScriptProcess& operator=(const ScriptProcess&) = delete;

private:
    std::atomic<bool> ending_ = false;
    std::shared_ptr<bool> here_ = std::make_shared<bool>(true);  // the loop's
    std::thread thread_;
};

/// The variable that names the descriptor with user and password.
inline constexpr const char* credentials_variable = "BUSBAR_CREDENTIALS_FD";

}  // namespace busbar::manage
