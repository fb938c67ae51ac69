#include "connector/iec104_client/run.hpp"

#include <memory>

#include "busbar/start.hpp"

namespace busbar::program {

void add_iec104_client(CLI::App& program, Work& work) {
    CLI::App* page =
        program.add_subcommand("iec104-client", "Brings the data of a station into the store (controlling station)");
    const auto options = std::make_shared<config::CommandLine>(*page, config::Document::iec104_client_start);
    page->final_callback([&work, options] {
        work = [options] { return start(*options, config::read_client_settings, connector::run_iec104_client); };
    });
}

}  // namespace busbar::program
