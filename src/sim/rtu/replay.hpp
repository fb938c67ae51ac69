#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "iec104/link/link.hpp"
#include "iec60870/asdu/asdu.hpp"
#include "net/ip_address.hpp"
#include "net/session.hpp"
#include "sim/rtu/recording.hpp"
#include "sim/wire/journal.hpp"

namespace busbar::sim {

struct ReplayConfig {
    iec104::LinkConfig link;
    iec60870::AsduFormat format;
    double speed = 0;  // 2 = twice as fast as recorded; 0 = as fast as the peer acknowledges
};

/// A station that says again what a captured one said, ASDU by ASDU, octet by octet, from the moment data transfer is
/// started. It goes on behind the last acknowledged ASDU when the peer comes back. Requests of the peer are not
/// answered while the recording runs - its answers are part of it - and refused afterwards.
class Replay {
public:
    /// `recording` and `journal` must outlive this, and this its sessions.
    /// `changed` is called when there may be nothing left to do.
    Replay(
        const ReplayConfig& config, const Recording& recording, Journal& journal,
        std::function<void()> changed = [] {});

    std::unique_ptr<net::Session> connect(const net::PeerAddress& peer, TimePoint now);
    /// The last ASDU has been acknowledged.
    bool is_done() const { return acknowledged_ == recording_.size(); }

private:
    class Session;
    TimePoint due(std::size_t index) const;

    ReplayConfig config_;
    const Recording& recording_;
    Journal& journal_;
    std::function<void()> changed_;
    std::optional<TimePoint> started_;  // the first start of data transfer
    std::size_t acknowledged_ = 0;
    std::uint64_t last_session_ = 0;
};

}  // namespace busbar::sim
