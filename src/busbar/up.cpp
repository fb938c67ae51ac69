#include <filesystem>
#include <memory>

#include "busbar/demonstration.hpp"
#include "busbar/http_options.hpp"
#include "busbar/subcommand.hpp"
#include "manage/service.hpp"

namespace busbar::program {

void add_up(CLI::App& program, Work& work) {
    CLI::App* page = program.add_subcommand("up", "Everything on one machine: database, store, connectors and the API");
    const auto options = std::make_shared<DemonstrationOptions>();
    const auto seconds = std::make_shared<unsigned>(0);
    const auto service = std::make_shared<manage::ServiceOptions>();
    const auto data = std::make_shared<std::string>("/var/lib/busbar");
    CLI::Option* demo = page->add_flag("--demo", options->demo, "In a throw-away directory, with simulated partners");
    page->add_option("--data", *data, "Directory of database, logs and store")->capture_default_str()->excludes(demo);
    for (CLI::Option* option : add_http_options(*page, service->http)) option->excludes(demo);
    page->add_option("--points", options->points, "Points of the simulated substation")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    page->add_option("--events-per-second", options->events_per_second, "How much changes there")
        ->check(CLI::Range(0.0, 100'000.0))
        ->capture_default_str();
    page->add_option("--port", options->port, "TCP port for control rooms; without it 2404 if that is free, else any")
        ->check(CLI::Range(1, 65535));
    page->add_option("--duration", *seconds, "Ends after so many seconds; 0: at Ctrl-C")->capture_default_str();
    page->final_callback([&work, options, seconds, service, data] {
        work = [options, seconds, service, data] {
            options->program = service->program = std::filesystem::read_symlink("/proc/self/exe");
            service->data = *data;
            if (const auto fault = fault_of(service->http)) throw UsageError(*fault);
            if (!options->demo) return manage::Service(*service).run();
            options->duration = std::chrono::seconds(*seconds);
            return Demonstration(*options).run();
        };
    });
}

}  // namespace busbar::program
