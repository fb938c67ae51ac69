#include "support/redis_fixture.hpp"

#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <thread>

namespace busbar::tests {

namespace {

constexpr auto start_limit = std::chrono::seconds{20};

std::string to_text(const redisReply& reply) {
    switch (reply.type) {
        case REDIS_REPLY_NIL: return "(nil)";
        case REDIS_REPLY_INTEGER: return std::to_string(reply.integer);
        case REDIS_REPLY_ERROR: return "(error) " + std::string(reply.str, reply.len);
        case REDIS_REPLY_ARRAY: break;
        default: return std::string(reply.str, reply.len);
    }
    std::string text;
    for (std::size_t i = 0; i < reply.elements; ++i) text += (i ? " " : "") + to_text(*reply.element[i]);
    return text;
}

pid_t start_server(const std::vector<std::string>& arguments) {
    std::vector<char*> words{nullptr};  // the first is the program's name
    for (const auto& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
    words.push_back(nullptr);
    const pid_t process = ::fork();
    if (process != 0) return process;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (const char* name : {"valkey-server", "redis-server"}) {
        words.front() = const_cast<char*>(name);
        ::execvp(name, words.data());
    }
    ::_exit(127);
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "busbar-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

RedisServer::RedisServer(std::vector<std::string> arguments) : arguments_(std::move(arguments)) { start(); }

RedisServer::~RedisServer() { kill(); }

std::vector<std::string> RedisServer::on_tcp(std::uint16_t port) {
    return {"--port", std::to_string(port), "--bind", "127.0.0.1"};
}

void RedisServer::start() {
    std::vector<std::string> arguments{
        "--port", "0",     "--unixsocket",    socket_path(), "--save",  "",          "--daemonize",
        "no",     "--dir", folder().string(), "--loglevel",  "warning", "--logfile", (folder() / "store.log").string()};
    arguments.insert(arguments.end(), arguments_.begin(), arguments_.end());
    process_ = start_server(arguments);

    const auto end = std::chrono::steady_clock::now() + start_limit;
    while (std::chrono::steady_clock::now() < end) {
        if (::waitpid(process_, nullptr, WNOHANG) == process_) break;
        try {
            const std::string pong = ask({"PING"});
            if (pong == "PONG" || pong.find("NOAUTH") != std::string::npos) return;
        } catch (const std::runtime_error&) {
            // not there yet
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    process_ = -1;
    throw std::runtime_error("the store did not start; are valkey-server or redis-server installed?");
}

void RedisServer::stop() { end(SIGTERM); }
void RedisServer::kill() { end(SIGKILL); }
void RedisServer::freeze() { ::kill(process_, SIGSTOP); }
void RedisServer::thaw() { ::kill(process_, SIGCONT); }

void RedisServer::end(int signal) {
    if (process_ < 0) return;
    ::kill(process_, signal);
    ::kill(process_, SIGCONT);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
}

std::string RedisServer::ask(std::initializer_list<std::string_view> words) const {
    const std::unique_ptr<redisContext, decltype(&redisFree)> context(redisConnectUnix(socket_path().c_str()),
                                                                      redisFree);
    if (!context || context->err) throw std::runtime_error("the store is not there");
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const auto word : words) {
        texts.push_back(word.data());
        sizes.push_back(word.size());
    }
    const std::unique_ptr<void, decltype(&freeReplyObject)> reply(
        redisCommandArgv(context.get(), static_cast<int>(words.size()), texts.data(), sizes.data()), freeReplyObject);
    if (!reply) throw std::runtime_error(std::string("the store does not answer: ") + context->errstr);
    return to_text(*static_cast<const redisReply*>(reply.get()));
}

std::uint16_t free_port() {
    const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    const bool bound = ::bind(probe, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                       ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    ::close(probe);
    if (!bound) throw std::runtime_error("no free port");
    return ntohs(address.sin_port);
}

}  // namespace busbar::tests
