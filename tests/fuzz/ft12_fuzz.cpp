// Any octets as an FT1.2 line: frames are whole, every octet is accounted for, and nothing depends on how it was cut.
#include <fuzzer/FuzzedDataProvider.h>

#include <string>
#include <vector>

#include "base/result.hpp"
#include "iec102/ft12/frame_reader.hpp"

namespace busbar::iec102 {
namespace {

using namespace std::chrono_literals;

/// What lies between two pauses of the line.
struct Burst {
    std::vector<Octet> octets;
    Duration pause;
};

class Line {
public:
    explicit Line(std::size_t piece) : piece_(piece) {}

    void receive(const Burst& burst) {
        for (Octets rest{burst.octets}; !rest.empty();) {
            const std::size_t size = std::min(piece_, rest.size());
            reader_.receive(rest.first(size), now_);
            drain();
            rest = rest.subspan(size);
        }
        now_ += burst.pause;
        drain();
        check();
    }
    std::string found;

private:
    void drain() {
        while (const auto received = reader_.take_frame(now_)) {
            const auto frame = parse_frame(received->octets);
            require(frame.has_value(), "only whole frames are found");
            const OctetBuffer again = encode_frame(*frame);
            require(again == OctetBuffer(received->octets.begin(), received->octets.end()), "a frame is made again");
            found.append(again.begin(), again.end());
        }
    }
    void check() const {
        const ReaderCounters& counters = reader_.counters();
        const auto known = counters.framed + counters.skipped + counters.cleared;
        require(known <= counters.received && counters.received - known < max_frame_size, "no octet is lost");
        require(reader_.is_inside_frame() == (known < counters.received), "what waits is the beginning of a frame");
        require(reader_.position() == known, "all before the frame's beginning is decided");
        const auto deadline = reader_.next_deadline();
        require(deadline.has_value() == reader_.is_inside_frame(), "a beginning does not wait for ever");
        require(!deadline || *deadline > now_, "a deadline does not stay in the past");
    }

    std::size_t piece_;
    TimePoint now_{};
    FrameReader reader_{500ms};
};

std::string read(const std::vector<Burst>& bursts, std::size_t piece) {
    Line line{piece};
    for (const Burst& burst : bursts) line.receive(burst);
    return line.found;
}

}  // namespace
}  // namespace busbar::iec102

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace busbar::iec102;
    FuzzedDataProvider input(data, size);
    std::vector<Burst> bursts;
    while (input.remaining_bytes() > 0) {
        const auto length = input.ConsumeIntegralInRange<std::size_t>(0, 1023);
        const auto pause = std::chrono::milliseconds{input.ConsumeIntegralInRange<int>(0, 1000)};
        bursts.push_back({input.ConsumeBytes<busbar::Octet>(length), pause});
    }
    const std::string whole = read(bursts, 1024);
    busbar::require(whole == read(bursts, 1) && whole == read(bursts, 7), "nothing depends on how the line is cut");
    return 0;
}
