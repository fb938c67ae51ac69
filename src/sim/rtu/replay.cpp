#include "sim/rtu/replay.hpp"

#include <algorithm>
#include <deque>
#include <utility>

#include "sim/wire/object_json.hpp"

namespace busbar::sim {

using iec104::Link;
using iec60870::Cause;

/// One connection to a replayed station.
class Replay::Session : public net::Session {
public:
    Session(Replay& replay, std::uint64_t id, std::string peer, TimePoint now)
        : replay_(replay), link_(iec104::Role::controlled, replay.config_.link, now), id_(id), peer_(std::move(peer)) {
        log("connected").add("peer", peer_).end();
        replay_.journal_.flush();
    }

    void receive(Octets octets, TimePoint now) override {
        link_.receive(octets, now);
        drain(now);
        replay_.journal_.flush();
        replay_.changed_();
    }

    void on_deadline(TimePoint now) override {
        link_.on_deadline(now);
        drain(now);
    }

    void take_output(OctetBuffer& into, TimePoint now) override {
        drain(now);
        fill_window(now);
        replay_.journal_.flush();
        link_.take_output(into);
    }

    std::optional<TimePoint> next_deadline() const override {
        const auto deadline = link_.next_deadline();
        if (!link_.can_send() || next_ >= replay_.recording_.size()) return deadline;
        const TimePoint due = replay_.due(next_);
        return deadline ? std::min(*deadline, due) : due;
    }

    std::optional<std::string> closed() const override { return closed_; }

    void disconnected(const std::string& reason, TimePoint) override {
        log("disconnected").add("peer", peer_).add("reason", reason).end();
        replay_.journal_.flush();
    }

private:
    JsonLine log(std::string_view what) {
        JsonLine line = replay_.journal_.line(what);
        line.add("connection", id_);
        return line;
    }

    void drain(TimePoint now) {
        while (auto event = link_.take_event(now)) {
            if (const auto* asdu = std::get_if<Link::AsduReceived>(&*event)) {
                link_.keep(asdu->number, now);
                request(asdu->octets);
            } else if (const auto* up_to = std::get_if<Link::AsduAcknowledged>(&*event)) {
                acknowledged(up_to->up_to);
            } else if (std::holds_alternative<Link::TransferStarted>(*event)) {
                log("transfer_started").end();
                start(now);
            } else if (std::holds_alternative<Link::TransferStopped>(*event)) {
                log("transfer_stopped").end();
            } else if (const auto* closed = std::get_if<Link::Closed>(&*event)) {
                closed_ = closed->reason;
            }
        }
    }

    void start(TimePoint now) {
        if (!replay_.started_) replay_.started_ = now;
        if (!active_) next_ = replay_.acknowledged_;
        active_ = true;
    }

    void fill_window(TimePoint now) {
        while (!answers_.empty() && link_.send(answers_.front(), now)) {
            answers_.pop_front();
            sent_.push_back(no_entry);
        }
        while (active_ && next_ < replay_.recording_.size() && replay_.due(next_) <= now) {
            const Octets asdu = replay_.recording_[next_].asdu;
            if (!link_.send(asdu, now)) return;
            ++next_;
            sent_.push_back(next_);
            JsonLine line = log("asdu");
            line.add("number", next_);
            if (const auto header = iec60870::AsduView::parse_header(asdu, replay_.config_.format))
                add_header(line, *header);
            line.add_hex("octets", asdu);
            line.end();
        }
    }

    void acknowledged(std::uint64_t up_to) {
        std::size_t last = 0;
        while (acknowledged_frames_ < up_to && !sent_.empty()) {
            ++acknowledged_frames_;
            if (sent_.front() != no_entry) last = sent_.front();
            sent_.pop_front();
        }
        if (last <= replay_.acknowledged_) return;
        log("acknowledged").add("from", replay_.acknowledged_ + 1).add("to", last).end();
        replay_.acknowledged_ = last;
        if (replay_.is_done()) log("replay_ended").end();
    }

    void request(Octets asdu) {
        JsonLine line = log("request");
        const auto header = iec60870::AsduView::parse_header(asdu, replay_.config_.format);
        if (header) add_header(line, *header);
        line.add_hex("octets", asdu);
        line.end();
        const bool wants_answer = header && header->cause == Cause::activation && next_ >= replay_.recording_.size();
        if (!wants_answer || answers_.size() >= most_answers) return;
        answers_.emplace_back(asdu.size());
        iec60870::mirror(asdu, Cause::activation_con, true, answers_.back(), replay_.config_.format);
    }

    static constexpr std::size_t most_answers = 100;
    static constexpr std::size_t no_entry = 0;  // an I-frame that is not from the recording

    Replay& replay_;
    Link link_;
    std::uint64_t id_;
    std::string peer_;
    bool active_ = false;
    std::size_t next_ = 0;          // index into the recording
    std::deque<std::size_t> sent_;  // what each unacknowledged I-frame carried: number of the ASDU, from 1
    std::uint64_t acknowledged_frames_ = 0;
    std::deque<OctetBuffer> answers_;  // refusals that wait for the window
    std::optional<std::string> closed_;
};

Replay::Replay(const ReplayConfig& config, const Recording& recording, Journal& journal, std::function<void()> changed)
    : config_(config), recording_(recording), journal_(journal), changed_(std::move(changed)) {}

std::unique_ptr<net::Session> Replay::connect(const net::PeerAddress& peer, TimePoint now) {
    return std::make_unique<Session>(*this, ++last_session_, peer.to_string(), now);
}

/// When an ASDU may leave, by the clock of the first start.
TimePoint Replay::due(std::size_t index) const {
    if (config_.speed <= 0) return *started_;
    const auto offset = std::chrono::duration<double>(recording_[index].offset) / config_.speed;
    return *started_ + std::chrono::duration_cast<Duration>(offset);
}

}  // namespace busbar::sim
