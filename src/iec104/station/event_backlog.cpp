#include "iec104/station/event_backlog.hpp"

#include <algorithm>

namespace busbar::iec104 {

namespace {

constexpr std::size_t most_octets_an_update = 2 * 48;  // alone in its ASDU, without and with time tag

/// How many of the updates, from the first one on, have the same position.
std::size_t of_one_position(std::span<const ObjectUpdate> updates) {
    const auto other = std::find_if(updates.begin(), updates.end(), [&](const ObjectUpdate& update) {
        return update.position != updates.front().position;
    });
    return static_cast<std::size_t>(other - updates.begin());
}

std::size_t fitting(const EventBacklog::Piece& piece, std::size_t octets) {
    std::size_t count = 0;
    while (count < piece.updates.size() && piece.updates[count].position <= piece.until) {
        const std::size_t with_next = count + of_one_position(piece.updates.subspan(count));
        if (count > 0 && with_next * most_octets_an_update > octets) break;
        count = with_next;
    }
    return count;
}

}  // namespace

EventBacklog::EventBacklog(const Piece& piece, const ProcessImage& image, const AsduFormat& format, std::size_t octets)
    : ring_(fitting(piece, octets) * most_octets_an_update + EventRing::largest_entry, piece.after),
      taken_(fitting(piece, octets)),
      covered_(piece.after) {
    EventPacker packer(ring_, format, piece.after);
    for (const ObjectUpdate& update : piece.updates.first(taken_)) {
        const auto* type = update.event ? sendable_type(update, format) : nullptr;
        if (type == nullptr || update.position <= piece.after) continue;
        const ImageObject* object = image.find(update.common_address, update.ioa);
        packer.add(update, *type, object != nullptr && object->double_transmission);
    }
    packer.flush();
    if (taken_ == piece.updates.size()) {
        covered_ = std::max(covered_, std::min(piece.up_to, piece.until));
    } else if (piece.updates[taken_].position > piece.until) {
        covered_ = piece.until;
    }
    if (taken_ > 0) covered_ = std::max(covered_, piece.updates[taken_ - 1].position);
    packer.advance(covered_);
}

}  // namespace busbar::iec104
