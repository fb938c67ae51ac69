#include "iec104/link/link.hpp"

#include <algorithm>

#include "base/result.hpp"

namespace busbar::iec104 {

Link::Link(Role role, const LinkConfig& config, TimePoint now) : role_(role), config_(config), last_received_(now) {
    require(!check(config), "link parameters were checked");
}

// --- wishes of the owner ------------------------------------------------------------------------------------------

void Link::start_transfer(TimePoint now) {
    if (role_ != Role::controlling || state_ != TransferState::stopped) return;
    state_ = TransferState::pending_started;
    start_stop_sent_ = now;
    write(UFunction::startdt_act);
}

void Link::stop_transfer(TimePoint now) {
    if (role_ != Role::controlling || state_ != TransferState::started || stop_wanted_) return;
    stop_wanted_ = now;
    stop_after_ = received_;
    send_stop_when_kept(now);
}

bool Link::can_send() const { return window() > 0; }

unsigned Link::window() const {
    if (state_ != TransferState::started || stop_wanted_) return 0;
    return config_.k - static_cast<unsigned>(sent_ - acknowledged_);
}

bool Link::send(Octets asdu, TimePoint now) {
    require(!asdu.empty() && asdu.size() <= max_apdu_size - apci_size, "an ASDU to be sent has 1 to 249 octets");
    if (!can_send()) return false;
    const auto apci = i_frame_apci(sent_, kept_, asdu.size());
    output_.insert(output_.end(), apci.begin(), apci.end());
    output_.insert(output_.end(), asdu.begin(), asdu.end());
    confirmed_ = kept_;
    received_times_.release(confirmed_);
    supervisory_due_ = false;
    ++sent_;
    sent_times_.add(sent_, now);
    ++counters_.i_sent;
    return true;
}

void Link::keep(std::uint64_t number, TimePoint now) {
    require(number <= received_, "only what was received is kept");
    if (number <= kept_ || state_ == TransferState::closed) return;
    kept_ = number;
    acknowledge_if_due(now);
    send_stop_when_kept(now);
    confirm_stop_when_complete();
}

void Link::close(std::string reason) {
    if (state_ == TransferState::closed) return;
    state_ = TransferState::closed;
    close_reason_ = std::move(reason);
    report_closed_ = true;
    pending_ = {};
    asdu_.reset();
}

// --- output -------------------------------------------------------------------------------------------------------

void Link::write(UFunction function) {
    const auto frame = u_frame(function);
    output_.insert(output_.end(), frame.begin(), frame.end());
    ++counters_.u_sent;
}

void Link::write_supervisory() {
    if (!supervisory_due_) return;
    supervisory_due_ = false;
    const auto frame = s_frame(kept_);
    output_.insert(output_.end(), frame.begin(), frame.end());
    ++counters_.s_sent;
    confirmed_ = kept_;
    received_times_.release(confirmed_);
}

void Link::take_output(OctetBuffer& into) {
    write_supervisory();
    counters_.octets_sent += output_.size();
    into.clear();
    into.swap(output_);
}

// --- events -------------------------------------------------------------------------------------------------------

std::optional<Link::Event> Link::take_event(TimePoint now) {
    for (;;) {
        if (auto event = take_waiting_event()) return event;
        if (state_ == TransferState::closed) return std::nullopt;
        const Octets octets = next_apdu(now);
        if (state_ == TransferState::closed) continue;
        if (octets.empty()) return std::nullopt;
        const auto apdu = parse_apdu(octets, config_.shortest_asdu);
        if (!apdu) {
            close("received: " + apdu.error().what);
            continue;
        }
        last_received_ = now;
        std::visit([&](const auto& frame) { handle(frame, now); }, *apdu);
    }
}

std::optional<Link::Event> Link::take_waiting_event() {
    if (reported_acknowledged_ != acknowledged_) {
        reported_acknowledged_ = acknowledged_;
        return AsduAcknowledged{acknowledged_};
    }
    if (asdu_) {
        const AsduReceived event{*asdu_, received_};
        asdu_.reset();
        return event;
    }
    if (std::exchange(report_started_, false)) return TransferStarted{};
    if (std::exchange(report_stopped_, false)) return TransferStopped{};
    if (std::exchange(report_closed_, false)) return Closed{std::move(close_reason_)};
    return std::nullopt;
}

// --- time ---------------------------------------------------------------------------------------------------------

const char* Link::missing_after_t1(TimePoint now) const {
    const auto over = [now, this](const std::optional<TimePoint>& since) {
        return since && *since + config_.t1 <= now;
    };
    if (over(sent_times_.oldest())) return "acknowledgement of an I-frame";
    if (over(start_stop_sent_)) return state_ == TransferState::pending_started ? "STARTDT con" : "STOPDT con";
    if (over(test_sent_)) return "TESTFR con";
    // Not restarted by further octets: a peer that drips them must not hold the connection.
    if (partial_size_ > 0 && over(partial_since_)) return "rest of an APDU";
    return nullptr;
}

void Link::on_deadline(TimePoint now) {
    if (state_ == TransferState::closed) return;
    if (const char* missing = missing_after_t1(now)) {
        ++counters_.t1_expired;
        return close("t1: no " + std::string(missing) + " within " + std::to_string(config_.t1.count()) + " s");
    }
    acknowledge_if_due(now);
    send_stop_when_kept(now);
    if (!test_sent_ && last_received_ + config_.t3 <= now) {
        ++counters_.t3_expired;
        test_sent_ = now;
        write(UFunction::testfr_act);
    }
}

std::optional<TimePoint> Link::next_deadline() const {
    if (state_ == TransferState::closed) return std::nullopt;
    TimePoint earliest = test_sent_ ? *test_sent_ + config_.t1 : last_received_ + config_.t3;
    const auto consider = [&earliest](const std::optional<TimePoint>& since, Duration limit) {
        if (since) earliest = std::min(earliest, *since + limit);
    };
    consider(sent_times_.oldest(), config_.t1);
    consider(start_stop_sent_, config_.t1);
    consider(stop_wanted_, config_.t1);
    if (partial_size_ > 0) consider(partial_since_, config_.t1);
    // With nothing kept t2 can do nothing: `keep` makes good for it.
    if (may_acknowledge()) consider(received_times_.oldest(), config_.t2);
    return earliest;
}

}  // namespace busbar::iec104
