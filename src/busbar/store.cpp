#include <memory>

#include "busbar/start.hpp"
#include "busbar/store_pages.hpp"
#include "config/settings.hpp"

namespace busbar::program {

namespace {

/// What the pages below share: how the store is reached, and where main finds the work.
struct Pages {
    CLI::App* store;
    std::shared_ptr<config::CommandLine> command_line;
    Work* work;

    /// Adds a page; `run` gets the store and the page's options, which `options` keeps.
    template <class Options>
    CLI::App* add(const char* name, const char* sentence, std::shared_ptr<Options> options,
                  int (*run)(const config::StoreOptions&, const Options&)) const {
        CLI::App* page = store->add_subcommand(name, sentence)->fallthrough();
        page->final_callback([command_line = command_line, work = work, options, run] {
            *work = [command_line, options, run] {
                return run(accepted(config::read_store_settings(command_line->input())).store, *options);
            };
        });
        return page;
    }
};

void add_address(CLI::App* page, store::ImageAddress& address) {
    page->add_option("casdu", address.casdu, "Common address")->required()->check(CLI::Range(0, 65535).description(""));
    page->add_option("ioa", address.ioa, "Information object address")
        ->required()
        ->check(CLI::Range(0, 16777215).description(""));
}

void add_json(CLI::App* page, bool& json) { page->add_flag("--json", json, "JSON, one object a line"); }

void add_get(const Pages& pages) {
    const auto options = std::make_shared<GetOptions>();
    CLI::App* page = pages.add("get", "Shows one point; exit code 1 if there is none", options, store_get);
    add_address(page, options->address);
    add_json(page, options->json);
}

void add_list(const Pages& pages) {
    const auto options = std::make_shared<ListOptions>();
    CLI::App* page = pages.add("list", "Shows the process image, by address", options, store_list);
    page->add_option("--casdu", options->casdu, "Only this station");
    page->add_option("--limit", options->limit, "At most so many points; 0 is all")->capture_default_str();
    add_json(page, options->json);
}

void add_watch(const Pages& pages) {
    const auto options = std::make_shared<WatchOptions>();
    CLI::App* page = pages.add("watch", "Shows updates as they come, until Ctrl-C", options, store_watch);
    page->add_option("--stream", options->stream, "Stream to follow")->capture_default_str();
    page->add_option("--casdu", options->casdu, "Only these stations")->delimiter(',');
    page->add_option("--ioa", options->ioa, "Only these objects")->delimiter(',');
    page->add_option("--type", options->type, "Only these types")->delimiter(',');
    page->add_option("--source", options->source, "Only from these writers")->delimiter(',');
    page->add_option("--count", options->count, "Ends after so many; 0 is never")->capture_default_str();
    add_json(page, options->json);
}

void add_set(const Pages& pages) {
    const auto options = std::make_shared<SetOptions>();
    CLI::App* page = pages.add("set", "Writes one point as any other program would: its image key", options, store_set);
    add_address(page, options->address);
    page->add_option("--type", options->type, "Type identification: 1, 36 …")->required();
    page->add_option("--value", options->value, "true, on, 2, 23.5, NaN, or an object as JSON")->required();
    page->add_option("--quality", options->quality, "Flags that are set: IV,NT,SB,BL,OV …; none is good")
        ->delimiter(',');
    page->add_option("--cot", options->cot, "Cause of transmission")->capture_default_str();
    page->add_option("--time", options->time, "Time tag: now, none, or as 2026-11-21T09:00:00Z")->capture_default_str();
    page->add_option("--source", options->source, "Who says so")->capture_default_str();
}

void add_command(const Pages& pages) {
    const auto options = std::make_shared<CommandOptions>();
    CLI::App* page = pages.add("command",
                               "Gives a command and shows what becomes of it; exit code 1 if it was refused or nobody "
                               "knows. It is never repeated",
                               options, store_command);
    page->add_option("--casdu", options->address.casdu, "Common address")->required();
    page->add_option("--ioa", options->address.ioa, "Information object address")
        ->required()
        ->check(CLI::Range(1, 16777215).description(""));
    page->add_option("--type", options->type,
                     "Type identification: 45-51, 58-64 with the present time, parameters 110-113")
        ->required();
    page->add_option("--value", options->value, "on, off, 1, 2, 23.5 …")->required();
    page->add_flag("--select", options->select, "Selects, and executes when that is confirmed");
    page->add_flag("--cancel", options->cancel, "Cancels a selection");
    page->add_option("--qualifier", options->qualifier, "QU or QL")
        ->check(CLI::Range(0, 127).description(""))
        ->capture_default_str();
    page->add_option("--max-age", options->max_age, "Seconds after which it is too late to carry it out")
        ->check(CLI::Range(0.1, 3600.0).description(""))
        ->capture_default_str();
    page->add_option("--wait", options->wait, "Seconds to wait for the termination after a confirmation")
        ->check(CLI::Range(0.0, 3600.0).description(""))
        ->capture_default_str();
    page->add_option("--stream", options->stream, "Stream that commands are written to")->capture_default_str();
    add_json(page, options->json);
}

void add_health(const Pages& pages) {
    const auto options = std::make_shared<HealthOptions>();
    CLI::App* page = pages.add("health",
                               "Shows how the store and the connectors are; exit code 1 if a connector is lost "
                               "or in trouble",
                               options, store_health);
    add_json(page, options->json);
}

}  // namespace

void add_store(CLI::App& program, Work& work) {
    CLI::App* page = program.add_subcommand("store", "Looks at what lies in the store, writes points, gives commands");
    const Pages pages{page, std::make_shared<config::CommandLine>(*page, config::Document::store_start), &work};
    add_get(pages);
    add_list(pages);
    add_watch(pages);
    add_set(pages);
    add_command(pages);
    add_health(pages);
    page->require_subcommand(1);
}

}  // namespace busbar::program
