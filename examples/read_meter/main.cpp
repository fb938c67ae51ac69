// A master reads a meter once: link, login, instantaneous values. The meter is a list of its answers, octets are
// carried across by hand, and the program says what time it is. With a serial port or a socket it is the same loop.

#include <array>
#include <iec102/meter/channel.hpp>
#include <iec102/meter/variable.hpp>
#include <iostream>

using namespace busbar;

namespace {

// Link status, reset, login taken, login accepted, request taken, values.
constexpr std::array<const char*, 6> answers{
    "10 0B 01 00 0C 16",
    "10 00 01 00 01 16",
    "10 00 01 00 01 16",
    "68 0D 0D 68 08 01 00 B7 01 07 01 00 00 01 00 00 00 CA 16",
    "10 00 01 00 01 16",
    "68 68 68 68 08 01 00 A3 03 05 01 00 00 "
    "C0 62 E7 03 00 D2 0F 01 00 99 B1 00 00 5E 25 00 00 9D 01 00 00 06 0B 00 00 37 92 6E 04 15 "
    "C1 08 00 00 03 00 00 9A 03 02 00 00 00 00 00 DC 01 03 00 00 01 00 00 05 02 02 00 00 01 00 00 AA 01 37 92 6E 04 15 "
    "C2 0C 00 00 55 09 00 00 0D 00 00 55 09 00 00 0C 00 00 47 09 00 00 37 92 6E 04 15 03 16"};

void print(const iec102::ValuesRead& reading) {
    for (const iec102::VariableRow& row : iec102::all_variables()) {
        const auto value = iec102::read(row.variable, reading.values);
        if (value) std::cout << reading.device << ' ' << row.name << ' ' << value->value << ' ' << row.unit << '\n';
    }
}

}  // namespace

int main() {
    iec102::DeviceConfig meter;
    meter.name = "meter";
    meter.link_address = 1;
    meter.point_address = 1;
    meter.password = iec102::Password{1};
    meter.periods.fill(std::chrono::seconds{1});

    TimePoint now{};  // any clock does, as long as it never goes back
    iec102::Channel line{{}};
    line.set_devices({meter}, now);
    line.connected(now);
    std::size_t answered = 0;
    OctetBuffer sent;
    for (bool is_read = false; !is_read;) {
        while (const auto event = line.take_event()) {
            if (const auto* reading = std::get_if<iec102::ValuesRead>(&*event)) {
                print(*reading);
                is_read = true;
            }
        }
        line.take_output(sent);
        if (sent.empty()) {
            if (!line.next_deadline()) return 1;
            now = *line.next_deadline();
            line.on_deadline(now);
        } else if (answered < answers.size()) {
            std::cout << "sent " << to_hex(sent, ' ') << '\n';
            line.receive(*from_hex(answers[answered++]), now);
        } else {
            break;
        }
    }
    return answered == answers.size() ? 0 : 1;
}
