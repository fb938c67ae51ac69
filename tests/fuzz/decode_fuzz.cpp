// Any octets on a line, in any pieces, after any loss: both outputs of busbar decode survive, and pieces change
// nothing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "busbar/decode_json.hpp"
#include "busbar/decode_text.hpp"

namespace {

using namespace busbar;
using namespace busbar::program;

template <class Output>
std::string decoded(Octets octets, std::size_t piece, bool lost) {
    std::string text;
    Output output(text, {});
    ApduStream stream(output);
    ApduPlace place;
    if (lost) stream.lose_track(place);
    while (!octets.empty()) {
        const Octets next = octets.first(std::min(piece, octets.size()));
        octets = octets.subspan(next.size());
        stream.feed(next, place);
    }
    stream.finish(place);
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t piece = std::size_t{1} + (data[0] & 127);
    const Octets octets(data + 1, size - 1);
    const std::string whole = decoded<JsonOutput>(octets, size, false);
    if (whole != decoded<JsonOutput>(octets, piece, false)) std::abort();
    decoded<TextOutput>(octets, piece, data[0] & 128);
    decoded<JsonOutput>(octets, piece, true);
    return 0;
}
