// Any octets as an ASDU of the REE profile: no crash, JSON without the password, and what was decoded is made again.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "base/result.hpp"
#include "iec102/meter/json.hpp"
#include "iec102/meter/variable.hpp"
#include "iec102/meter/visit.hpp"

namespace busbar::iec102 {
namespace {

struct CheckElement {
    template <Described Element>
    void operator()(const Place&, const Element& element) const {
        OctetBuffer octets;
        append_element(element, octets);
        require(octets.size() == size_of<Element>, "an element has its size");
        require(decode_element<Element>(octets.data()) == element, "an element is read again as it was written");
    }
    void operator()(const Place&, const TimeLabelA& label) const {
        (*this).operator()<TimeLabelA>({}, label);
        if (const auto time = utc_time(label))
            require(*time < parse_iso8601("2128-01-02T00:00:00Z"), "a time has its century");
    }
};

void check_variables(const AsduView& asdu) {
    const InstantaneousValues values = instantaneous_values(asdu).values;
    for (const VariableRow& row : all_variables()) {
        const auto reading = read(row.variable, values);
        if (!reading) continue;
        InstantaneousValues again;
        write(row.variable, *reading, again);
        const bool in_range = row.object == energy_object ? reading->value <= 999'999'999
                              : row.unit == "1"           ? reading->value <= 1
                              : row.unit == "V"           ? reading->value <= 99'999'999.9
                              : row.unit == "A"           ? reading->value <= 999'999.9
                                                          : std::abs(reading->value) <= 9'999'999;
        require(!in_range || read(row.variable, again) == reading, "a variable is read as it was written");
    }
}

}  // namespace
}  // namespace busbar::iec102

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace busbar;
    using namespace busbar::iec102;
    const Octets octets(data, std::min(size, max_asdu_size));
    const std::string json = asdu_to_json(octets);
    require(!json.empty() && json.back() == '}', "JSON is whole");
    require(std::all_of(json.begin(), json.end(), [](char c) { return c >= 0x20 && c < 0x7F; }), "JSON is plain text");
    const auto asdu = parse_asdu(octets);
    if (!asdu) return 0;
    const auto fault = visit_body(*asdu, CheckElement{});
    require(!fault || fault->at <= octets.size(), "a fault lies in the ASDU");
    if (asdu->header.type == TypeId::instantaneous_values) check_variables(*asdu);
    return 0;
}
