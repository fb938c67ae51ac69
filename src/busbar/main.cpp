#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <exception>
#include <iostream>

#include "busbar/conceal.hpp"
#include "busbar/subcommand.hpp"

namespace {

using namespace busbar::program;

constexpr std::array pages{add_up,     add_manage, add_iec104_server, add_iec104_client,    add_iec102_client, add_sim,
                           add_decode, add_store,  add_config,        add_interoperability, add_completion};

/// "busbar iec104-client": as far as the command line was understood.
std::string understood(const CLI::App& program) {
    std::string name = program.get_name();
    for (const CLI::App* page : program.get_subcommands()) name += " " + page->get_name();
    return name;
}

void complain(const std::string& who, const char* what) { fmt::print(stderr, "{}: {}\n", who, what); }

int explain(const CLI::App& program, const CLI::ParseError& error) {
    const bool wanted = error.get_exit_code() == 0;  // --help, --version
    if (wanted) return program.exit(error);
    // A word that was not understood says more than what is missing after it.
    const std::vector<std::string> rest = program.remaining(true);
    const bool missing = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
    const std::string what = missing && !rest.empty() ? rest.front() + " was not expected" : error.what();
    complain(understood(program), what.c_str());
    return exit_usage;
}

int run(const CLI::App& program, const Work& work) {
    try {
        const int code = work();
        // What could not be written (a full disk) was not done.
        return code == exit_good && !std::cout.flush() ? exit_failed : code;
    } catch (const UsageError& error) {
        complain(understood(program), error.what());
        return exit_usage;
    } catch (const std::exception& error) {
        complain(understood(program), error.what());
        return exit_failed;
    }
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App program{"IEC 60870-5-104 gateway between telecontrol lines and a Valkey or Redis store", "busbar"};
    program.set_version_flag("--version", "busbar " BUSBAR_VERSION, "Prints the version and exits");
    program.get_formatter()->column_width(34);
    Work work;
    for (const auto add : pages) add(program, work);
    program.require_subcommand(1);  // after the pages, which would inherit it: their subcommands combine
    if (argc == 1) {
        fmt::print(stderr, "{}", program.help());
        return exit_usage;
    }
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return explain(program, error);
    }
    conceal_secrets(argc, argv);
    return run(program, work);
}
