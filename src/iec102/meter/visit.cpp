#include "iec102/meter/visit.hpp"

namespace busbar::iec102 {
namespace {

/// Takes the three objects of ASDU 163 and nothing else.
struct Collect {
    InstantaneousValues& values;

    void operator()(const Place&, const EnergyTotals& element) const { values.energies = element; }
    void operator()(const Place&, const Powers& element) const { values.powers = element; }
    void operator()(const Place&, const VoltagesAndCurrents& element) const { values.voltages = element; }
    template <class Other>
    void operator()(const Place&, const Other&) const {}
};

}  // namespace

ReceivedValues instantaneous_values(const AsduView& asdu) {
    ReceivedValues received;
    received.fault = visit_body(asdu, Collect{received.values});
    return received;
}

OctetBuffer make_instantaneous_values(AsduHeader header, const InstantaneousValues& values) {
    header.type = TypeId::instantaneous_values;
    header.count = static_cast<std::uint8_t>(values.energies.has_value() + values.powers.has_value() +
                                             values.voltages.has_value());
    OctetBuffer asdu = make_asdu(header);
    if (values.energies) append_object(energy_object, *values.energies, asdu);
    if (values.powers) append_object(power_object, *values.powers, asdu);
    if (values.voltages) append_object(voltage_object, *values.voltages, asdu);
    return asdu;
}

}  // namespace busbar::iec102
