#include "support/faults.hpp"

#include <sstream>

namespace busbar::tests {

std::optional<Faults::Rule> Faults::hit(const std::string& command) {
    const auto found = rules.find(command);
    if (found == rules.end()) return std::nullopt;
    Rule& rule = found->second;
    if (rule.skip > 0) {
        --rule.skip;
        return std::nullopt;
    }
    const Rule result = rule;
    if (rule.count == 1) {
        rules.erase(found);
    } else if (rule.count > 1) {
        --rule.count;
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

std::string read_rule(std::istringstream& words, bool with_reply, std::map<std::string, Faults::Rule>& rules) {
    std::string command, which;
    Faults::Rule rule;
    if (!(words >> command >> which) || !read_which(which, rule)) return "expected: COMMAND N|all";
    if (with_reply) {
        std::getline(words >> std::ws, rule.reply);
        if (rule.reply.empty()) return "expected: a reply like -OOM command not allowed";
        rule.reply += "\r\n";
    }
    rules[command] = rule;
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
    if (verb == "replace") return read_rule(words, true, rules);
    if (verb == "reset-before-reply") return read_rule(words, false, rules);
    return "unknown command";
}

}  // namespace busbar::tests
