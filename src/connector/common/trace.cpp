#include "connector/common/trace.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace busbar::connector {

void trace(store::Publisher& publisher, UtcTime time, std::string_view peer, bool sent, Octets octets) {
    char text[iso8601_size];
    const std::string_view when(text, static_cast<std::size_t>(write_iso8601(text, time) - text));
    while (!octets.empty()) {
        const bool is_apdu = octets.size() >= 2 && octets[0] == 0x68;
        const std::size_t size = is_apdu ? std::min<std::size_t>(octets.size(), 2u + octets[1]) : octets.size();
        publisher.publish(store::Publisher::trace,
                          fmt::format(R"({{"time":"{}","peer":"{}","dir":"{}","octets":"{}"}})", when, peer,
                                      sent ? "out" : "in", to_hex(octets.first(size))));
        octets = octets.subspan(size);
    }
}

}  // namespace busbar::connector
