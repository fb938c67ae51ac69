#include "connector/iec102_client/run.hpp"

#include <memory>

#include "busbar/start.hpp"

namespace busbar::program {

void add_iec102_client(CLI::App& program, Work& work) {
    CLI::App* page = program.add_subcommand(
        "iec102-client", "Brings the values of electricity meters into the store (IEC 60870-5-102, REE profile)");
    const auto options = std::make_shared<config::CommandLine>(*page, config::Document::iec102_client_start);
    page->final_callback([&work, options] {
        work = [options] { return start(*options, config::read_meter_settings, connector::run_iec102_client); };
    });
}

}  // namespace busbar::program
