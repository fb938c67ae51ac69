#include "config/command_line.hpp"

#include <fmt/format.h>

#include "config/flags.hpp"
#include "config/json_text.hpp"
#include "config/table/settings.hpp"
#include "config/toml.hpp"
#include "config/writer.hpp"

namespace busbar::config {

namespace json = boost::json;

namespace {

std::string_view sentence_of(std::string_view subcommand) {
    if (subcommand == "redis") return "The store (Valkey or Redis)";
    if (subcommand == "server") return "The line, where no management says otherwise";
    if (subcommand == "meter") return "Streams and frames, where no management says otherwise";
    return "The line to the station, where no management says otherwise";
}

/// The sentence, then in brackets what is allowed and the default.
std::string help(const Row& row) {
    std::string text(row.sentence);
    if (text.ends_with('.')) text.pop_back();
    std::string more = row.kind == Kind::choice ? "" : values(row);
    if (const std::string by_default = default_note(row); !by_default.empty())
        more += (more.empty() ? "" : "; ") + by_default;
    if (row.initial == true) more += "; =false turns it off";
    return more.empty() ? text : fmt::format("{} [{}]", text, more);
}

std::string type_name(const Row& row) {
    switch (row.kind) {
        case Kind::integer:
        case Kind::number: return "NUMBER";
        case Kind::choice: return fmt::format("{}", fmt::join(row.choices, "|"));
        case Kind::list: return "TEXT,...";
        default: return row.key.ends_with("_file") ? "FILE" : "TEXT";
    }
}

CLI::Option* add_option(CLI::App& page, const Flag& flag) {
    const bool is_switch = flag.row->kind == Kind::boolean || flag.row->kind == Kind::table;
    CLI::Option* option = is_switch ? page.add_flag(flag.name) : page.add_option(flag.name)->expected(1);
    option->description(help(*flag.row));
    if (!is_switch) option->type_name(type_name(*flag.row));
    if (flag.row->kind == Kind::list) option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    return option;
}

}  // namespace

CommandLine::CommandLine(CLI::App& page, Document start) {
    page.add_option("--config", config_file_, "File with options (TOML), as config-gen writes it")->type_name("FILE");
    for (const Flag& flag : flags(start)) options_[flag.path] = add_option(app_of(page, flag.subcommand), flag);
    if (start == Document::store_start) return;
    config_gen_ =
        page.add_subcommand("config-gen", "Prints a TOML file with every option, its meaning and its default");
    config_gen_->add_option("file", config_gen_file_, "File to write instead of standard output")->type_name("FILE");
}

CLI::App& CommandLine::app_of(CLI::App& page, const std::string& subcommand) {
    if (subcommand.empty()) return page;
    CLI::App*& app = subcommands_[subcommand];
    if (!app) app = page.add_subcommand(subcommand, std::string(sentence_of(subcommand)))->fallthrough();
    return *app;
}

StartInput CommandLine::input() const {
    StartInput input;
    input.config_file = config_file_;
    for (const auto& [path, option] : options_) {
        if (option->count() == 0) continue;
        std::string text;
        for (const std::string& part : option->results()) text += text.empty() ? part : "," + part;
        input.flags[path] = text;
    }
    return input;
}

namespace {

std::string start_file(Document start, json::object values) {
    // Without an id the line stays a comment.
    if (values["id"] == "") values.erase("id");
    return fmt::format(
               "# busbar {} --config FILE\n"
               "# Stronger than this file: environment variables, flags, and the managed configuration in the "
               "store.\n\n",
               page_name(start)) +
           write_toml(table(start), values);
}

}  // namespace

std::string write_start_file(const ServerSettings& settings) {
    return start_file(Document::iec104_server_start, to_json(settings));
}

std::string write_start_file(const ClientSettings& settings) {
    return start_file(Document::iec104_client_start, to_json(settings));
}

std::string write_start_file(const MeterSettings& settings) {
    return start_file(Document::iec102_client_start, to_json(settings));
}

}  // namespace busbar::config
