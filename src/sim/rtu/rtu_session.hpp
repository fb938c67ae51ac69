#pragma once

#include "sim/rtu/rtu.hpp"

namespace busbar::sim {

/// One connection of a control room to a simulated RTU.
class Rtu::Session : public net::Session {
public:
    Session(Rtu& rtu, std::unique_ptr<iec104::ControlledSession> session, CommandDesk::SessionId id, std::string peer,
            std::string group_name, std::function<void()> wake);

    void receive(Octets octets, TimePoint now) override;
    void on_deadline(TimePoint now) override;
    void take_output(OctetBuffer& into, TimePoint now) override;
    std::optional<TimePoint> next_deadline() const override { return session_->next_deadline(); }
    std::optional<std::string> closed() const override { return closed_; }
    void disconnected(const std::string& reason, TimePoint now) override;

    CommandDesk::SessionId id() const { return id_; }
    const std::string& peer() const { return peer_; }
    void send(Octets asdu, TimePoint now) { session_->send(asdu, now); }
    void wake() { wake_(); }
    void close(std::string reason) { session_->close(std::move(reason)); }
    iec104::ControlledSession& protocol() { return *session_; }

private:
    void drain(TimePoint now);
    void send_faulty(TimePoint now);

    Rtu& rtu_;
    std::unique_ptr<iec104::ControlledSession> session_;
    CommandDesk::SessionId id_;
    std::string peer_, group_name_;
    std::function<void()> wake_;
    std::optional<std::string> closed_;
    OctetBuffer more_;               // scratch
    std::uint64_t next_faulty_ = 0;  // I-frames sent when the next faulty ASDU is due
};

}  // namespace busbar::sim
