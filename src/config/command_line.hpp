#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

#include "config/document.hpp"
#include "config/settings.hpp"

namespace busbar::config {

/// The options of a page that is started, as flags: on the page itself, on its subcommand `redis`, and on `server`,
/// `client` or `meter`. Texts are taken as they come; read_server_settings and its kin understand and check them.
class CommandLine {
public:
    /// Adds the options to `page`, which the object must not outlive. `start` is a start document.
    CommandLine(CLI::App& page, Document start);
    CommandLine(const CommandLine&) = delete;
    CommandLine& operator=(const CommandLine&) = delete;

    /// What was given; after the command line was parsed.
    StartInput input() const;

    /// Chosen if the TOML file is to be written; nullptr for a page that has none.
    const CLI::App* config_gen() const { return config_gen_; }
    /// File to write it to; empty: standard output.
    const std::string& config_gen_file() const { return config_gen_file_; }

private:
    CLI::App& app_of(CLI::App& page, const std::string& subcommand);

    CLI::App* config_gen_ = nullptr;
    std::string config_gen_file_;
    std::string config_file_;
    std::map<std::string, CLI::App*> subcommands_;
    std::map<std::string, CLI::Option*> options_;  // by path
};

/// The TOML file of a connector, with the values that were given and the defaults of all others.
std::string write_start_file(const ServerSettings& settings);
std::string write_start_file(const ClientSettings& settings);
std::string write_start_file(const MeterSettings& settings);

}  // namespace busbar::config
