// Any octets on the line of simulated meters, in any pieces, with faults: the line survives, and what it says is FT1.2
// unless a fault damages it. Both outputs of busbar decode --ft12 read the same octets, and pieces change nothing.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "busbar/decode_ft12.hpp"
#include "sim/meter/meter_line.hpp"

namespace {

using namespace busbar;
using namespace busbar::program;

template <class Output>
std::string decoded(Octets octets, std::size_t piece) {
    std::string text;
    Output output(text, false);
    Ft12Stream stream(output);
    ApduPlace place;
    while (!octets.empty()) {
        const Octets next = octets.first(std::min(piece, octets.size()));
        octets = octets.subspan(next.size());
        stream.feed(next, place);
    }
    stream.finish(place);
    return text;
}

void answer(Octets octets, std::size_t piece, bool faults) {
    const UtcTime at = std::chrono::sys_days(std::chrono::year(2026) / 7 / 17);
    sim::Journal journal([at] { return at; });
    sim::MeterLineConfig config;
    config.meters.resize(2);
    config.meters[1].link_address = 2;
    for (const sim::MeterFaultDescription& fault : sim::all_meter_faults())
        if (faults) config.faults.push_back(*sim::parse_meter_fault(std::string(fault.name) + ":20%"));
    sim::MeterLine line(config, journal);
    const auto session = line.connect("fuzzer");
    TimePoint now{};
    OctetBuffer output;
    while (!octets.empty()) {
        const Octets next = octets.first(std::min(piece, octets.size()));
        octets = octets.subspan(next.size());
        session->receive(next, now);
        session->take_output(output, now);
        for (Octets rest(output); !faults && !rest.empty();) {
            const auto start = iec102::examine_frame(rest);
            if (start.verdict != iec102::FrameStart::Verdict::whole) std::abort();
            rest = rest.subspan(start.size);
        }
        now += std::chrono::milliseconds(10);
        if (const auto deadline = session->next_deadline(); deadline && *deadline <= now) session->on_deadline(now);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t piece = std::size_t{1} + (data[0] & 127);
    const Octets octets(data + 1, size - 1);
    if (decoded<Ft12JsonOutput>(octets, size) != decoded<Ft12JsonOutput>(octets, piece)) std::abort();
    decoded<Ft12TextOutput>(octets, piece);
    answer(octets, piece, data[0] & 128);
    return 0;
}
