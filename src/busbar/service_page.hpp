#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "config/command_line.hpp"
#include "manage/service.hpp"

namespace busbar::program {

/// The options of an installation's service, on the pages `up` and `manage`; the store as connectors have it: a URL,
/// and the subcommand `redis`.
class ServicePage {
public:
    /// `without_store` is what no word about the store means.
    enum class WithoutStore : std::uint8_t { is_private, is_default };

    ServicePage(CLI::App& page, WithoutStore without_store);
    ServicePage(const ServicePage&) = delete;
    ServicePage& operator=(const ServicePage&) = delete;

    /// Those that make no sense with `option`.
    void exclude(CLI::Option* option);
    /// After the command line was parsed. Throws UsageError.
    manage::ServiceOptions options() const;
    bool has_port() const { return port()->count() != 0; }

    /// Runs it until it is told to stop, and says where it is; the exit code.
    static int run(const manage::ServiceOptions& options);

private:
    config::StartInput store_input() const;
    const CLI::Option* port() const { return http_[1]; }

    CLI::App* redis_;
    config::CommandLine store_;
    WithoutStore without_store_;
    CLI::Option *data_ = nullptr, *url_option_ = nullptr;
    std::vector<CLI::Option*> http_;
    std::string url_;
    manage::ServiceOptions options_;
};

}  // namespace busbar::program
