#include "sim/wire/recording_session.hpp"

#include <utility>

namespace busbar::sim {
namespace {

RecordedConnection::Side other(RecordedConnection::Side side) {
    return side == RecordedConnection::client ? RecordedConnection::server : RecordedConnection::client;
}

}  // namespace

RecordingSession::RecordingSession(std::unique_ptr<net::Session> inner, CaptureWriter& writer,
                                   RecordedConnection::Side own_side, Endpoint own, Endpoint peer, UtcClock clock)
    : inner_(std::move(inner)),
      clock_(std::move(clock)),
      own_side_(own_side),
      connection_(writer, own_side == RecordedConnection::client ? own : peer,
                  own_side == RecordedConnection::client ? peer : own, clock_()) {}

void RecordingSession::receive(Octets octets, TimePoint now) {
    connection_.send(other(own_side_), octets, clock_());
    inner_->receive(octets, now);
}

void RecordingSession::take_output(OctetBuffer& into, TimePoint now) {
    inner_->take_output(into, now);
    connection_.send(own_side_, into, clock_());
}

void RecordingSession::disconnected(const std::string& reason, TimePoint now) {
    connection_.close(clock_());
    inner_->disconnected(reason, now);
}

}  // namespace busbar::sim
