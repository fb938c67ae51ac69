#include "connector/iec104_server/run.hpp"

#include <memory>

#include "busbar/start.hpp"

namespace busbar::program {

void add_iec104_server(CLI::App& program, Work& work) {
    CLI::App* page =
        program.add_subcommand("iec104-server", "Serves the process image to control rooms (controlled station)");
    const auto options = std::make_shared<config::CommandLine>(*page, config::Document::iec104_server_start);
    page->final_callback([&work, options] {
        work = [options] { return start(*options, config::read_server_settings, connector::run_iec104_server); };
    });
}

}  // namespace busbar::program
