#include "manage/service.hpp"

#include <fmt/format.h>

#include <csignal>
#include <stdexcept>
#include <utility>

#include "connector/common/life.hpp"
#include "manage/actions/accounts.hpp"
#include "manage/actions/connectors.hpp"
#include "manage/live/live.hpp"
#include "manage/rest/api.hpp"
#include "manage/rest/http_server.hpp"
#include "manage/supervise/private_store.hpp"
#include "store/keys.hpp"

namespace busbar::manage {

namespace {

namespace fs = std::filesystem;

fs::path prepare(const fs::path& data) {
    fs::create_directories(data / "run");
    fs::permissions(data, fs::perms::owner_all);
    return data;
}

store::ClientOptions client_options(const ServiceOptions& options) {
    if (options.store) return connector::client_options(*options.store);
    store::ClientOptions client;
    client.address.path = private_store_socket(options.data);
    return client;
}

std::vector<std::string> store_arguments(const ServiceOptions& options) {
    if (options.store) return options.store_arguments;
    return {"--host", private_store_socket(options.data)};
}

HttpServer::Limits limits(Api& api) {
    HttpServer::Limits limits;
    limits.body_of = [&api](const HttpRequest& header) { return api.body_limit(header); };
    limits.largest_body = api.largest_body();
    return limits;
}

}  // namespace

struct Service::Parts {
    explicit Parts(ServiceOptions given)
        : options(std::move(given)),
          database(prepare(options.data) / "busbar.db"),
          store(loop, client_options(options)),
          supervisor(loop, {options.program, options.data / "run", store_arguments(options)}) {
        if (!options.store) private_store_process.emplace(loop, private_store(options.data));
    }

    void start();
    void write_retention();
    void stop();
    void stop_store();

    ServiceOptions options;
    net::EventLoop loop;
    Database database;
    Worker worker{loop};
    std::optional<Child> private_store_process;
    store::Store store;
    Publication publication{store, database};
    ConnectorStates states{store};
    ConnectorCalls calls{store};
    Supervisor supervisor;
    Live live{store, database};
    Installation installation{loop, database, worker, store, publication, states, calls, supervisor, live};
    Api api{installation};
    HttpServer server{loop,
                      [this](HttpRequest request, const Respond& respond) { api.handle(std::move(request), respond); },
                      limits(api), tls_of(options.http)};
    bool stopping = false;
};

void Service::Parts::start() {
    loop.on_signal({SIGINT, SIGTERM, SIGCHLD}, [this](int number) {
        if (number != SIGCHLD) return stop();
        if (private_store_process) private_store_process->check();
        supervisor.check_children();
        if (stopping && private_store_process && private_store_process->state() == Child::State::stopped) loop.stop();
    });
    if (const auto opened = server.open(options.http.address, options.http.port); !opened)
        throw std::runtime_error(opened.error().what);
    if (private_store_process) private_store_process->start();
    store.start();
    apply_connectors(installation);
    const auto url = url_of(options.http, server.port());
    fmt::print("{}/\n", url);
    if (const auto secret = offer_set_up(installation))
        fmt::print("Set up the first user, once: {}/setup#{}\n", url, *secret);
    std::fflush(stdout);
}

void Service::Parts::stop() {
    if (std::exchange(stopping, true)) return;
    server.close();
    supervisor.end([this] { stop_store(); });
}

/// The store goes last: connectors write to it until they have ended.
void Service::Parts::stop_store() {
    store.stop();
    if (!private_store_process) return loop.stop();
    private_store_process->stop();
    if (private_store_process->state() == Child::State::stopped) loop.stop();
}

Service::Service(ServiceOptions options) : parts_(std::make_unique<Parts>(std::move(options))) {}
Service::~Service() = default;

int Service::run() {
    parts_->start();
    parts_->loop.run();
    return 0;
}

}  // namespace busbar::manage
