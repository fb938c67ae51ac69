#include "sim/meter/meter_line.hpp"

#include <fmt/format.h>

#include "sim/meter/meter_session.hpp"

namespace busbar::sim {

MeterLine::MeterLine(MeterLineConfig config, Journal& journal)
    : config_(std::move(config)), journal_(journal), faults_(config_.faults, config_.seed) {
    for (const SimMeterConfig& meter : config_.meters) {
        const std::uint16_t address = meter.link_address;
        stations_[address] = std::make_unique<SecondaryStation>(
            meter, [this, address](const std::string& what) { complain(address, what); });
    }
}

MeterLine::~MeterLine() = default;

std::unique_ptr<net::Session> MeterLine::connect(const std::string& peer) {
    return std::make_unique<Session>(*this, ++connections_, peer);
}

SecondaryStation* MeterLine::station(std::uint16_t link_address) {
    const auto found = stations_.find(link_address);
    return found == stations_.end() ? nullptr : found->second.get();
}

void MeterLine::complain(std::uint16_t link_address, const std::string& what) {
    journal_.line("violation").add("link", link_address).add("reason", what).end();
    // The texts are few, but a number in one may be the master's choice.
    constexpr std::size_t most_kinds = 100;
    if (violations_.size() < most_kinds || violations_.contains(what)) ++violations_[what];
}

Result<void> MeterLine::order(std::string_view text) {
    constexpr std::string_view fault = "fault ";
    if (text == "no-faults") {
        faults_.clear();
    } else if (text.starts_with(fault)) {
        auto added = parse_meter_fault(text.substr(fault.size()));
        if (!added) return tl::make_unexpected(added.error());
        faults_.add(std::move(*added));
    } else {
        return fail(fmt::format("\"{}\" is no order", text));
    }
    journal_.line("order").add("order", text).end();
    journal_.flush();
    return {};
}

MasterCounters MeterLine::counters() const {
    MasterCounters sum;
    for (const auto& [address, station] : stations_) {
        const MasterCounters& one = station->counters();
        sum.frames += one.frames;
        sum.repeats += one.repeats;
        sum.requests += one.requests;
        sum.polls += one.polls;
        sum.logins += one.logins;
        sum.refused_logins += one.refused_logins;
        sum.violations += one.violations;
    }
    return sum;
}

}  // namespace busbar::sim
