#include "connector/iec104_server/outgoing_cause.hpp"

namespace busbar::connector {

using iec60870::Cause;

Outgoing outgoing(const iec60870::TypeDescription& type, std::uint8_t stored, bool unchanged, CausePolicy policy) {
    const bool interrogated = stored == 5 || (stored >= 20 && stored <= 36);
    const bool by_itself = !(unchanged && interrogated);
    if (policy == CausePolicy::verbatim) return {static_cast<Cause>(stored & 0x3f), by_itself};
    const bool forwarded = stored <= 3 || stored == 11 || stored == 12;
    const auto cause = static_cast<Cause>(stored & 0x3f);
    if (forwarded && stored != 0 && type.permits(iec60870::Direction::monitor, cause)) return {cause, by_itself};
    return {Cause::spontaneous, by_itself};
}

}  // namespace busbar::connector
