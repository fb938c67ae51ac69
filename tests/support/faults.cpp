#include "support/faults.hpp"

#include <algorithm>
#include <sstream>

namespace busbar::tests {

std::optional<Faults::Rule> Faults::hit(std::string_view command, std::string_view key) {
    const auto found = std::find_if(rules.begin(), rules.end(), [&](const Rule& rule) {
        return rule.command == command && key.starts_with(rule.key);
    });
    if (found == rules.end()) return std::nullopt;
    if (found->skip > 0) {
        --found->skip;
        return std::nullopt;
    }
    const Rule result = *found;
    if (found->count == 1) {
        rules.erase(found);
    } else if (found->count > 1) {
        --found->count;
    }
    return result;
}

namespace {

/// "N" the n-th from now, once; "all" every one.
bool read_which(const std::string& text, Faults::Rule& rule) {
    if (text == "all") {
        rule.count = 0;
        return true;
    }
    std::uint64_t number = 0;
    if (!(std::istringstream(text) >> number) || number == 0) return false;
    rule.skip = number - 1;
    return true;
}

/// COMMAND[=KEY-PREFIX] N|all [REPLY]
std::string read_rule(std::istringstream& words, Faults::Rule::Action action, std::vector<Faults::Rule>& rules) {
    std::string which;
    Faults::Rule rule;
    rule.action = action;
    if (!(words >> rule.command >> which) || !read_which(which, rule)) return "expected: COMMAND N|all";
    if (const auto equals = rule.command.find('='); equals != std::string::npos) {
        rule.key = rule.command.substr(equals + 1);
        rule.command.resize(equals);
    }
    if (action == Faults::Rule::Action::replace) {
        std::getline(words >> std::ws, rule.reply);
        if (rule.reply.empty()) return "expected: a reply like -OOM command not allowed";
        rule.reply += "\r\n";
    }
    std::erase_if(rules, [&](const auto& other) { return other.command == rule.command && other.key == rule.key; });
    rules.push_back(std::move(rule));
    return "ok";
}

bool read_seconds(std::istringstream& words, Faults::Time& into) {
    double seconds = 0;
    if (!(words >> seconds)) return false;
    into = Faults::Time(seconds);
    return true;
}

bool read_octets(std::istringstream& words, std::optional<std::uint64_t>& into) {
    std::uint64_t octets = 0;
    if (!(words >> octets)) return false;
    into = octets;
    return true;
}

}  // namespace

std::string Faults::apply(std::string_view line) {
    std::istringstream words{std::string(line)};
    std::string verb;
    words >> verb;
    const auto done = [](bool good) { return std::string(good ? "ok" : "a number is missing"); };
    if (verb == "normal") return *this = Faults(), "ok";
    if (verb == "delay") {
        const bool good = read_seconds(words, delay_requests);
        delay_replies = delay_requests;
        return done(good);
    }
    if (verb == "delay-requests") return done(read_seconds(words, delay_requests));
    if (verb == "delay-replies") return done(read_seconds(words, delay_replies));
    if (verb == "halve-replies") return done(read_seconds(words, halve_pause));
    if (verb == "stall") return stall = true, "ok";
    if (verb == "resume") return stall = false, "ok";
    if (verb == "refuse") return refuse = true, "ok";
    if (verb == "accept") return refuse = false, "ok";
    if (verb == "cut-requests-after") return cut_by_reset = false, done(read_octets(words, cut_requests_after));
    if (verb == "cut-replies-after") return cut_by_reset = false, done(read_octets(words, cut_replies_after));
    if (verb == "reset-requests-after") return cut_by_reset = true, done(read_octets(words, cut_requests_after));
    if (verb == "reset-replies-after") return cut_by_reset = true, done(read_octets(words, cut_replies_after));
    if (verb == "replace") return read_rule(words, Rule::Action::replace, rules);
    if (verb == "reset-before-reply") return read_rule(words, Rule::Action::reset_before_reply, rules);
    if (verb == "reset-before") return read_rule(words, Rule::Action::reset_before, rules);
    return "unknown command";
}

}  // namespace busbar::tests
