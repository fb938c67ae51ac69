#include <algorithm>

#include "base/result.hpp"
#include "iec104/link/link.hpp"

namespace busbar::iec104 {

// --- from octets to APDUs -----------------------------------------------------------------------------------------

void Link::receive(Octets octets, TimePoint) {
    require(pending_.empty(), "events are drained before more is received");
    if (state_ == TransferState::closed) return;
    counters_.octets_received += octets.size();
    pending_ = octets;
}

/// The next whole APDU; empty: none, or closed. Valid until the next call.
Octets Link::next_apdu(TimePoint now) {
    if (partial_size_ > 0) return complete_partial();
    const auto size = apdu_size(pending_);
    if (!size) {
        close("received: " + size.error().what);
        return {};
    }
    if (*size > 0 && *size <= pending_.size()) {
        const Octets apdu = pending_.first(*size);
        pending_ = pending_.subspan(*size);
        return apdu;
    }
    std::copy(pending_.begin(), pending_.end(), partial_.begin());
    partial_size_ = static_cast<std::uint8_t>(pending_.size());
    partial_since_ = now;
    pending_ = {};
    return {};
}

Octets Link::complete_partial() {
    while (!pending_.empty()) {
        const auto size = apdu_size(Octets(partial_).first(partial_size_));
        const std::size_t wanted = size && *size > 0 ? *size : 2;
        const std::size_t taken = std::min(wanted - partial_size_, pending_.size());
        std::copy_n(pending_.begin(), taken, partial_.begin() + partial_size_);
        partial_size_ = static_cast<std::uint8_t>(partial_size_ + taken);
        pending_ = pending_.subspan(taken);

        const auto known = apdu_size(Octets(partial_).first(partial_size_));
        if (!known) {
            close("received: " + known.error().what);
            return {};
        }
        if (partial_size_ == *known) return Octets(partial_).first(std::exchange(partial_size_, std::uint8_t{0}));
    }
    return {};
}

// --- I and S ------------------------------------------------------------------------------------------------------

bool Link::may_receive(bool i_frame) const {
    switch (state_) {
        case TransferState::started:
        case TransferState::pending_unconfirmed_stopped:
        case TransferState::pending_stopped: return true;
        // The peer has said that it sends no more (5.3): an I-frame now is its fault, and taking it could lose it.
        case TransferState::unconfirmed_stopped: return !i_frame;
        // Some controlled stations send before their STARTDT con.
        case TransferState::pending_started: return config_.accept_early_data;
        case TransferState::stopped:
        case TransferState::closed: return false;
    }
    return false;
}

void Link::handle(const IFrame& frame, TimePoint now) {
    ++counters_.i_received;
    if (!may_receive(true)) return close("I-frame received while data transfer is stopped");
    if (frame.send_number != number_on_line(received_))
        return close("N(S) " + std::to_string(frame.send_number) + " received where " +
                     std::to_string(number_on_line(received_)) + " is due");
    // More could not be told apart modulo 2^15; no k allows it.
    if (received_ - confirmed_ == sequence_modulus - 1)
        return close("more than 32767 I-frames received without waiting for an acknowledgement");
    if (!take_acknowledgement(frame.receive_number)) return;
    ++received_;
    received_times_.add(received_, now);
    asdu_ = frame.asdu;
}

void Link::handle(const SFrame& frame, TimePoint) {
    ++counters_.s_received;
    if (!may_receive(false)) return close("S-frame received while data transfer is stopped");
    if (take_acknowledgement(frame.receive_number)) confirm_stop_when_complete();
}

bool Link::take_acknowledgement(std::uint16_t receive_number) {
    const std::uint64_t open = sent_ - acknowledged_;
    const std::uint64_t released = (receive_number - acknowledged_) % sequence_modulus;
    if (released > open) {
        close("N(R) " + std::to_string(receive_number) + " received, outside of " +
              std::to_string(number_on_line(acknowledged_)) + " to " + std::to_string(number_on_line(sent_)));
        return false;
    }
    acknowledged_ += released;
    sent_times_.release(acknowledged_);
    if (state_ == TransferState::pending_unconfirmed_stopped && acknowledged_ == sent_)
        state_ = TransferState::pending_stopped;
    return true;
}

bool Link::stop_is_wanted() const {
    return stop_wanted_ || state_ == TransferState::unconfirmed_stopped ||
           state_ == TransferState::pending_unconfirmed_stopped || state_ == TransferState::pending_stopped;
}

/// No S-frame before STARTDT con or after STOPDT con: it would end the connection.
bool Link::may_acknowledge() const {
    return kept_ > confirmed_ && state_ != TransferState::pending_started && may_receive(false);
}

/// S at w, when t2 is over, or at once when a side waits for it to stop; always for kept frames only.
void Link::acknowledge_if_due(TimePoint now) {
    if (supervisory_due_ || !may_acknowledge()) return;
    const auto oldest = received_times_.oldest();
    const bool late = oldest && *oldest + config_.t2 <= now;
    if (late) ++counters_.t2_expired;
    supervisory_due_ = late || kept_ - confirmed_ >= config_.w || stop_is_wanted();
}

// --- U ------------------------------------------------------------------------------------------------------------

void Link::handle(const UFrame& frame, TimePoint now) {
    ++counters_.u_received;
    // No function, several, or unknown bits: nothing is changed (open point 4: others take the first bit that fits).
    if (!frame.function) {
        ++counters_.ignored;
        return;
    }
    if (frame.function == UFunction::testfr_act) return write(UFunction::testfr_con);
    if (frame.function == UFunction::testfr_con && test_sent_) {
        test_round_trip_ = now - *test_sent_;
        test_sent_.reset();
        return;
    }
    if (role_ == Role::controlling)
        handle_as_controlling(*frame.function, now);
    else
        handle_as_controlled(*frame.function, now);
}

void Link::handle_as_controlling(UFunction function, TimePoint now) {
    if (function == UFunction::startdt_con && state_ == TransferState::pending_started) return started(now);
    const bool stopping =
        state_ == TransferState::pending_unconfirmed_stopped || state_ == TransferState::pending_stopped;
    if (function == UFunction::stopdt_con && stopping) return stopped();
    ++counters_.ignored;  // a con that was not asked for, or an act that is not the controlled station's to send
}

void Link::handle_as_controlled(UFunction function, TimePoint now) {
    const bool start = function == UFunction::startdt_act;
    if (!start && function != UFunction::stopdt_act) {
        ++counters_.ignored;
        return;
    }
    switch (state_) {
        case TransferState::stopped:
            write(start ? UFunction::startdt_con : UFunction::stopdt_con);
            if (start) started(now);
            return;
        case TransferState::started:
            if (start) return write(UFunction::startdt_con);
            state_ = TransferState::unconfirmed_stopped;
            acknowledge_if_due(now);
            return confirm_stop_when_complete();
        case TransferState::unconfirmed_stopped:
            // Neither start nor stop is defined here; starting again would void the con that the peer waits for.
            if (start) return close("STARTDT act received before STOPDT was confirmed");
            ++counters_.ignored;
            return;
        default: return;  // the controlling station's states, and closed
    }
}

// --- start and stop -----------------------------------------------------------------------------------------------

void Link::started(TimePoint now) {
    state_ = TransferState::started;
    start_stop_sent_.reset();
    report_started_ = true;
    acknowledge_if_due(now);
}

void Link::stopped() {
    state_ = TransferState::stopped;
    start_stop_sent_.reset();
    supervisory_due_ = false;  // no S in stopped state; the frames stay open until transfer starts again
    report_stopped_ = true;
}

/// Controlling station: STOPDT act goes out when everything received before the wish to stop can be acknowledged, for
/// what the peer counts as acknowledged must not be lost. A store that stays away postpones it by t1 at most.
void Link::send_stop_when_kept(TimePoint now) {
    if (!stop_wanted_) return;
    acknowledge_if_due(now);
    if (kept_ < stop_after_ && now < *stop_wanted_ + config_.t1) return;
    write_supervisory();
    write(UFunction::stopdt_act);
    stop_wanted_.reset();
    start_stop_sent_ = now;
    state_ = acknowledged_ == sent_ ? TransferState::pending_stopped : TransferState::pending_unconfirmed_stopped;
}

/// Controlled station: STOPDT con when nothing is open in either direction, after the S that says so.
void Link::confirm_stop_when_complete() {
    if (state_ != TransferState::unconfirmed_stopped || acknowledged_ != sent_ || kept_ != received_) return;
    write_supervisory();
    write(UFunction::stopdt_con);
    stopped();
}

}  // namespace busbar::iec104
