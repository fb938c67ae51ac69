#pragma once

#include "sim/scada/scada.hpp"

namespace busbar::sim {

/// The control room's end of one connection.
class Scada::Session : public net::Session {
public:
    Session(Scada& scada, std::string peer, std::function<void()> wake, TimePoint now);
    ~Session() override;

    void receive(Octets octets, TimePoint now) override;
    void on_deadline(TimePoint now) override;
    void take_output(OctetBuffer& into, TimePoint now) override;
    std::optional<TimePoint> next_deadline() const override;
    std::optional<std::string> closed() const override { return closed_; }
    void disconnected(const std::string& reason, TimePoint now) override;

    iec104::ControllingSession& protocol() { return session_; }
    bool is_started() const;
    CommandFollower& commands() { return commands_; }
    const std::string& peer() const { return peer_; }
    void wake() { wake_(); }
    void synchronize_clock(iec60870::CommonAddress common_address, TimePoint now);
    /// Ends the connection after STOPDT.
    void stop(TimePoint now);

private:
    using Protocol = iec104::ControllingSession;
    void drain(TimePoint now);
    void handle(Protocol::Event& event, TimePoint now);
    void object(const iec60870::AsduView& asdu);
    void answer(const iec60870::AsduView& asdu, TimePoint now);
    void rejected(const Protocol::AsduRejected& rejected);
    void interrogation_ended(const Protocol::InterrogationEnded& ended);
    void started(TimePoint now);
    void log_command(const CommandRequest& request, CommandFollower::Outcome outcome, iec60870::Cause cause);
    JsonLine line(std::string_view what) { return scada_.journal_.line(what); }

    Scada& scada_;
    Protocol session_;
    CommandFollower commands_;
    std::string peer_;
    std::function<void()> wake_;
    std::optional<std::string> closed_;
    std::uint64_t received_ = 0;  // number of the last frame whose contents are in the journal
    bool stopping_ = false;
};

}  // namespace busbar::sim
