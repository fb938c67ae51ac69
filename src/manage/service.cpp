#include "manage/service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <stdexcept>
#include <utility>

#include "connector/common/life.hpp"
#include "connector/common/service_manager.hpp"
#include "manage/actions/accounts.hpp"
#include "manage/actions/connectors.hpp"
#include "manage/data_folder.hpp"
#include "manage/live/live.hpp"
#include "manage/rest/api.hpp"
#include "manage/rest/http_server.hpp"
#include "manage/supervise/elsewhere.hpp"
#include "manage/supervise/private_store.hpp"
#include "manage/supervise/supervisor.hpp"
#include "manage/supervise/systemd_units.hpp"

namespace busbar::manage {

namespace {

config::StoreOptions store_of(const ServiceOptions& options) {
    if (options.store) return *options.store;
    config::StoreOptions own;
    own.host = private_store_socket(options.data);
    return own;
}

std::unique_ptr<Supervision> supervision_of(const ServiceOptions& options, net::EventLoop& loop,
                                            const DataFolder& folder) {
    const auto environment = config::environment_of(store_of(options));
    switch (options.supervised_by) {
        case SupervisedBy::children:
            return std::make_unique<Supervisor>(loop, Supervisor::Options{options.program, folder.run(), environment});
        case SupervisedBy::systemd:
            return std::make_unique<SystemdUnits>(loop, SystemdUnits::Options{folder.units(), environment});
        case SupervisedBy::others: break;
    }
    return std::make_unique<Elsewhere>();
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
          folder(options.data),
          database(folder.database()),
          store(loop, connector::client_options(store_of(options))),
          supervision(supervision_of(options, loop, folder)) {
        if (!options.store) private_store_process.emplace(loop, private_store(options.data));
    }

    ~Parts() { worker.end(); }
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;

    void start();
    void take_signal(int number);
    void stop();
    void go_on_stopping();

    ServiceOptions options;
    net::EventLoop loop;
    connector::ServiceManager manager{loop};
    DataFolder folder;
    Database database;
    Worker worker{loop};
    std::optional<Child> private_store_process;
    store::Store store;
    Publication publication{store, database};
    ConnectorStates states{store};
    ConnectorCalls calls{store};
    std::unique_ptr<Supervision> supervision;
    std::vector<std::unique_ptr<Child>> partners;
    Live live{store, database};
    Installation installation{loop, database, worker, store, publication, states, calls, *supervision, live};
    Api api{installation};
    HttpServer server{loop,
                      [this](HttpRequest request, const Respond& respond) { api.handle(std::move(request), respond); },
                      limits(api), tls_of(options.http)};
    std::string set_up_link;
    bool started = false, stopping = false, connectors_ended = false;

    std::string url() const { return url_of(options.http, server.port()) + "/"; }
};

void Service::Parts::start() {
    loop.on_signal({SIGINT, SIGTERM, SIGCHLD}, [this](int number) { take_signal(number); });
    if (const auto opened = server.open(options.http.address, options.http.port); !opened)
        throw std::runtime_error(opened.error().what);
    if (private_store_process) private_store_process->start();
    store.start();
    live.names.all();  // now, and not while somebody waits
    apply_connectors(installation);
    if (const auto secret = offer_set_up(installation)) set_up_link = url() + "setup#" + *secret;
    started = true;
    manager.ready("The API is at " + url());
}

void Service::Parts::take_signal(int number) {
    if (number != SIGCHLD) return stop();
    if (private_store_process) private_store_process->check();
    for (const auto& partner : partners) partner->check();
    supervision->check_children();
    if (stopping) go_on_stopping();
}

void Service::Parts::stop() {
    if (std::exchange(stopping, true)) return;
    manager.stopping();
    server.close();
    for (const auto& partner : partners) partner->stop();
    supervision->end([this] {
        connectors_ended = true;
        go_on_stopping();
    });
}

/// The store goes last: connectors write to it until they have ended.
void Service::Parts::go_on_stopping() {
    const auto is_down = [](const auto& child) { return child->state() == Child::State::stopped; };
    if (!connectors_ended || !std::all_of(partners.begin(), partners.end(), is_down)) return;
    store.stop();
    if (!private_store_process || is_down(private_store_process)) return loop.stop();
    if (private_store_process->state() != Child::State::stopping) private_store_process->stop();
    if (is_down(private_store_process)) loop.stop();
}

Service::Service(ServiceOptions options) : parts_(std::make_unique<Parts>(std::move(options))) {}
Service::~Service() = default;

void Service::start() { parts_->start(); }

int Service::run() {
    if (!parts_->started) start();
    parts_->loop.run();
    return 0;
}

void Service::stop() { parts_->stop(); }

Child& Service::add_partner(ChildOptions options, Child::OnLine on_line) {
    auto partner = std::make_unique<Child>(parts_->loop, std::move(options), std::move(on_line));
    partner->start();
    return *parts_->partners.emplace_back(std::move(partner));
}

net::EventLoop& Service::loop() { return parts_->loop; }
Installation& Service::installation() { return parts_->installation; }
const Child* Service::store_process() const {
    return parts_->private_store_process ? &*parts_->private_store_process : nullptr;
}
std::string Service::url() const { return parts_->url(); }
const std::string& Service::set_up_link() const { return parts_->set_up_link; }

}  // namespace busbar::manage
