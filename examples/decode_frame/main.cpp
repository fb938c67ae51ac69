// A controlled station sends a measured value and a controlling station decodes it. Both links live in this process:
// octets are carried across by hand, and the program says what time it is. With sockets it is the same loop.

#include <iec104/link/link.hpp>
#include <iec60870/asdu/asdu.hpp>
#include <iec60870/asdu/type_table.hpp>
#include <iec60870/asdu/visit.hpp>
#include <iostream>

using namespace busbar;
using iec104::Link;

namespace {

/// A number, a switch, a normalized fraction, or a time tag with its parts.
template <class Value>
void print_value(const Value& value) {
    if constexpr (iec60870::Tag<Value>) {
        iec60870::for_each_field<Value>(value,
                                        [](auto part, auto number) { std::cout << ' ' << part.key << ' ' << +number; });
    } else if constexpr (std::is_same_v<Value, iec60870::Fraction>) {
        std::cout << ' ' << value.number();
    } else {
        std::cout << ' ' << +value;
    }
}

void print_asdu(Octets octets) {
    const auto asdu = iec60870::AsduView::parse(octets);
    if (!asdu) {
        std::cout << asdu.error().what << " at octet " << asdu.error().at << '\n';
        return;
    }
    if (!asdu->description()) return;
    for (const auto object : *asdu) {
        std::cout << asdu->description()->name << " casdu " << asdu->header().common_address << " ioa " << object.ioa;
        iec60870::visit_element(asdu->header().type, object.element, [](auto field, const auto& value) {
            std::cout << ' ' << field.key;
            print_value(value);
        });
        std::cout << '\n';
    }
}

/// Takes what `link` has to say, then carries its output to `peer`. True: there was some.
bool drain(const char* name, Link& link, Link& peer, OctetBuffer& carried, TimePoint now) {
    while (auto event = link.take_event(now)) {
        if (std::get_if<Link::TransferStarted>(&*event)) std::cout << name << ": transfer started\n";
        if (const auto* received = std::get_if<Link::AsduReceived>(&*event)) {
            print_asdu(received->octets);
            link.keep(received->number, now);  // safe with us: it may be acknowledged
        }
    }
    link.take_output(carried);
    if (carried.empty()) return false;
    std::cout << name << ": " << to_hex(carried, ' ') << '\n';
    peer.receive(carried, now);
    return true;
}

}  // namespace

int main() {
    TimePoint now{};  // any clock does, as long as it never goes back
    const iec104::LinkConfig config;
    Link control_room{iec104::Role::controlling, config, now};
    Link station{iec104::Role::controlled, config, now};
    OctetBuffer to_station, to_control_room;
    const auto exchange = [&] {
        while (drain("control room", control_room, station, to_station, now) |
               drain("station", station, control_room, to_control_room, now)) {
        }
    };

    control_room.start_transfer(now);
    exchange();

    // Type 36, spontaneous, common address 1, object 100: 23.5, good, 21 November 2026 09:00:00.123.
    const auto asdu = from_hex("24 01 03 00 01 00  64 00 00  00 00 BC 41 00  7B 00 00 09 15 0B 1A");
    station.send(*asdu, now);
    exchange();

    now += config.t2;  // the control room acknowledges at t2 at the latest
    control_room.on_deadline(now);
    exchange();
    return station.acknowledged_count() == 1 ? 0 : 1;
}
