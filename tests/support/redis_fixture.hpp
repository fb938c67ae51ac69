#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::tests {

/// A folder for one test, gone with it.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// A store of the test's own (valkey-server or redis-server, whichever is there) on a unix socket in a temporary
/// folder; by default without persistence. Killed with the test. Keeps its data folder over restarts.
class RedisServer {
public:
    /// `arguments` as on the command line: {"--appendonly", "yes"}.
    explicit RedisServer(std::vector<std::string> arguments = {});
    /// Also on a free TCP port of 127.0.0.1.
    static std::vector<std::string> on_tcp(std::uint16_t port);
    ~RedisServer();
    RedisServer(const RedisServer&) = delete;
    RedisServer& operator=(const RedisServer&) = delete;

    std::string socket_path() const { return (folder_.path() / "store.sock").string(); }
    const std::filesystem::path& folder() const { return folder_.path(); }

    void start();   // returns when it answers
    void stop();    // SIGTERM
    void kill();    // SIGKILL
    void freeze();  // SIGSTOP
    void thaw();    // SIGCONT
    void restart() {
        stop();
        start();
    }

    /// Asks on a connection apart and returns the answer as text; an array is its elements between blanks, nil "(nil)",
    /// an error "(error) …". Throws if the store does not answer.
    std::string ask(std::initializer_list<std::string_view> words) const;

private:
    void end(int signal);

    TemporaryFolder folder_;
    std::vector<std::string> arguments_;
    pid_t process_ = -1;
};

/// A TCP port of 127.0.0.1 that is free at the moment.
std::uint16_t free_port();

}  // namespace busbar::tests
