#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <stdexcept>
#include <string>

namespace busbar::program {

/// Exit codes of every page.
enum ExitCode : int { exit_good = 0, exit_failed = 1, exit_usage = 2 };

/// Bad usage or configuration that only the page can see: main prints the sentence (it names the option) on one line
/// and exits with exit_usage. Any other std::exception that leaves a page is printed and ends in exit_failed.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// What the chosen subcommand does; main runs it after the whole command line was understood. Returns the exit code.
using Work = std::function<int()>;

// A page is one file, src/busbar/NAME.cpp, with one function. It adds its subcommand, with options and a sentence for
// --help, to `program`; the subcommand's final callback puts into `work` what is to be done, and does nothing itself:
//
//     void add_decode(CLI::App& program, Work& work) {
//         auto options = std::make_shared<DecodeOptions>();
//         CLI::App* page = program.add_subcommand("decode", "Captures or hex to text or JSON lines");
//         page->add_option("file", options->file, "Capture; - is standard input")->capture_default_str();
//         page->final_callback([&work, options] { work = [options] { return decode(*options); }; });
//     }
//
// Every page is declared here and listed once, in `pages` in main.cpp.

void add_iec104_server(CLI::App& program, Work& work);
void add_iec104_client(CLI::App& program, Work& work);
void add_iec102_client(CLI::App& program, Work& work);
void add_decode(CLI::App& program, Work& work);
void add_store(CLI::App& program, Work& work);
void add_config(CLI::App& program, Work& work);
void add_sim(CLI::App& program, Work& work);
void add_up(CLI::App& program, Work& work);
void add_manage(CLI::App& program, Work& work);
void add_interoperability(CLI::App& program, Work& work);
void add_completion(CLI::App& program, Work& work);

}  // namespace busbar::program
