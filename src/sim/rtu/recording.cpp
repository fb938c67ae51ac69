#include "sim/rtu/recording.hpp"

#include <fmt/format.h>

#include <map>

#include "iec104/apci/apci.hpp"

namespace busbar::sim {

void Recording::take_apdus(OctetBuffer& unread, CaptureTime time) {
    Octets rest(unread);
    while (true) {
        const auto size = iec104::apdu_size(rest);
        if (!size) {  // no APDU begins like this: give up what came together
            skipped_ += rest.size();
            rest = {};
        }
        if (!size || *size == 0 || *size > rest.size()) break;
        const auto apdu = iec104::parse_apdu(rest.first(*size));
        rest = rest.subspan(*size);
        if (!apdu) {
            skipped_ += *size;
        } else if (const auto* frame = std::get_if<iec104::IFrame>(&*apdu)) {
            if (!first_) first_ = time;
            places_.push_back({time - *first_, octets_.size(), static_cast<std::uint8_t>(frame->asdu.size())});
            octets_.insert(octets_.end(), frame->asdu.begin(), frame->asdu.end());
        }
    }
    unread.erase(unread.begin(), unread.end() - static_cast<std::ptrdiff_t>(rest.size()));
}

Result<Recording> Recording::load(const std::string& path, std::uint16_t station_port,
                                  std::optional<unsigned> connection) {
    auto capture = CaptureReader::open(path);
    if (!capture) return tl::make_unexpected(capture.error());
    Recording recording;
    std::map<unsigned, OctetBuffer> unread;  // by connection
    while (const auto data = capture->next()) {
        if (data->source.port != station_port || (connection && data->connection != *connection)) continue;
        OctetBuffer& buffer = unread[data->connection];
        if (data->gap) {
            recording.skipped_ += buffer.size();
            buffer.clear();
        }
        buffer.insert(buffer.end(), data->octets.begin(), data->octets.end());
        recording.take_apdus(buffer, data->time);
        if (recording.octets_.size() > most_octets)
            return fail(fmt::format("{}: more than {} octets of ASDUs", path, most_octets));
    }
    if (!capture->error().empty()) return fail(fmt::format("{}: {}", path, capture->error()));
    if (recording.size() == 0)
        return fail(fmt::format("{}: nothing that a station sent from port {}", path, station_port));
    return recording;
}

}  // namespace busbar::sim
