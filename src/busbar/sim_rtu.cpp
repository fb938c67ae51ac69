#include <fmt/format.h>

#include <memory>
#include <optional>

#include "busbar/sim_options.hpp"
#include "busbar/sim_pages.hpp"
#include "sim/rtu/run_rtu.hpp"
#include "sim/rtu/substation_file.hpp"

namespace busbar::program {
namespace {

struct RtuOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 2404;
    unsigned max_connections = 10;
    std::vector<std::string> allow, groups;
    SimLinkOptions line;
    SimTlsOptions tls;

    std::string points;
    std::size_t generate = 200, numbered = 0;
    unsigned numbered_type = 33;
    std::vector<std::uint16_t> casdu{1};

    double events_per_second = 1, start_delay = 0;
    unsigned batch = 1;
    std::uint64_t total = 0, first_number = 1;
    std::uint32_t seed = 1;
    std::size_t buffer = 100'000;

    bool refuse = false, silent = false, no_termination = false, time_tags = false;
    std::string counter_mode;
    long freeze_every = 3600;

    double delay = 0, running = 0, greatest_age = 0;
    long select_timeout = 30;

    std::string files, receive_files;
    bool delete_files = false;

    std::string replay, speed = "1";
    std::uint16_t replay_port = 2404;
    std::optional<unsigned> replay_connection;

    std::string log, capture, ready_file;
    bool exit_when_done = false;
    std::vector<std::string> faults;
};

void add_station_options(CLI::App& page, RtuOptions& options) {
    auto* points =
        page.add_option("--points", options.points, "Points and commands from a TOML or CSV file")->type_name("FILE");
    auto* generate = page.add_option("--generate", options.generate, "So many points of all common types, and commands")
                         ->check(CLI::Range(1, 2'000'000))
                         ->capture_default_str();
    auto* numbered =
        page.add_option("--numbered", options.numbered, "So many objects whose events carry a running number, in turn")
            ->check(CLI::Range(1, 2'000'000));
    points->excludes(generate)->excludes(numbered);
    generate->excludes(numbered);
    page.add_option("--numbered-type", options.numbered_type, "Type of the numbered objects")
        ->check(CLI::IsMember({7, 13, 15, 33, 36, 37}))
        ->capture_default_str();
    page.add_option("--casdu", options.casdu, "Common addresses that generated and numbered points are spread over")
        ->delimiter(',')
        ->check(CLI::Range(1, 65534))
        ->capture_default_str();
}

void add_event_options(CLI::App& page, RtuOptions& options) {
    const auto add = [&](const char* name, auto& value, const char* help) {
        return page.add_option(name, value, help)->capture_default_str()->group("Events");
    };
    add("--events-per-second", options.events_per_second,
        "Events a second, fractions too; 0: only points with a period")
        ->check(CLI::Range(0.0, 10'000'000.0));
    add("--batch", options.batch, "Events raised together; the rate stays")->check(CLI::Range(1, 100'000));
    add("--total", options.total, "No more events after so many; 0: never ends");
    add("--start-delay", options.start_delay, "Seconds until the first event")->check(CLI::Range(0.0, 86'400.0));
    add("--first-number", options.first_number, "Number of the first numbered event");
    add("--seed", options.seed, "Another random walk");
    add("--buffer", options.buffer, "Most events kept until they are acknowledged; then the oldest goes")
        ->check(CLI::Range(1, 100'000'000));
    page.add_option("--group", options.groups,
                    "A control room with an event buffer of its own: NAME=ADDRESS[,ADDRESS …]; may be given several "
                    "times. Without it all share one")
        ->type_name("NAME=ADDRESSES")
        ->allow_extra_args(false)
        ->group("Events");
    page.add_flag("--interrogation-time-tags", options.time_tags, "Interrogated values with time tags")
        ->group("Events");
}

void add_counter_options(CLI::App& page, RtuOptions& options) {
    page.add_option("--counter-mode", options.counter_mode,
                    "A: frozen by the RTU's clock, sent spontaneously; B: the same, sent when asked for; C: frozen by "
                    "command, sent when asked for; D: the same, sent spontaneously. Without it each count is an event")
        ->check(CLI::IsMember({"A", "B", "C", "D"}))
        ->excludes("--numbered")
        ->group("Counters");
    page.add_option("--freeze-every", options.freeze_every,
                    "Modes A and B: seconds from freeze to freeze, on the clock (3600: at the full hour)")
        ->check(CLI::Range(1, 86'400))
        ->capture_default_str()
        ->group("Counters");
}

void add_command_options(CLI::App& page, RtuOptions& options) {
    const auto flag = [&](const char* name, bool& value, const char* help) {
        page.add_flag(name, value, help)->group("Commands");
    };
    const auto seconds = [&](const char* name, double& value, const char* help) {
        page.add_option(name, value, help)->check(CLI::Range(0.0, 86'400.0))->capture_default_str()->group("Commands");
    };
    flag("--refuse-commands", options.refuse, "Confirm every command negatively");
    flag("--silent-commands", options.silent, "Execute commands without a word");
    flag("--no-termination", options.no_termination, "No ACTTERM");
    seconds("--command-delay", options.delay, "Seconds from a command to execution and confirmation");
    seconds("--command-running", options.running, "Seconds from confirmation to return information and ACTTERM");
    seconds("--command-greatest-age", options.greatest_age,
            "Time-tagged commands farther from now are refused; 0: none is");
    page.add_option("--select-timeout", options.select_timeout, "Seconds that a selection lives")
        ->check(CLI::Range(1, 86'400))
        ->capture_default_str()
        ->group("Commands");
}

void add_file_options(CLI::App& page, RtuOptions& options) {
    page.add_option("--files", options.files, "Folder whose files the control room may fetch (types 120-126)")
        ->type_name("FOLDER")
        ->group("Files");
    page.add_option("--receive-files", options.receive_files, "Folder for files that the control room loads")
        ->type_name("FOLDER")
        ->group("Files");
    page.add_flag("--delete-files", options.delete_files, "The control room may delete files of --files")
        ->group("Files");
}

void add_replay_options(CLI::App& page, RtuOptions& options) {
    page.add_option("--replay", options.replay, "Send what the station in this capture sent, instead of simulating one")
        ->type_name("FILE")
        ->group("Replay");
    page.add_option("--replay-port", options.replay_port, "TCP port of the captured station")
        ->capture_default_str()
        ->group("Replay");
    page.add_option("--replay-connection", options.replay_connection,
                    "Only this TCP connection of the capture, counted from 0")
        ->group("Replay");
    page.add_option("--speed", options.speed, "So many times as fast as recorded, or max")
        ->type_name("N|max")
        ->capture_default_str()
        ->group("Replay");
}

std::vector<sim::RtuGroup> read_groups(const std::vector<std::string>& texts) {
    std::vector<sim::RtuGroup> groups;
    for (const std::string& text : texts) {
        const std::size_t equals = text.find('=');
        const std::string addresses = equals == text.npos ? "" : text.substr(equals + 1);
        if (equals == 0 || addresses.empty()) throw UsageError(fmt::format("--group {}: NAME=ADDRESS is wanted", text));
        auto allowed = net::AllowList::parse(CLI::detail::split(addresses, ','));
        if (!allowed) throw UsageError(fmt::format("--group {}: {}", text, allowed.error().what));
        groups.push_back({text.substr(0, equals), std::move(*allowed)});
    }
    if (groups.empty()) groups.push_back({"control-room", {}});
    return groups;
}

sim::Substation make_substation(const RtuOptions& options) {
    sim::Substation substation;
    if (!options.points.empty()) {
        auto read = sim::read_substation(options.points);
        if (!read) throw UsageError("--points: " + read.error().what);
        substation = std::move(*read);
    } else if (options.numbered > 0) {
        substation =
            sim::numbered_substation(options.numbered, static_cast<sim::TypeId>(options.numbered_type), options.casdu);
    } else {
        substation = sim::generate_substation(options.generate, options.casdu);
    }
    for (sim::SimCommand& command : substation.commands) {
        command.refuse = command.refuse || options.refuse;
        command.silent = command.silent || options.silent;
        command.terminate = command.terminate && !options.no_termination;
        command.delay = std::max(command.delay, milliseconds(options.delay));
        command.running = std::max(command.running, milliseconds(options.running));
    }
    return substation;
}

/// Room for as many encoded events as the buffer may keep, so that what it has dropped is not sent after all.
std::size_t ring_octets(std::size_t events) { return std::clamp<std::size_t>(events * 12, 16 << 10, 4 << 20); }

std::optional<files::FileServerConfig> make_file_config(const RtuOptions& options) {
    if (options.files.empty() && options.receive_files.empty()) return std::nullopt;
    files::FileServerConfig files;
    files.folder = options.files;
    files.receive_folder = options.receive_files;
    files.allow_delete = options.delete_files;
    files.common_address = options.casdu.front();
    return files;
}

sim::RtuConfig make_config(const RtuOptions& options) {
    sim::RtuConfig config;
    config.station.format = options.line.format();
    config.station.link = options.line.link();
    config.station.interrogation_time_tags = options.time_tags;
    config.station.ring_octets = ring_octets(options.buffer);
    config.activity.events_per_second = options.events_per_second;
    config.activity.batch = options.batch;
    config.activity.total = options.total;
    config.activity.start_delay = milliseconds(options.start_delay);
    config.activity.numbered = options.numbered > 0;
    config.activity.first_number = options.first_number;
    config.activity.seed = options.seed;
    config.commands.format = config.station.format;
    config.commands.select_timeout = std::chrono::seconds(options.select_timeout);
    config.commands.greatest_age = milliseconds(options.greatest_age);
    config.counters.count_silently = !options.counter_mode.empty();
    const bool local = options.counter_mode == "A" || options.counter_mode == "B";
    if (local) config.counters.freeze_every = std::chrono::seconds(options.freeze_every);
    config.counters.send_frozen = options.counter_mode == "A" || options.counter_mode == "D";
    config.groups = read_groups(options.groups);
    config.buffer_limit = options.buffer;
    config.faults = read_faults(options.faults);
    config.files = make_file_config(options);
    return config;
}

void prepare_replay(const RtuOptions& options, sim::RtuRunOptions& run) {
    refuse_asdu_faults(run.rtu.faults, "a replay");
    auto recording = sim::Recording::load(options.replay, options.replay_port, options.replay_connection);
    if (!recording) throw UsageError("--replay: " + recording.error().what);
    run.recording = std::move(*recording);
    run.replay.link = options.line.link();
    run.replay.format = options.line.format();
    if (options.speed == "max") return;
    if (!CLI::detail::lexical_cast(options.speed, run.replay.speed) || !(run.replay.speed > 0)) {
        throw UsageError(fmt::format("--speed: \"{}\" is neither a number above 0 nor max", options.speed));
    }
}

int simulate(const RtuOptions& options) {
    sim::RtuRunOptions run;
    run.host = options.host;
    run.port = options.port;
    run.tls = options.tls.end(net::TlsRole::server);
    run.limits.connections = options.max_connections;
    auto allowed = net::AllowList::parse(options.allow);
    if (!allowed) throw UsageError("--allow: " + allowed.error().what);
    run.limits.allowed = std::move(*allowed);
    run.rtu = make_config(options);
    if (options.replay.empty()) {
        run.substation = make_substation(options);
    } else {
        prepare_replay(options, run);
    }
    run.log = options.log;
    run.capture = options.capture;
    run.ready_file = options.ready_file;
    run.exit_when_done = options.exit_when_done;
    return sim::run_rtu(std::move(run));
}

}  // namespace

void add_sim_rtu(CLI::App& sim, Work& work) {
    const auto options = std::make_shared<RtuOptions>();
    CLI::App* page =
        sim.add_subcommand("rtu", "A simulated RTU (controlled station) that keeps events until they are acknowledged");
    page->add_option("--host", options->host, "Address to listen on; 0.0.0.0 for all")->capture_default_str();
    page->add_option("--port", options->port, "Port; 0 takes a free one. It is printed")->capture_default_str();
    page->add_option("--max-connections", options->max_connections, "One more is refused")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
    page->add_option("--allow", options->allow, "Addresses and networks that may connect; all without it")
        ->delimiter(',');
    page->add_option("--log", options->log, "Everything that happens, JSON lines, appended to this file")
        ->type_name("FILE");
    page->add_option("--capture", options->capture, "What is on the line, as a capture (pcap)")->type_name("FILE");
    page->add_option("--ready-file", options->ready_file, "Gets the port when connections are taken")
        ->type_name("FILE");
    page->add_flag("--exit-when-done", options->exit_when_done,
                   "End when --total events, or the replay, are acknowledged");
    add_station_options(*page, *options);
    add_event_options(*page, *options);
    add_counter_options(*page, *options);
    add_command_options(*page, *options);
    add_file_options(*page, *options);
    add_replay_options(*page, *options);
    options->line.add_to(*page);
    options->tls.add_to(*page);
    add_fault_option(*page, options->faults);
    page->final_callback([&work, options] { work = [options] { return simulate(*options); }; });
}

}  // namespace busbar::program
