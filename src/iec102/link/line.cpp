#include "iec102/link/line.hpp"

#include <algorithm>
#include <utility>

namespace busbar::iec102 {
namespace {

/// Between frames the line is idle for at least this long after an error (FT1.2).
constexpr unsigned idle_bits = 33;
constexpr unsigned bits_of_octet = 11;

Duration bit_time(unsigned bits, unsigned baud) {
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(static_cast<double>(bits) / baud));
}

bool is_refusal(SecondaryFunction function) {
    return function == SecondaryFunction::nack || function == SecondaryFunction::not_functioning ||
           function == SecondaryFunction::not_used;
}

/// Can this be said in answer to that? An answer to an earlier attempt may still come, and must not be taken for one.
bool answers(PrimaryFunction asked, SecondaryFunction said, bool has_asdu) {
    if (has_asdu != (said == SecondaryFunction::user_data)) return false;
    if (is_refusal(said)) return true;
    switch (asked) {
        case PrimaryFunction::request_status: return said == SecondaryFunction::status_of_link;
        case PrimaryFunction::reset_remote_link:
        case PrimaryFunction::user_data: return said == SecondaryFunction::ack;
        case PrimaryFunction::request_class_1:
        case PrimaryFunction::request_class_2:
            return said == SecondaryFunction::user_data || said == SecondaryFunction::no_data;
    }
    return false;
}

}  // namespace

void Line::configure(const LineConfig& config) {
    if (config.gap_limit != config_.gap_limit) reader_.set_gap_limit(config.gap_limit);
    config_ = config;
}

void Line::open(TimePoint now) {
    close();
    open_ = true;
    free_at_ = now + config_.settle;
}

void Line::close() {
    open_ = false;
    waiting_for_.reset();
    event_.reset();
    output_.clear();
    reader_.clear();
    wait_for_idle_ = false;
}

void Line::send(const Frame& request, TimePoint now) {
    require(is_free(now), "one frame is outstanding at a time");
    // What was received before cannot answer this.
    reader_.clear();
    const std::size_t before = output_.size();
    append_frame(request, output_);
    const std::size_t size = output_.size() - before;
    counters_.octets_sent += size;
    ++counters_.frames_sent;
    waiting_for_ =
        Outstanding{primary_control(request.control).function, request.link_address,
                    now + transmission_time(size) + config_.request_timeout, std::nullopt, reader_.counters().faults()};
    wait_for_idle_ = false;
}

void Line::receive(Octets octets, TimePoint now) {
    if (!open_) return;
    counters_.octets_received += octets.size();
    if (config_.baud) idle_until_ = now + bit_time(idle_bits, *config_.baud);
    if (!waiting_for_) {
        counters_.unasked_octets += octets.size();
        return;
    }
    reader_.receive(octets, now);
    look_for_answer(now);
}

void Line::on_deadline(TimePoint now) {
    if (waiting_for_) look_for_answer(now);
}

void Line::look_for_answer(TimePoint now) {
    while (waiting_for_) {
        const auto received = reader_.take_frame(now);
        if (!received) break;
        judge(*received, now);
    }
    if (!waiting_for_) return;
    Outstanding& asked = *waiting_for_;
    if (now < asked.deadline) return;
    // A frame whose first octets came in time may be received to its end, but no other after it.
    if (!asked.late) asked.late = reader_.position();
    if (!reader_.is_inside_frame() || reader_.position() != *asked.late) fall_silent(now);
}

void Line::judge(const FrameReader::Received& received, TimePoint now) {
    const Frame& frame = received.frame;
    if (is_primary(frame.control)) {
        ++counters_.echoes;
        return;
    }
    if (frame.link_address != waiting_for_->link_address) {
        ++counters_.foreign;
        return;
    }
    const SecondaryControl control = secondary_control(frame.control);
    if (!answers(waiting_for_->function, control.function, !frame.asdu.empty())) {
        ++counters_.unfitting;
        return;
    }
    ++counters_.answers;
    answer_asdu_.assign(frame.asdu.begin(), frame.asdu.end());
    event_ = Answer{control, answer_asdu_};
    free_at_ = now + config_.inter_request_delay;
    finish(now, was_disturbed());
}

void Line::fall_silent(TimePoint now) {
    ++counters_.silences;
    event_ = Silence{};
    free_at_ = now;
    finish(now, true);
}

void Line::finish(TimePoint now, bool disturbed) {
    waiting_for_.reset();
    wait_for_idle_ = disturbed && config_.baud.has_value();
    idle_at_latest_ = now + config_.gap_limit;
}

TimePoint Line::free_at() const {
    if (!wait_for_idle_) return free_at_;
    return std::max(free_at_, std::min(idle_until_, idle_at_latest_));
}

std::optional<Line::Event> Line::take_event() { return std::exchange(event_, std::nullopt); }

void Line::take_output(OctetBuffer& into) {
    into.clear();
    std::swap(into, output_);
}

std::optional<TimePoint> Line::next_deadline() const {
    if (!waiting_for_) return std::nullopt;
    const auto frame = reader_.next_deadline();
    // Past its own deadline the request lives as long as the frame that is being received.
    if (waiting_for_->late) return frame;
    return frame ? std::min(waiting_for_->deadline, *frame) : waiting_for_->deadline;
}

/// How long the frame needs on a serial line: the time-out begins behind it.
Duration Line::transmission_time(std::size_t octets) const {
    return config_.baud ? bit_time(static_cast<unsigned>(octets) * bits_of_octet, *config_.baud) : Duration{};
}

bool Line::was_disturbed() const { return reader_.counters().faults() != waiting_for_->faults_before; }

}  // namespace busbar::iec102
