#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <memory>

#include "busbar/subcommand.hpp"

namespace busbar::program {

namespace {

/// "--log-level" of "--log-level,-l": what is offered.
std::vector<std::string> flag_names(const CLI::Option& option) {
    std::vector<std::string> flags;
    for (const std::string& name : option.get_lnames()) flags.push_back("--" + name);
    for (const std::string& name : option.get_snames()) flags.push_back("-" + name);
    return flags;
}

/// "info|debug" -> "info debug"; empty for any other kind of value.
std::string choices(const CLI::Option& option) {
    std::string words = option.get_type_name();
    if (words.find('|') == std::string::npos) return {};
    std::ranges::replace(words, '|', ' ');
    return words;
}

bool takes_file(const CLI::Option& option) { return option.get_type_name() == "FILE"; }

/// Calls `visit` for every page and subcommand with its path, "iec104-client redis".
void for_each_page(const CLI::App& app, const std::string& path,
                   const std::function<void(const CLI::App&, const std::string&)>& visit) {
    visit(app, path);
    for (const CLI::App* page : app.get_subcommands({}))
        for_each_page(*page, path.empty() ? page->get_name() : path + " " + page->get_name(), visit);
}

std::string words_of(const CLI::App& app) {
    std::string words;
    for (const CLI::App* page : app.get_subcommands({})) words += page->get_name() + " ";
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : flag_names(*option)) words += name + " ";
        if (option->get_positional()) words += choices(*option) + " ";
    }
    // Subcommands combine: beside one, its siblings are offered too.
    if (const CLI::App* parent = app.get_parent(); parent && parent->get_parent())
        for (const CLI::App* page : parent->get_subcommands({})) words += page->get_name() + " ";
    return words;
}

constexpr std::string_view bash_function = R"(_busbar() {{
    local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} path="" try word i
    local pages="|{pages}|"
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${{COMP_WORDS[i]}}
        try=$path
        while :; do
            if [[ $pages == *"|${{try:+$try }}$word|"* ]]; then path="${{try:+$try }}$word"; break; fi
            [[ -z $try ]] && break
            [[ $try == *" "* ]] && try=${{try% *}} || try=""
        done
    done
    case "$path $prev" in
{values}    esac
    case "$path" in
{words}    esac
    [[ -n $COMPREPLY ]] || COMPREPLY=($(compgen -f -- "$cur"))
}}
)";

std::string bash(const CLI::App& program) {
    std::string pages, values, words;
    for_each_page(program, "", [&](const CLI::App& app, const std::string& path) {
        pages += path + "|";
        words += fmt::format("        \"{}\") COMPREPLY=($(compgen -W \"{}\" -- \"$cur\")) ;;\n", path, words_of(app));
        for (const CLI::Option* option : app.get_options()) {
            for (const std::string& name : flag_names(*option)) {
                const std::string pattern = fmt::format("        \"{} {}\") COMPREPLY=($(compgen ", path, name);
                if (takes_file(*option))
                    values += pattern + "-f -- \"$cur\")); return ;;\n";
                else if (const std::string list = choices(*option); !list.empty())
                    values += pattern + fmt::format("-W \"{}\" -- \"$cur\")); return ;;\n", list);
            }
        }
    });
    return fmt::format(bash_function, fmt::arg("pages", pages), fmt::arg("values", values), fmt::arg("words", words));
}

/// The text as one word of fish, in single quotes.
std::string fish_quoted(std::string_view text) {
    std::string quoted = "'";
    for (const char character : text) {
        if (character == '\'' || character == '\\') quoted += '\\';
        quoted += character;
    }
    return quoted + "'";
}

std::string fish_condition(const CLI::App& app) {
    if (!app.get_parent()) return "__fish_use_subcommand";
    std::string condition = "__fish_seen_subcommand_from " + app.get_name();
    for (const CLI::App* page = app.get_parent(); page->get_parent(); page = page->get_parent())
        condition += "; and __fish_seen_subcommand_from " + page->get_name();
    return condition;
}

std::string fish(const CLI::App& program) {
    std::string script = "complete -c busbar -f\n";
    for_each_page(program, "", [&](const CLI::App& app, const std::string&) {
        const std::string begin = fmt::format("complete -c busbar -n {}", fish_quoted(fish_condition(app)));
        for (const CLI::App* page : app.get_subcommands({}))
            script += fmt::format("{} -a {} -d {}\n", begin, page->get_name(), fish_quoted(page->get_description()));
        for (const CLI::Option* option : app.get_options()) {
            std::string line = begin;
            for (const std::string& name : option->get_lnames()) line += " -l " + name;
            for (const std::string& name : option->get_snames()) line += " -s " + name;
            if (const std::string list = choices(*option); !list.empty()) line += " -a " + fish_quoted(list);
            if (takes_file(*option) || option->get_positional()) line += " -F";
            if (option->get_expected_max() > 0 && !option->get_positional()) line += " -r";
            script += fmt::format("{} -d {}\n", line, fish_quoted(option->get_description()));
        }
    });
    return script;
}

std::string script(const CLI::App& program, const std::string& shell) {
    if (shell == "fish") return fish(program);
    if (shell == "zsh")
        return "#compdef busbar\nautoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n" +
               bash(program) + "complete -F _busbar busbar\n";
    return bash(program) + "complete -F _busbar busbar\n";
}

}  // namespace

void add_completion(CLI::App& program, Work& work) {
    const auto shell = std::make_shared<std::string>();
    CLI::App* page = program.add_subcommand(
        "completion", "Prints what makes a shell complete busbar's words: source <(busbar completion bash)");
    page->add_option("shell", *shell, "For which shell")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}).description(""))
        ->type_name("bash|zsh|fish");
    page->final_callback([&program, &work, shell] {
        work = [&program, shell] {
            std::cout << script(program, *shell);
            return exit_good;
        };
    });
}

}  // namespace busbar::program
