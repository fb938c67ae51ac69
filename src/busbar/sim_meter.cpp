#include <fmt/format.h>

#include <memory>

#include "busbar/sim_options.hpp"
#include "busbar/sim_pages.hpp"
#include "sim/meter/meter_file.hpp"
#include "sim/meter/run_meter.hpp"

namespace busbar::program {
namespace {

struct MeterOptions {
    sim::MeterRunOptions run;
    sim::SimMeterConfig meter;  // for all that the file does not say otherwise
    std::string meters, parity = "none", refusal = "negative";
    unsigned count = 1;
    long session_timeout = 0, utc_offset = 60;
    bool old_meter = false;
    bool paced = false;  // a speed was given
    double delay = 0;
    std::vector<std::string> faults;
};

void add_line_options(CLI::App& page, MeterOptions& options) {
    sim::MeterRunOptions& run = options.run;
    page.add_option("--host", run.host, "Address to listen on; 0.0.0.0 for all")->capture_default_str();
    page.add_option("--port", run.port, "Port; 0 takes a free one. It is printed")->capture_default_str();
    page.add_option("--max-connections", run.max_connections, "One more is refused, as converters do")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    page.add_option("--log", run.log, "Everything that happens, JSON lines, appended to this file")->type_name("FILE");
    page.add_option("--capture", run.capture, "What is on the line, as a capture (pcap)")->type_name("FILE");
    page.add_option("--ready-file", run.ready_file, "Gets the port when the line is there")->type_name("FILE");
    page.add_flag("--strict", run.strict, "Exit code 1 if a master broke a rule of the protocol");
    page.add_flag("--stdin", run.read_orders,
                  "Orders from standard input, a line each: fault NAME… (as --fault), no-faults, quit");
    page.add_flag("--show-passwords", run.line.show_passwords, "Passwords of logins stand in the log");
    page.add_option("--delay", options.delay, "Milliseconds from a request to the answer")
        ->check(CLI::Range(0.0, 600'000.0))
        ->capture_default_str();
}

void add_serial_options(CLI::App& page, MeterOptions& options) {
    net::SerialSettings& serial = options.run.serial;
    const auto add = [&](const char* name, auto& value, const char* help) {
        return page.add_option(name, value, help)->capture_default_str()->group("Serial line");
    };
    add("--serial", options.run.serial_port, "Serial port instead of TCP: /dev/ttyS0, a pseudo-terminal of socat")
        ->type_name("PORT");
    add("--baud", serial.baud,
        "Speed; with TCP that of the line behind the converter (not given: as fast as the network)")
        ->check(CLI::Range(50, 4'000'000));
    add("--data-bits", serial.data_bits, "Data bits of a character")->check(CLI::Range(5, 8));
    add("--stop-bits", serial.stop_bits, "Stop bits of a character")->check(CLI::Range(1, 2));
    add("--parity", options.parity, "Parity of a character")
        ->check(CLI::IsMember({"none", "even", "mark", "odd", "space"}));
}

void add_meter_options(CLI::App& page, MeterOptions& options) {
    sim::SimMeterConfig& meter = options.meter;
    const auto add = [&](const char* name, auto& value, const char* help) {
        return page.add_option(name, value, help)->capture_default_str()->group("Meters");
    };
    auto* file = page.add_option("--meters", options.meters,
                                 "Meters from a TOML file; the options below hold where it "
                                 "says nothing else")
                     ->type_name("FILE")
                     ->group("Meters");
    add("--count", options.count, "So many meters, link addresses in a row")
        ->check(CLI::Range(std::size_t{1}, sim::most_meters))
        ->excludes(file);
    add("--link-address", meter.link_address, "Link address of the first meter");
    add("--point-address", meter.point_address, "Address of the measuring point");
    add("--password", meter.password, "Password for reading, a number");
    add("--login-refusal", options.refusal, "How a wrong password is refused: P/N = 1, link NACK, or not a word")
        ->check(CLI::IsMember({"negative", "nack", "silent"}));
    add("--session-timeout", options.session_timeout,
        "Seconds without a request after which the login is gone; 0: never")
        ->check(CLI::Range(0, 86'400));
    add("--utc-offset", options.utc_offset, "Minutes that the meter's winter time is ahead of UTC")
        ->check(CLI::Range(-720, 840));
    add("--depth", meter.depth_days, "Days that load profile, totals and events go back")->check(CLI::Range(0, 3650));
    add("--mean-kw", meter.load.mean_kw, "Active power imported, over a day")->check(CLI::Range(0.001, 1'000'000.0));
    add("--seed", meter.load.seed, "Another course of the load, and of faults by chance");
    page.add_flag("--old-meter", options.old_meter, "Without the extension of 2003: no instantaneous values")
        ->group("Meters");
}

void add_meter_faults(CLI::App& page, std::vector<std::string>& faults) {
    std::string help =
        "Something done wrong on purpose: NAME[=MS][@STEP][/LINK][:WHEN] (may be given several times). STEP: status, "
        "reset, "
        "login, logout, values, time, identification, ratios, history, other; with -poll: when their answer is "
        "fetched; "
        "request, poll, any. LINK: link address of the only meter that is meant. WHEN: N (every N-th), N% (by chance), "
        "first-N. NAME:";
    for (const sim::MeterFaultDescription& fault : sim::all_meter_faults())
        help += fmt::format("\n{} {}", fault.name, fault.sentence);
    page.add_option("--fault", faults, help)
        ->type_name("NAME[=MS][@STEP][/LINK][:WHEN]")
        ->allow_extra_args(false)
        ->group("Faults");
}

template <std::size_t Count>
unsigned place_of(const std::array<std::string_view, Count>& words, const std::string& word) {
    return static_cast<unsigned>(std::ranges::find(words, word) - words.begin());
}

std::vector<sim::SimMeterConfig> make_meters(const MeterOptions& options) {
    constexpr std::array<std::string_view, 3> refusals{"negative", "nack", "silent"};
    sim::SimMeterConfig base = options.meter;
    base.refusal = static_cast<sim::LoginRefusal>(place_of(refusals, options.refusal));
    base.session_timeout = std::chrono::seconds(options.session_timeout);
    base.utc_offset = std::chrono::minutes(options.utc_offset);
    base.instantaneous = !options.old_meter;
    if (!options.meters.empty()) {
        auto meters = sim::read_meters(options.meters, base);
        if (!meters) throw UsageError("--meters: " + meters.error().what);
        return std::move(*meters);
    }
    if (base.link_address + options.count > 65536u)
        throw UsageError(
            fmt::format("--count: {} link addresses from {} on do not fit", options.count, base.link_address));
    std::vector<sim::SimMeterConfig> meters(options.count, base);
    for (unsigned index = 0; index < options.count; ++index) {
        meters[index].link_address = static_cast<std::uint16_t>(base.link_address + index);
        meters[index].identification.equipment += index;
        meters[index].load.seed += index;
    }
    return meters;
}

int simulate(MeterOptions options) {
    constexpr std::array<std::string_view, 5> parities{"none", "even", "mark", "odd", "space"};
    sim::MeterRunOptions run = options.run;
    run.serial.parity = static_cast<net::Parity>(place_of(parities, options.parity));
    run.line.meters = make_meters(options);
    for (sim::SimMeterConfig& meter : run.line.meters)
        if (meter.name.empty()) meter.name = fmt::format("meter-{}", meter.link_address);
    run.line.delay = milliseconds(options.delay / 1000);
    // A serial port keeps its own time.
    if (options.paced && run.serial_port.empty()) run.line.octet_time = net::octet_time(run.serial);
    run.line.seed = options.meter.load.seed;
    for (const std::string& text : options.faults) {
        auto fault = sim::parse_meter_fault(text);
        if (!fault) throw UsageError(fmt::format("--fault {}: {}", text, fault.error().what));
        run.line.faults.push_back(std::move(*fault));
    }
    return sim::run_meter(std::move(run));
}

}  // namespace

void add_sim_meter(CLI::App& sim, Work& work) {
    const auto options = std::make_shared<MeterOptions>();
    CLI::App* page = sim.add_subcommand(
        "meter",
        "Simulated electricity meters (IEC 60870-5-102, REE) that watch how their master keeps to the protocol");
    add_line_options(*page, *options);
    add_serial_options(*page, *options);
    add_meter_options(*page, *options);
    add_meter_faults(*page, options->faults);
    page->final_callback([&work, page, options] {
        options->paced = page->count("--baud") > 0;
        work = [options] { return simulate(*options); };
    });
}

}  // namespace busbar::program
