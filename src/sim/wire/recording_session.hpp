#pragma once

#include <memory>

#include "net/session.hpp"
#include "sim/wire/capture_writer.hpp"
#include "sim/wire/journal.hpp"

namespace busbar::sim {

/// Writes what a session receives and sends into a capture file, as if it had been sniffed.
class RecordingSession : public net::Session {
public:
    /// `own_side`: whether this end connected (client) or listened (server).
    RecordingSession(std::unique_ptr<net::Session> inner, CaptureWriter& writer, RecordedConnection::Side own_side,
                     Endpoint own, Endpoint peer, UtcClock clock);

    void receive(Octets octets, TimePoint now) override;
    void on_deadline(TimePoint now) override { inner_->on_deadline(now); }
    void take_output(OctetBuffer& into, TimePoint now) override;
    std::optional<TimePoint> next_deadline() const override { return inner_->next_deadline(); }
    std::optional<std::string> closed() const override { return inner_->closed(); }
    void disconnected(const std::string& reason, TimePoint now) override;

private:
    std::unique_ptr<net::Session> inner_;
    UtcClock clock_;
    RecordedConnection::Side own_side_;
    RecordedConnection connection_;
};

}  // namespace busbar::sim
