// Test case 41 of the protocol reference, bounded and with a fixed seed; the fuzz targets in tests/fuzz go on for
// hours.
#include <random>

#include "iec104/controlled_bench.hpp"
#include "iec104/controlling_bench.hpp"

namespace busbar::iec104::test {
namespace {

/// What a control room may say, started and numbered from 0.
const std::vector<std::string>& valid_frames() {
    static const std::vector<std::string> frames{
        std::string(startdt_act),
        i_frame(0, 0, "64 01 06 00 01 00 00 00 00 14"),
        i_frame(1, 0, "65 01 06 00 01 00 00 00 00 05"),
        std::string(testfr_act),
        i_frame(2, 1, "66 01 05 00 01 00 01 00 00"),
        s_frame_of(2),
        i_frame(3, 2, "67 01 06 00 01 00 00 00 00 00 00 00 08 15 0B 1A"),
        i_frame(4, 2, "3F 01 06 00 01 00 01 00 00 00 00 80 3F 00 00 00 00 08 15 0B 1A"),
        i_frame(5, 2, "1E 02 03 00 01 00 01 00 00 01 00 00 00 09 15 0B 1A 02 00 00 00 00 00 00 09 15 0B 1A"),
        i_frame(6, 2, "0D 82 14 00 01 00 03 00 00 00 00 80 3F 00 00 00 00 40 00"),
        std::string(stopdt_act),
    };
    return frames;
}

class Noise {
public:
    /// The valid frames with some octets changed, dropped or put in.
    OctetBuffer mutated() {
        OctetBuffer octets;
        for (const auto& frame : valid_frames()) {
            auto next = octets_of(frame);
            if (any(3) == 0) mutate(next);
            octets.insert(octets.end(), next.begin(), next.end());
        }
        return octets;
    }
    OctetBuffer random() {
        OctetBuffer octets(1 + any(600));
        for (auto& octet : octets) octet = static_cast<Octet>(any(256));
        if (any(2) == 0) octets[0] = 0x68;  // else most end at the first octet
        return octets;
    }
    /// In pieces of any size.
    template <class Receive>
    void deliver(Octets octets, Receive receive) {
        while (!octets.empty()) {
            const std::size_t size = std::min<std::size_t>(octets.size(), 1 + any(64));
            receive(octets.first(size));
            octets = octets.subspan(size);
        }
    }
    std::size_t any(std::size_t bound) { return engine_() % bound; }

private:
    void mutate(OctetBuffer& octets) {
        const auto at = static_cast<std::ptrdiff_t>(any(octets.size()));
        switch (any(3)) {
            case 0: octets[static_cast<std::size_t>(at)] = static_cast<Octet>(any(256)); break;
            case 1: octets.erase(octets.begin() + at); break;
            default: octets.insert(octets.begin() + at, static_cast<Octet>(any(256)));
        }
    }
    std::mt19937 engine_{41};
};

TEST(Noise, Case41_TouchesNoOtherConnectionOfTheControlledStation) {
    ControlledBench bench;
    bench.value({.ioa = 1});
    const auto noisy = bench.group("noisy");
    ControlRoom good = bench.connect_and_start(bench.group("good"));
    Noise noise;
    unsigned closed = 0;
    for (int round = 0; round < 2000; ++round) {
        ControlRoom bad = bench.connect(noisy);
        noise.deliver(round % 2 == 0 ? noise.mutated() : noise.random(), [&](Octets octets) { bad.receive(octets); });
        if (bad.closed()) ++closed;
        bench.event({.ioa = 7});
        ASSERT_EQ(good.request("66 01 05 00 01 00 01 00 00"),
                  "01 01 03 00 01 00 07 00 00 01 | 01 01 05 00 01 00 01 00 00 01")
            << "round " << round;
        good.acknowledge();
    }
    EXPECT_GT(closed, 1000u) << "the noise was noise";
    EXPECT_LT(closed, 2000u) << "and not all of it";
    EXPECT_EQ(bench.station.object_count(), 2u) << "nothing was written into the image";
}

TEST(Noise, Case41_EndsOneSessionOfTheControllingStationAtMost) {
    Noise noise;
    unsigned closed = 0;
    for (int round = 0; round < 2000; ++round) {
        ControllingBench bench;
        bench.start();
        noise.deliver(round % 2 == 0 ? noise.mutated() : noise.random(),
                      [&](Octets octets) { bench.receive_frames(hex(octets)); });
        const std::string events = bench.events();
        const bool over = events.find("closed: ") != std::string::npos;
        EXPECT_EQ(over, bench.session.link().state() == TransferState::closed);
        if (over) ++closed;
        bench.advance(1h);
    }
    EXPECT_GT(closed, 1000u);
}

}  // namespace
}  // namespace busbar::iec104::test
