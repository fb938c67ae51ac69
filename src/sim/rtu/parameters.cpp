#include "sim/rtu/parameters.hpp"

#include <algorithm>
#include <cmath>

namespace busbar::sim {

namespace {

constexpr unsigned threshold = 1;
constexpr Octet not_in_operation = 0x80;  // POP

}  // namespace

Parameters::Parameters(const std::vector<SimParameter>& objects) {
    for (const SimParameter& object : objects) {
        const Address address{object.common_address, object.ioa};
        entries_[address].object = &object;
        by_measured_value_[{object.common_address, object.of}] = address;
    }
}

Parameters::Verdict Parameters::load(const iec60870::AsduView& request) {
    const auto found = entries_.find({request.header().common_address, request[0].ioa});
    if (found == entries_.end()) return Verdict::unknown;
    Entry& entry = found->second;
    const Octets element = request[0].element;
    const unsigned kind = element.back() & 0x3fu;
    const bool possible = request.header().type == entry.object->type && !request.header().test && kind >= 1 &&
                          kind <= kinds && std::isfinite(number_of(entry.object->type, element));
    if (!possible) return Verdict::refused;
    ElementOctets& loaded = entry.loaded[kind];
    loaded.size = static_cast<unsigned>(element.size());
    std::ranges::copy(element, loaded.octets.begin());
    loaded.octets[loaded.size - 1] = static_cast<Octet>(kind);  // LPC and POP are the station's own
    entry.last = kind;
    entry.in_operation = true;
    return Verdict::accepted;
}

Parameters::Verdict Parameters::activate(CommonAddress common_address, Ioa ioa, bool on) {
    auto verdict = ioa == 0 ? Verdict::accepted : Verdict::unknown;
    for (auto& [address, entry] : entries_) {
        const bool meant = address.first == common_address && (ioa == 0 || address.second == ioa);
        if (!meant) continue;
        entry.in_operation = on;
        verdict = Verdict::accepted;
    }
    return verdict;
}

Parameters::Report Parameters::report(const Entry& entry) {
    Report report{entry.object, entry.loaded[entry.last]};
    if (!entry.in_operation) report.element.octets[report.element.size - 1] |= not_in_operation;
    return report;
}

bool Parameters::is_below_threshold(const SimPoint& point) {
    const auto place = by_measured_value_.find({point.common_address, point.ioa});
    if (place == by_measured_value_.end()) return false;
    Entry& entry = entries_.at(place->second);
    const ElementOctets& loaded = entry.loaded[threshold];
    const bool holds = entry.in_operation && loaded.size != 0 && entry.sent;
    if (holds && std::fabs(point.value.number - *entry.sent) < number_of(entry.object->type, loaded)) return true;
    entry.sent = point.value.number;
    return false;
}

}  // namespace busbar::sim
