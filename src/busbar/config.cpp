#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <memory>

#include "busbar/start.hpp"
#include "config/document.hpp"
#include "config/file.hpp"
#include "config/json_text.hpp"
#include "config/schema.hpp"
#include "config/settings.hpp"

namespace busbar::program {

namespace {

using config::Document;

constexpr std::size_t max_file_size = std::size_t{256} << 20;

struct Findings {
    std::vector<std::string> faults, warnings;
    bool operator==(const Findings&) const = default;
};

template <class Value>
Findings findings(config::Reading<Value> reading) {
    return {std::move(reading.faults), std::move(reading.warnings)};
}

/// A kind of document by the name users give it, and how it is checked as JSON in the store and as a TOML file.
struct Checked {
    std::string_view name;
    Document document;
    Findings (*json)(const std::string& text);
    Findings (*toml)(const config::StartInput& input);
};

constexpr std::array checked_documents{
    Checked{"iec104-server", Document::iec104_server,
            [](const std::string& text) { return findings(config::read_server_config(text, {})); },
            [](const config::StartInput& input) { return findings(config::read_server_settings(input)); }},
    Checked{"iec104-client", Document::iec104_client,
            [](const std::string& text) { return findings(config::read_client_config(text, {})); },
            [](const config::StartInput& input) { return findings(config::read_client_settings(input)); }},
    Checked{"iec102-client", Document::iec102_client,
            [](const std::string& text) { return findings(config::read_meter_config(text, {})); },
            [](const config::StartInput& input) { return findings(config::read_meter_settings(input)); }},
    Checked{"mapping", Document::mapping, [](const std::string& text) { return findings(config::read_mapping(text)); },
            nullptr},
};

const Checked* named(std::string_view name) {
    for (const Checked& checked : checked_documents)
        if (checked.name == name) return &checked;
    return nullptr;
}

Findings check(const Checked& as, const std::string& file, const std::string& text) {
    if (!file.ends_with(".toml")) return as.json(text);
    if (!as.toml) throw UsageError(fmt::format("--as: a {} is JSON, not TOML", as.name));
    config::StartInput input;
    input.config_file = file;
    input.environment = [](const std::string&) -> const char* { return nullptr; };
    input.to_run = false;
    return as.toml(input);
}

/// What the kind that knows most of the file's members says. Where several kinds know as many, they have to agree.
Findings check_as_guessed(const std::string& file, const std::string& text) {
    std::vector<Findings> best;
    for (const Checked& checked : checked_documents) {
        if (file.ends_with(".toml") && !checked.toml) continue;
        Findings found = check(checked, file, text);
        if (!best.empty() && found.warnings.size() < best.front().warnings.size()) best.clear();
        if (best.empty() || found.warnings.size() == best.front().warnings.size()) best.push_back(std::move(found));
    }
    if (std::ranges::any_of(best, [&](const Findings& found) { return found != best.front(); }))
        throw UsageError(fmt::format("{} could be of several kinds: say which with --as", file));
    return best.front();
}

int check_file(const std::string& file, const std::string& as) {
    const auto text = config::read_file(file, max_file_size);
    if (!text) throw UsageError(text.error().what);
    const Findings found = as.empty() ? check_as_guessed(file, *text) : check(*named(as), file, *text);
    for (const std::string& fault : found.faults) std::cout << file << ": " << fault << '\n';
    for (const std::string& warning : found.warnings) std::cout << file << ": warning: " << warning << '\n';
    if (!found.faults.empty()) return exit_usage;
    std::cout << file << ": good\n";
    return exit_good;
}

std::vector<std::string> kind_names() {
    std::vector<std::string> kinds;
    for (const Checked& checked : checked_documents) kinds.emplace_back(checked.name);
    return kinds;
}

std::string kinds_text() { return fmt::format("{}", fmt::join(kind_names(), "|")); }

}  // namespace

void add_config(CLI::App& program, Work& work) {
    struct Options {
        std::string file, kind;
    };
    const auto options = std::make_shared<Options>();
    CLI::App* page = program.add_subcommand("config", "Checks and describes configurations");
    page->require_subcommand(1);

    CLI::App* check =
        page->add_subcommand("check", "Says everything that is wrong with a file; exit code 2 if anything is");
    check->add_option("file", options->file, "A TOML file (.toml), or JSON as it lies in the store")->required();
    check->add_option("--as", options->kind, "What it is, where that is not plain")
        ->check(CLI::IsMember(kind_names()).description(""))
        ->type_name(kinds_text());
    check->final_callback([&work, options] { work = [options] { return check_file(options->file, options->kind); }; });

    CLI::App* schema = page->add_subcommand("schema", "Prints the JSON Schema of what lies in the store");
    schema->add_option("kind", options->kind, "Of what")
        ->required()
        ->check(CLI::IsMember(kind_names()).description(""))
        ->type_name(kinds_text());
    schema->final_callback([&work, options] {
        work = [options] {
            std::cout << config::to_lines(config::schema(named(options->kind)->document)) << '\n';
            return exit_good;
        };
    });
}

}  // namespace busbar::program
