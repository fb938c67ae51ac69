#include <fmt/format.h>

#include <memory>

#include "busbar/sim_options.hpp"
#include "busbar/sim_pages.hpp"
#include "sim/rtu/substation_file.hpp"
#include "sim/scada/run_scada.hpp"

namespace busbar::program {
namespace {

struct ScadaOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 2404;
    double t0 = 30;
    unsigned originator = 0;
    SimLinkOptions line;
    SimTlsOptions tls;

    std::vector<std::uint16_t> stations;
    std::vector<std::uint8_t> groups;
    bool no_interrogation = false, clock = false;
    long interrogate_every = 0, counters_every = 0, clock_every = 0;
    std::vector<std::string> commands;
    bool read_requests = false;

    bool json = false, quiet = false, reconnect = false;
    double reconnect_delay = 2, duration = 0;
    std::uint64_t count = 0;
    std::string points, files, log, capture, ready_file;
    std::vector<std::string> faults;
};

void add_session_options(CLI::App& page, ScadaOptions& options) {
    const auto seconds = [&](const char* name, long& value, const char* help) {
        page.add_option(name, value, help)
            ->check(CLI::Range(0, 10'000'000))
            ->capture_default_str()
            ->group("What is asked");
    };
    page.add_option("--station", options.stations, "Common addresses to ask; all at once (65535) without it")
        ->delimiter(',')
        ->check(CLI::Range(1, 65534))
        ->group("What is asked");
    page.add_flag("--no-interrogation", options.no_interrogation, "No interrogation at the start")
        ->group("What is asked");
    seconds("--interrogate-every", options.interrogate_every, "Interrogate again every so many seconds; 0: never");
    page.add_option("--interrogate-group", options.groups, "Groups 1-16 instead of the whole station")
        ->delimiter(',')
        ->check(CLI::Range(1, 16))
        ->group("What is asked");
    seconds("--counters-every", options.counters_every, "Interrogate counters every so many seconds; 0: never");
    page.add_flag("--clock", options.clock, "Synchronize the station's clock at the start")->group("What is asked");
    seconds("--clock-every", options.clock_every, "Synchronize it every so many seconds; 0: never");
    page.add_option("--command", options.commands,
                    "A command at the start: \"TYPE CASDU IOA VALUE [direct|select|select-only|cancel] [qualifier=N] "
                    "[test]\"; may be given several times")
        ->type_name("WORDS")
        ->allow_extra_args(false)
        ->group("What is asked");
    page.add_flag("--stdin", options.read_requests,
                  "Requests from standard input, a line each: command …, interrogate [CASDU [QOI]], counters [CASDU "
                  "[QCC]], read CASDU IOA, clock [CASDU], test [CASDU], directory CASDU, fetch CASDU IOA [FILE "
                  "[NAME]], send CASDU IOA FILE NAME, start, stop, quit")
        ->group("What is asked");
    page.add_option("--files", options.files, "Folder that files are fetched into and sent from")
        ->type_name("FOLDER")
        ->group("What is asked");
}

void add_output_options(CLI::App& page, ScadaOptions& options) {
    page.add_flag("--json", options.json, "JSON lines on standard output instead of a table or text");
    page.add_flag("--quiet", options.quiet, "Nothing on standard output");
    page.add_option("--points", options.points, "Names of the points, from a substation file")->type_name("FILE");
    page.add_option("--log", options.log, "JSON lines, appended to this file before anything is acknowledged")
        ->type_name("FILE");
    page.add_option("--capture", options.capture, "What is on the line, as a capture (pcap)")->type_name("FILE");
    page.add_option("--ready-file", options.ready_file, "Gets the port when data transfer has been started")
        ->type_name("FILE");
    page.add_option("--count", options.count, "End after so many objects; 0: never")->capture_default_str();
    page.add_option("--duration", options.duration, "End after so many seconds; 0: never")
        ->check(CLI::Range(0.0, 1e7))
        ->capture_default_str();
    page.add_flag("--reconnect", options.reconnect, "Connect again when the connection is lost");
    page.add_option("--reconnect-delay", options.reconnect_delay, "Seconds until then")
        ->check(CLI::Range(0.0, 3600.0))
        ->capture_default_str();
}

iec104::ControllingConfig make_config(const ScadaOptions& options) {
    iec104::ControllingConfig config;
    config.format = options.line.format();
    config.link = options.line.link();
    config.originator = static_cast<std::uint8_t>(options.originator);
    config.stations = options.stations;
    config.interrogate_on_start = !options.no_interrogation;
    config.interrogate_every = std::chrono::seconds(options.interrogate_every);
    config.groups = options.groups;
    config.counters_every = std::chrono::seconds(options.counters_every);
    config.synchronize_clock_on_start = options.clock;
    config.synchronize_clock_every = std::chrono::seconds(options.clock_every);
    return config;
}

sim::ObjectNames read_names(const std::string& path) {
    sim::ObjectNames names;
    if (path.empty()) return names;
    auto substation = sim::read_substation(path);
    if (!substation) throw UsageError("--points: " + substation.error().what);
    for (const sim::SimPoint& point : substation->points) names[{point.common_address, point.ioa}] = point.name;
    return names;
}

int simulate(const ScadaOptions& options) {
    sim::ScadaRunOptions run;
    run.address.host = options.host;
    run.address.port = options.port;
    run.address.tls = options.tls.end(net::TlsRole::client);
    run.t0 = milliseconds(options.t0);
    run.scada.session = make_config(options);
    for (const std::string& words : options.commands) {
        if (const auto command = sim::parse_command(words); !command) {
            throw UsageError(fmt::format("--command \"{}\": {}", words, command.error().what));
        }
        run.scada.requests.push_back("command " + words);
    }
    run.scada.files = options.files;
    run.reconnect = options.reconnect;
    run.reconnect_delay = milliseconds(options.reconnect_delay);
    run.json = options.json;
    run.quiet = options.quiet;
    run.names = read_names(options.points);
    run.log = options.log;
    run.capture = options.capture;
    run.ready_file = options.ready_file;
    run.count = options.count;
    run.duration = milliseconds(options.duration);
    run.read_requests = options.read_requests;
    run.faults = read_faults(options.faults);
    refuse_asdu_faults(run.faults, "a control room");
    return sim::run_scada(std::move(run));
}

}  // namespace

void add_sim_scada(CLI::App& sim, Work& work) {
    const auto options = std::make_shared<ScadaOptions>();
    CLI::App* page =
        sim.add_subcommand("scada", "A simulated control room (controlling station) that shows what a station sends");
    page->add_option("--host", options->host, "The station's address or name")->capture_default_str();
    page->add_option("--port", options->port, "Its port")->capture_default_str();
    page->add_option("--t0", options->t0, "Seconds that connecting may take")
        ->check(CLI::Range(1.0, 255.0))
        ->capture_default_str()
        ->group("Line");
    page->add_option("--originator", options->originator, "Originator address of what is sent")
        ->check(CLI::Range(0, 255))
        ->capture_default_str()
        ->group("Line");
    add_output_options(*page, *options);
    add_session_options(*page, *options);
    options->line.add_to(*page);
    options->tls.add_to(*page);
    add_fault_option(*page, options->faults);
    page->final_callback([&work, options] { work = [options] { return simulate(*options); }; });
}

}  // namespace busbar::program
