#include "sim/meter/meter_fault.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace busbar::sim {

namespace {

using Kind = MeterFaultKind;

constexpr std::array<MeterFaultDescription, meter_fault_kinds> descriptions{
    {{Kind::deaf, "deaf", "does not hear the request"},
     {Kind::silence, "silence", "hears the request, and its answer is lost"},
     {Kind::noise, "noise", "stray octets before the answer"},
     {Kind::echo, "echo", "the request comes back before the answer"},
     {Kind::ff, "ff", "FF octets before the answer"},
     {Kind::checksum, "checksum", "a wrong checksum in the answer"},
     {Kind::cut, "cut", "the answer ends in the middle"},
     {Kind::busy, "busy", "DFC is set, and requests are not taken"},
     {Kind::nack, "nack", "the request is not taken"},
     {Kind::no_data, "no-data", "a poll is told that there is nothing yet"},
     {Kind::stale, "stale", "the answer to an earlier request comes first"},
     {Kind::refuse_login, "refuse-login", "the login is refused, whatever the password"},
     {Kind::refuse, "refuse", "the request comes back with cause 14"},
     {Kind::lose_session, "lose-session", "the meter has forgotten the login"},
     {Kind::wrong_address, "wrong-address", "the answer bears another link address"},
     {Kind::slow, "slow", "octet by octet, MS apart"},
     {Kind::late, "late", "the answer comes MS later"},
     {Kind::close, "close", "the connection is closed instead of an answer"}}};

constexpr std::array<std::string_view, 10> requests{"status", "reset",  "login",   "logout", "values",
                                                    "time",   "ratios", "history", "other",  "identification"};

bool is_step(std::string_view word) {
    if (word == "any" || word == "poll" || word == "request") return true;
    constexpr std::string_view ending = "-poll";
    if (word.ends_with(ending)) {
        word.remove_suffix(ending.size());
        if (word == "status" || word == "reset") return false;
    }
    return std::ranges::find(requests, word) != requests.end();
}

constexpr unsigned greatest_link_address = 65'535;

bool has_milliseconds(Kind kind) { return kind == Kind::slow || kind == Kind::late; }

bool is_meant(const MeterFault& fault, const MeterStep& step) {
    return step.is(fault.step) && fault.link_address.value_or(step.link_address) == step.link_address;
}

bool read_number(std::string_view text, unsigned least, unsigned most, unsigned& number) {
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && at == end && number >= least && number <= most;
}

Result<void> read_when(std::string_view text, MeterFault& fault) {
    constexpr std::string_view first = "first-";
    constexpr unsigned most = 1'000'000;
    const std::string_view whole = text;
    bool good = false;
    if (text.starts_with(first)) {
        fault.when = MeterFault::When::first;
        good = read_number(text.substr(first.size()), 1, most, fault.number);
    } else if (text.ends_with('%')) {
        text.remove_suffix(1);
        fault.when = MeterFault::When::percent;
        good = read_number(text, 1, 100, fault.number);
    } else {
        good = read_number(text, 1, most, fault.number);
    }
    if (!good) return fail(fmt::format("\"{}\" must be N (every N-th), N% or first-N", whole));
    return {};
}

}  // namespace

std::span<const MeterFaultDescription> all_meter_faults() { return descriptions; }

std::string_view name_of(MeterFaultKind kind) { return descriptions[static_cast<std::size_t>(kind)].name; }

bool MeterStep::is(std::string_view word) const {
    if (word == "any" || word == (poll ? "poll" : "request")) return true;
    if (!poll) return word == request;
    return word.starts_with(request) && word.substr(request.size()) == "-poll";
}

/// NAME[=MS][@STEP][/LINK][:WHEN]
Result<MeterFault> parse_meter_fault(std::string_view text) {
    const std::string_view name = text.substr(0, text.find_first_of("=@/:"));
    const auto* found = std::ranges::find(descriptions, name, &MeterFaultDescription::name);
    if (found == descriptions.end()) return fail(fmt::format("there is no fault \"{}\"", name));
    MeterFault fault;
    fault.kind = found->kind;
    std::string_view rest = text.substr(name.size());
    const auto part = [&rest](std::string_view ends) {
        const std::string_view word = rest.substr(1, rest.find_first_of(ends, 1) - 1);
        rest.remove_prefix(word.size() + 1);
        return word;
    };
    if (rest.starts_with('=')) {
        const std::string_view number = part("@/:");
        if (!has_milliseconds(fault.kind)) return fail(fmt::format("{} has no milliseconds", name));
        if (!read_number(number, 1, 600'000, fault.milliseconds))
            return fail(fmt::format("\"{}\" must be 1-600000 milliseconds", number));
    }
    if (rest.starts_with('@')) {
        fault.step = part("/:");
        if (!is_step(fault.step)) return fail(fmt::format("there is no step \"{}\"", fault.step));
    }
    if (rest.starts_with('/')) {
        const std::string_view address = part(":");
        unsigned number = 0;
        if (!read_number(address, 0, greatest_link_address, number))
            return fail(fmt::format("\"{}\" must be a link address", address));
        fault.link_address = static_cast<std::uint16_t>(number);
    }
    if (rest.starts_with(':'))
        if (auto read = read_when(rest.substr(1), fault); !read) return tl::make_unexpected(read.error());
    return fault;
}

MeterFaults::MeterFaults(std::vector<MeterFault> faults, std::uint32_t seed) : random_(seed) {
    for (MeterFault& fault : faults) add(std::move(fault));
}

bool MeterFaults::strikes(Counted& counted) {
    const MeterFault& fault = counted.fault;
    ++counted.times;
    switch (fault.when) {
        case MeterFault::When::every: return counted.times % fault.number == 0;
        case MeterFault::When::first: return counted.times <= fault.number;
        case MeterFault::When::percent: break;
    }
    return random_() % 100 < fault.number;
}

Struck MeterFaults::strike(const MeterStep& step) {
    Struck struck;
    for (Counted& counted : faults_) {
        if (!is_meant(counted.fault, step) || !strikes(counted)) continue;
        const auto kind = static_cast<std::size_t>(counted.fault.kind);
        struck.kinds_.set(kind);
        struck.milliseconds_[kind] = counted.fault.milliseconds;
    }
    return struck;
}

}  // namespace busbar::sim
