#include <memory>

#include "busbar/demonstration.hpp"
#include "busbar/service_page.hpp"
#include "busbar/subcommand.hpp"

namespace busbar::program {

namespace {

using manage::SupervisedBy;

CLI::Option* add_demo_options(CLI::App& page, DemonstrationOptions& options, unsigned& seconds) {
    CLI::Option* demo = page.add_flag("--demo", options.demo, "In a throw-away directory, with simulated partners");
    page.add_option("--points", options.points, "Points of the simulated substation")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    page.add_option("--events-per-second", options.events_per_second, "How much changes there")
        ->check(CLI::Range(0.0, 100'000.0))
        ->capture_default_str();
    page.add_option("--port", options.port, "TCP port for control rooms; without it 2404 if that is free, else any")
        ->check(CLI::Range(1, 65535));
    page.add_option("--duration", seconds, "The demo ends after so many seconds; 0: at Ctrl-C")->capture_default_str();
    return demo;
}

/// What a word of --supervise means.
SupervisedBy supervised_by(const std::string& word, SupervisedBy otherwise) {
    if (word == "children") return SupervisedBy::children;
    return word == "systemd" ? SupervisedBy::systemd : otherwise;
}

}  // namespace

void add_up(CLI::App& program, Work& work) {
    CLI::App* page = program.add_subcommand("up", "Everything on one machine: database, store, connectors and the API");
    const auto demo = std::make_shared<DemonstrationOptions>();
    const auto seconds = std::make_shared<unsigned>(0);
    const auto supervise = std::make_shared<std::string>("children");
    CLI::Option* is_demo = add_demo_options(*page, *demo, *seconds);
    const auto service = std::make_shared<ServicePage>(*page, ServicePage::WithoutStore::is_private);
    service->exclude(is_demo);
    page->add_option("--supervise", *supervise, "Who runs the connectors: this process, or systemd's units")
        ->check(CLI::IsMember({"children", "systemd"}))
        ->capture_default_str()
        ->excludes(is_demo);
    page->final_callback([&work, demo, seconds, service, supervise] {
        work = [demo, seconds, service, supervise] {
            auto options = service->options();
            options.supervised_by = supervised_by(*supervise, SupervisedBy::children);
            if (!demo->demo) return ServicePage::run(options);
            demo->program = options.program;
            if (service->has_port()) demo->http_port = options.http.port;
            demo->duration = std::chrono::seconds(*seconds);
            return Demonstration(*demo).run();
        };
    });
}

void add_manage(CLI::App& program, Work& work) {
    CLI::App* page = program.add_subcommand(
        "manage", "Database and API alone, beside a store that is there and connectors that others run");
    const auto supervise = std::make_shared<std::string>();
    const auto service = std::make_shared<ServicePage>(*page, ServicePage::WithoutStore::is_default);
    page->add_option("--supervise", *supervise, "systemd: connectors are started and stopped as its units")
        ->check(CLI::IsMember({"systemd"}));
    page->final_callback([&work, service, supervise] {
        work = [service, supervise] {
            auto options = service->options();
            options.supervised_by = supervised_by(*supervise, SupervisedBy::others);
            return ServicePage::run(options);
        };
    });
}

}  // namespace busbar::program
