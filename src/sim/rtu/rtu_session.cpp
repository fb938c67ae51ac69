#include "sim/rtu/rtu_session.hpp"

#include <utility>

#include "iec60870/asdu/visit.hpp"
#include "sim/wire/object_json.hpp"

namespace busbar::sim {

using iec104::ControlledSession;

Rtu::Session::Session(Rtu& rtu, std::unique_ptr<ControlledSession> session, CommandDesk::SessionId id, std::string peer,
                      std::string group_name, std::function<void()> wake)
    : rtu_(rtu),
      session_(std::move(session)),
      id_(id),
      peer_(std::move(peer)),
      group_name_(std::move(group_name)),
      wake_(std::move(wake)) {
    rtu_.journal_.line("connected").add("connection", id_).add("peer", peer_).add("group", group_name_).end();
    rtu_.journal_.flush();
}

void Rtu::Session::receive(Octets octets, TimePoint now) {
    session_->receive(octets, now);
    drain(now);
}

void Rtu::Session::on_deadline(TimePoint now) {
    session_->on_deadline(now);
    drain(now);
}

void Rtu::Session::drain(TimePoint now) {
    while (auto event = session_->take_event(now)) {
        if (const auto* command = std::get_if<ControlledSession::CommandReceived>(&*event)) {
            rtu_.receive_command(*this, command->octets, now);
        } else if (const auto* file = std::get_if<iec104::FileEvent>(&*event)) {
            if (rtu_.files_) rtu_.files_->handle(*session_, *file, peer_);
        } else if (const auto* clock = std::get_if<ControlledSession::ClockReceived>(&*event)) {
            JsonLine line = rtu_.journal_.line("clock");
            line.add("connection", id_).add("casdu", clock->common_address);
            add_element(line, 103, clock->time, rtu_.journal_.now());
            line.end();
        } else if (std::holds_alternative<ControlledSession::TransferStarted>(*event)) {
            rtu_.journal_.line("transfer_started").add("connection", id_).add("group", group_name_).end();
        } else if (std::holds_alternative<ControlledSession::TransferStopped>(*event)) {
            rtu_.journal_.line("transfer_stopped").add("connection", id_).add("group", group_name_).end();
        } else if (const auto* closed = std::get_if<ControlledSession::Closed>(&*event)) {
            closed_ = closed->reason;
        }
    }
    rtu_.log_acknowledgements();
    rtu_.journal_.flush();
    rtu_.changed_();
}

void Rtu::Session::take_output(OctetBuffer& into, TimePoint now) {
    drain(now);  // another connection of the group may have taken over
    send_faulty(now);
    session_->take_output(into, now);
    // A group that the station's ring has overtaken asks for events while it fills the window.
    while (rtu_.serve_backlog(now)) {
        session_->take_output(more_, now);
        into.insert(into.end(), more_.begin(), more_.end());
    }
}

void Rtu::Session::send_faulty(TimePoint now) {
    for (const Fault& fault : rtu_.config_.faults) {
        if (fault.kind != FaultKind::damaged_asdu && fault.kind != FaultKind::unknown_type) continue;
        if (session_->link().sent_count() < next_faulty_ + fault.number || rtu_.stations_.empty()) continue;
        next_faulty_ = session_->link().sent_count();
        session_->send(make_faulty_asdu(fault.kind, rtu_.stations_.front()), now);
    }
}

void Rtu::Session::disconnected(const std::string& reason, TimePoint) { rtu_.disconnected(*this, reason); }

}  // namespace busbar::sim
