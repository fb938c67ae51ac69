#include "busbar/demonstration.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>
#include <csignal>
#include <cstdio>
#include <stdexcept>

#include "config/file.hpp"
#include "connector/common/metrics.hpp"
#include "manage/supervise/private_store.hpp"
#include "net/tcp_listener.hpp"
#include "store/keys.hpp"

namespace busbar::program {

namespace fs = std::filesystem;
using manage::Child;

namespace {

constexpr std::size_t longest_metrics = 1 << 20;
constexpr auto lost_after = std::chrono::seconds{10};

fs::path make_folder() {
    std::string name = (fs::temp_directory_path() / "busbar-demo-XXXXXX").string();
    if (!mkdtemp(name.data()))
        throw std::runtime_error("cannot make a directory in " + fs::temp_directory_path().string());
    return name;
}

/// `wanted` if it is free on this machine, else another one.
std::uint16_t free_port(net::EventLoop& loop, std::uint16_t wanted) {
    net::TcpListener probe(loop, [](const auto&, auto&) { return nullptr; });
    if (wanted != 0 && probe.open("127.0.0.1", wanted)) return wanted;
    if (const auto opened = probe.open("127.0.0.1", 0); !opened) throw std::runtime_error(opened.error().what);
    return probe.port();
}

/// Five values of one meter, each second, at addresses of their own.
boost::json::object meter_config(std::uint16_t port) {
    constexpr auto channel = R"({"name":"line","connection":{"type":"tcp","host":"127.0.0.1","reconnect_delay_ms":1000},
        "devices":[{"name":"meter","link_address":1,"point_address":1,"password":"1"}]})";
    constexpr std::array<std::pair<std::string_view, int>, 5> variables{{{"power.active.total", 36},
                                                                         {"power.reactive.total", 36},
                                                                         {"current.phase1", 36},
                                                                         {"voltage.phase1", 36},
                                                                         {"energy.active.imported", 37}}};
    boost::json::object line = boost::json::parse(channel).as_object();
    line["connection"].as_object()["port"] = port;
    boost::json::array tags;
    for (const auto& [variable, type] : variables) {
        tags.push_back({{"name", variable},
                        {"enabled", true},
                        {"device", "line/meter"},
                        {"variable", variable},
                        {"casdu", 102},
                        {"ioa", tags.size() + 1},
                        {"type", type}});
    }
    return {{"revision", 1}, {"channels", boost::json::array{line}}, {"tags", std::move(tags)}};
}

struct Size {
    std::size_t height, width;
};

Size terminal_size() {
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0) return {24, 120};
    return {size.ws_row, size.ws_col};
}

std::string_view name_of(Child::State state) {
    switch (state) {
        case Child::State::running: return "running";
        case Child::State::waiting: return "starts again soon";
        case Child::State::stopping: return "stopping";
        case Child::State::stopped: return "stopped";
    }
    return "";
}

}  // namespace

Demonstration::Demonstration(DemonstrationOptions options)
    : options_(std::move(options)),
      folder_(make_folder()),
      show_timer_(loop_),
      look_timer_(loop_),
      end_timer_(loop_),
      stop_timer_(loop_),
      is_terminal_(isatty(STDOUT_FILENO) == 1) {}

Demonstration::~Demonstration() {
    children_.clear();
    store_.reset();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

Child& Demonstration::add(std::string name, std::vector<std::string> command, Child::OnLine on_line) {
    manage::ChildOptions options;
    options.log_file = folder_ / (name + ".log");
    options.wants_output = on_line != nullptr;
    options.name = std::move(name);
    options.command = std::move(command);
    children_.push_back(std::make_unique<Child>(loop_, std::move(options), std::move(on_line)));
    children_.back()->start();
    return *children_.back();
}

int Demonstration::run() {
    loop_.on_signal({SIGINT, SIGTERM, SIGCHLD}, [this](int number) {
        if (number != SIGCHLD) return begin_to_stop();
        for (auto& child : children_) child->check();
        if (stopping_) stop_next();
    });
    if (options_.port == 0) options_.port = free_port(loop_, 2404);
    substation_port_ = free_port(loop_, 0);
    meter_port_ = free_port(loop_, 0);
    fmt::print("The demonstration lives in {} until it ends.\n", folder_.string());
    start_store();
    if (options_.duration.count() != 0) end_timer_.after(options_.duration, [this] { begin_to_stop(); });
    show_timer_.every(is_terminal_ ? std::chrono::milliseconds{500} : std::chrono::milliseconds{5000},
                      [this] { show(); });
    loop_.run();
    if (!is_terminal_) show();
    fmt::print("{} values from {} points reached the control room.\n", table_.updates(), table_.size());
    return table_.updates() == 0 ? 1 : 0;
}

void Demonstration::start_store() {
    const std::string socket = manage::private_store_socket(folder_);
    children_.push_back(std::make_unique<Child>(loop_, manage::private_store(folder_)));
    children_.back()->start();
    store::ClientOptions options;
    options.address.path = socket;
    store_ = std::make_unique<store::Store>(loop_, options);
    store_->start();
    look_timer_.every(std::chrono::milliseconds{250}, [this] {
        if (!started_ && store_->is_connected()) start_all();
        if (started_) look_at_connectors();
    });
}

void Demonstration::start_all() {
    started_ = true;
    const std::string socket = manage::private_store_socket(folder_);
    const boost::json::object client{{"revision", 1}, {"network", {{"host", "127.0.0.1"}, {"port", substation_port_}}}};
    const boost::json::object server{
        {"revision", 1},
        {"network", {{"host", "127.0.0.1"}, {"port", options_.port}, {"any_port", true}, {"max_connections", 10}}}};
    store_->client().command({"SET", store::keys::retention(), R"({"entries":100000})"}, [](const auto&) {});
    store_->client().command({"SET", store::keys::config("rtu-1"), boost::json::serialize(client)}, [](const auto&) {});
    store_->client().command({"SET", store::keys::config("scada-1"), boost::json::serialize(server)},
                             [](const auto&) {});
    store_->client().command({"SET", store::keys::config("meter-1"), boost::json::serialize(meter_config(meter_port_))},
                             [](const auto&) {});
    add("substation",
        {options_.program, "sim", "rtu", "--port", std::to_string(substation_port_), "--generate",
         std::to_string(options_.points), "--events-per-second", fmt::format("{}", options_.events_per_second)});
    add("meter", {options_.program, "sim", "meter", "--port", std::to_string(meter_port_)});
    connectors_ = {{"rtu-1"}, {"meter-1"}, {"scada-1"}};
    for (const auto& [id, kind] : {std::pair{"rtu-1", "iec104-client"}, std::pair{"meter-1", "iec102-client"},
                                   std::pair{"scada-1", "iec104-server"}}) {
        add(id, {options_.program, kind, "--id", id, "--metrics-file", metrics_file(id), "redis", "--host", socket});
    }
    add("control-room",
        {options_.program, "sim", "scada", "--host", "127.0.0.1", "--port", std::to_string(options_.port), "--json",
         "--reconnect"},
        [this](std::string_view line) { table_.take(line); });
}

/// What each connector says of itself: also true while the store is away.
void Demonstration::look_at_connectors() {
    for (auto& connector : connectors_) {
        const auto text = config::read_file(metrics_file(connector.id), longest_metrics);
        const auto view = text ? connector::read_metrics(*text) : std::nullopt;
        if (!view) continue;  // not written yet
        const bool lost = loop_.utc_now() - view->heartbeat > lost_after;
        connector.state = lost ? "lost" : view->state;
        connector.detail = view->detail;
    }
}

std::string Demonstration::metrics_file(const std::string& id) const { return folder_ / (id + ".prom"); }

void Demonstration::show() {
    const Size size = terminal_size();
    std::vector<std::string> lines{
        fmt::format("busbar {} demonstration: control rooms may connect to 127.0.0.1:{}; Ctrl-C ends it",
                    BUSBAR_VERSION, options_.port)};
    for (const auto& child : children_) {
        std::string line = fmt::format("  {:<14} {:<18} pid {:<8} starts {:<4}", child->name(), name_of(child->state()),
                                       child->pid(), child->starts());
        std::string detail;
        for (const auto& connector : connectors_) {
            if (connector.id != child->name()) continue;
            line += connector.state;
            detail = connector.detail;
        }
        if (child->starts() > 1) line += fmt::format(" (last end: {})", child->last_end());
        lines.push_back(std::move(line));
        if (!detail.empty()) lines.push_back("    " + detail);  // a line of its own, so that there is room for it
    }
    lines.push_back(fmt::format("The control room has {} points, {} values so far:", table_.size(), table_.updates()));
    const std::size_t left = size.height > lines.size() + 2 ? size.height - lines.size() - 1 : 10;
    for (auto& line : table_.lines(left, size.width)) lines.push_back(std::move(line));
    std::string text = is_terminal_ ? "\x1b[H\x1b[2J" : "\n";
    for (auto& line : lines) {
        line.resize(std::min(line.size(), size.width));
        text += line + "\n";
    }
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

/// One after the other, against the flow of data, the store last: each can still say that it stops.
void Demonstration::begin_to_stop() {
    if (stopping_) return;
    stopping_ = true;
    show_timer_.cancel();
    stop_timer_.every(std::chrono::milliseconds{200}, [this] { stop_next(); });
    stop_next();
}

void Demonstration::stop_next() {
    for (auto child = children_.rbegin(); child != children_.rend(); ++child) {
        if ((*child)->state() == Child::State::stopped) continue;
        if ((*child)->state() != Child::State::stopping) (*child)->stop();
        if ((*child)->state() != Child::State::stopped) return;
    }
    if (store_) store_->stop();
    loop_.stop();
}

}  // namespace busbar::program
