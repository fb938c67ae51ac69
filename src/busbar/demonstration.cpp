#include "busbar/demonstration.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <stdexcept>

#include "config/file.hpp"
#include "connector/common/metrics.hpp"
#include "manage/actions/connectors.hpp"
#include "manage/live/kept_updates.hpp"
#include "net/tcp_listener.hpp"

namespace busbar::program {

namespace fs = std::filesystem;
namespace json = boost::json;
using manage::Child;
using manage::ProcessView;

namespace {

constexpr std::size_t longest_metrics = 1 << 20;
constexpr std::uint64_t updates_kept = 100'000;  // nobody looks after a demonstration that runs for days
constexpr std::array connectors{"rtu-1", "meter-1", "scada-1"};
constexpr std::uint16_t http_port = 8104, iec104_port = 2404;
constexpr auto lost_after = std::chrono::seconds{10};

/// `wanted` if it is free on this machine, else another one.
std::uint16_t free_port(std::uint16_t wanted) {
    net::EventLoop loop;
    net::TcpListener probe(loop, [](const auto&, auto&) { return nullptr; });
    if (wanted != 0 && probe.open("127.0.0.1", wanted)) return wanted;
    if (const auto opened = probe.open("127.0.0.1", 0); !opened) throw std::runtime_error(opened.error().what);
    return probe.port();
}

/// Five values of one meter, each second, at addresses of their own.
json::object meter_config(std::uint16_t port) {
    constexpr auto channel = R"({"name":"line","connection":{"type":"tcp","host":"127.0.0.1","reconnect_delay_ms":1000},
        "devices":[{"name":"meter","link_address":1,"point_address":1,"password":"1"}]})";
    constexpr std::array<std::pair<std::string_view, int>, 5> variables{{{"power.active.total", 36},
                                                                         {"power.reactive.total", 36},
                                                                         {"current.phase1", 36},
                                                                         {"voltage.phase1", 36},
                                                                         {"energy.active.imported", 37}}};
    json::object line = json::parse(channel).as_object();
    line["connection"].as_object()["port"] = port;
    json::array tags;
    for (const auto& [variable, type] : variables) {
        tags.push_back({{"name", variable},
                        {"enabled", true},
                        {"device", "line/meter"},
                        {"variable", variable},
                        {"casdu", 102},
                        {"ioa", tags.size() + 1},
                        {"type", type}});
    }
    return {{"channels", json::array{line}}, {"tags", std::move(tags)}};
}

struct Size {
    std::size_t height, width;
};

Size terminal_size() {
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0) return {24, 120};
    return {size.ws_row, size.ws_col};
}

std::string_view name_of(ProcessView::State state) {
    switch (state) {
        case ProcessView::State::running: return "running";
        case ProcessView::State::waiting: return "starts again soon";
        case ProcessView::State::stopping: return "stopping";
        default: return "stopped";
    }
}

std::string_view name_of(Child::State state) {
    switch (state) {
        case Child::State::running: return name_of(ProcessView::State::running);
        case Child::State::waiting: return name_of(ProcessView::State::waiting);
        case Child::State::stopping: return name_of(ProcessView::State::stopping);
        case Child::State::stopped: break;
    }
    return name_of(ProcessView::State::stopped);
}

manage::ServiceOptions service_options(const DemonstrationOptions& options, const fs::path& folder) {
    manage::ServiceOptions service;
    service.program = options.program;
    service.data = folder;
    service.http.port = options.http_port != 0 ? options.http_port : free_port(http_port);
    return service;
}

}  // namespace

Demonstration::Folder::Folder() {
    std::string name = (fs::temp_directory_path() / "busbar-demo-XXXXXX").string();
    if (!mkdtemp(name.data()))
        throw std::runtime_error("cannot make a directory in " + fs::temp_directory_path().string());
    path = name;
}

Demonstration::Folder::~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
}

Demonstration::Demonstration(DemonstrationOptions options)
    : options_(std::move(options)),
      service_(service_options(options_, folder_.path)),
      show_timer_(service_.loop()),
      end_timer_(service_.loop()),
      is_terminal_(isatty(STDOUT_FILENO) == 1) {}

int Demonstration::run() {
    choose_ports();
    save_kept_updates(service_.installation().database, {.entries = updates_kept, .bytes = {}, .age = {}});
    service_.start();
    fmt::print("The demonstration lives in {} until it ends.\n", folder_.path.string());
    fmt::print("Its API is at {}api/v1; set up the first user, once: {}\n", service_.url(), service_.set_up_link());
    std::fflush(stdout);
    make_connectors();
    start_partners();
    if (options_.duration.count() != 0) end_timer_.after(options_.duration, [this] { service_.stop(); });
    show_timer_.every(is_terminal_ ? std::chrono::milliseconds{500} : std::chrono::milliseconds{5000},
                      [this] { show(); });
    service_.run();
    if (!is_terminal_) show();
    fmt::print("{} values from {} points reached the control room.\n", table_.updates(), table_.size());
    return table_.updates() == 0 ? 1 : 0;
}

void Demonstration::choose_ports() {
    if (options_.port == 0) options_.port = free_port(iec104_port);
    substation_port_ = free_port(0);
    meter_port_ = free_port(0);
}

void Demonstration::make_connectors() {
    const json::object client{{"network", {{"host", "127.0.0.1"}, {"port", substation_port_}}},
                              {"stations", json::array{{{"casdu", 1}, {"name", "substation"}}}}};
    const json::object server{
        {"network", {{"host", "127.0.0.1"}, {"port", options_.port}, {"any_port", true}, {"max_connections", 10}}}};
    make_connector("rtu-1", manage::client_kind, json::serialize(client));
    make_connector("meter-1", manage::meter_kind, json::serialize(meter_config(meter_port_)));
    make_connector("scada-1", manage::server_kind, json::serialize(server));
}

void Demonstration::make_connector(std::string id, std::string_view kind, const std::string& config) {
    manage::ConnectorRow row;
    row.id = std::move(id);
    row.kind = kind;
    row.config = config;
    const auto made = create_connector(service_.installation(), {"demonstration", manage::Role::admin, {}}, row);
    if (!made) throw std::runtime_error(row.id + ": " + made.error().detail);
}

void Demonstration::start_partners() {
    add("substation", {"rtu", "--port", std::to_string(substation_port_), "--generate", std::to_string(options_.points),
                       "--events-per-second", fmt::format("{}", options_.events_per_second)});
    add("meter", {"meter", "--port", std::to_string(meter_port_)});
    add("control-room",
        {"scada", "--host", "127.0.0.1", "--port", std::to_string(options_.port), "--json", "--reconnect"},
        [this](std::string_view line) { table_.take(line); });
}

Child& Demonstration::add(std::string name, std::vector<std::string> arguments, Child::OnLine on_line) {
    manage::ChildOptions options;
    options.log_file = folder_.path / "run" / (name + ".log");
    options.wants_output = on_line != nullptr;
    options.name = std::move(name);
    options.command = {options_.program, "sim"};
    options.command.insert(options.command.end(), arguments.begin(), arguments.end());
    Child& child = service_.add_partner(std::move(options), std::move(on_line));
    partners_.push_back(&child);
    return child;
}

Demonstration::Line Demonstration::line_of(const Child& child) const {
    return {child.name(), std::string(name_of(child.state())), child.pid(), child.starts(), child.last_end(), "", ""};
}

/// What a connector says of itself in its metrics: also true while the store is away.
Demonstration::Line Demonstration::line_of_connector(const std::string& id) {
    Line line{id, "stopped", 0, 0, "", "Starting", ""};
    if (const auto process = service_.installation().supervision.view(id)) {
        line.process = name_of(process->state);
        line.pid = process->pid;
        line.starts = process->starts;
        line.last_end = process->last_end;
    }
    const auto text = config::read_file(folder_.path / "run" / (id + ".prom"), longest_metrics);
    const auto view = text ? connector::read_metrics(*text) : std::nullopt;
    if (!view) return line;  // not written yet
    const bool lost = service_.loop().utc_now() - view->heartbeat > lost_after;
    line.state = lost ? "lost" : view->state;
    line.detail = view->detail;
    return line;
}

void Demonstration::show() {
    const Size size = terminal_size();
    std::vector<std::string> lines{
        fmt::format("busbar {} demonstration: control rooms may connect to 127.0.0.1:{}; Ctrl-C ends it",
                    BUSBAR_VERSION, options_.port),
        fmt::format("Its API is at {}api/v1; this link makes the first user, once:", service_.url()),
        service_.set_up_link()};  // whole, also on 80 columns
    std::vector<Line> processes{line_of(*service_.store_process())};
    for (const Child* partner : partners_) processes.push_back(line_of(*partner));
    for (const char* id : connectors) processes.push_back(line_of_connector(id));
    for (const Line& process : processes) {
        std::string line = fmt::format("  {:<14} {:<18} pid {:<8} starts {:<4}{}", process.name, process.process,
                                       process.pid, process.starts, process.state);
        if (process.starts > 1) line += fmt::format(" (last end: {})", process.last_end);
        lines.push_back(std::move(line));
        if (!process.detail.empty())
            lines.push_back("    " + process.detail);  // a line of its own: there is room for it
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

}  // namespace busbar::program
