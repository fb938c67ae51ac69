#include "iec104/station/redundancy_group.hpp"

#include <algorithm>
#include <utility>

namespace busbar::iec104 {

using iec60870::AsduWriter;

RedundancyGroup::RedundancyGroup(std::string name, const EventRing& ring, Position after, std::size_t reach)
    : name_(std::move(name)), ring_(&ring), reach_(reach), position_(after) {
    join();
}

void RedundancyGroup::use(const EventRing& ring) {
    position_ = position();
    ring_ = &ring;
    joined_ = false;
    missing_ = false;
    asked_.reset();
    if (repair_) repair(repair_->after);
    join();
}

// --- the started connection ---------------------------------------------------------------------------------------

void RedundancyGroup::start(Carrier& carrier) {
    if (carrier_ == &carrier) return;
    if (Carrier* old = std::exchange(carrier_, nullptr)) {
        rewind();
        old->overtaken();
    }
    carrier_ = &carrier;
}

void RedundancyGroup::stop(const Carrier& carrier) {
    if (carrier_ != &carrier) return;
    carrier_ = nullptr;
    rewind();
}

/// Back to the first event that was not acknowledged: kept is what N(R) said, not what was sent.
void RedundancyGroup::rewind() {
    if (repair_) {
        if (!unacknowledged_.empty()) {
            const auto& first = unacknowledged_.front();
            cursor_ = first.offset != not_in_ring ? first.offset : ring_->find(first.before).offset;
        }
        cursor_ = std::min(cursor_, repair_->resume_at);
        joined_ = true;
        repair_->scan.reset();
        repair_->walked = false;
    } else if (!unacknowledged_.empty()) {
        joined_ = unacknowledged_.front().offset != not_in_ring;
        cursor_ = unacknowledged_.front().offset;
        position_ = unacknowledged_.front().before;
    }
    unacknowledged_.clear();
    confirmed_ = 0;
    forget_backlog();
}

void RedundancyGroup::forget_backlog() {
    backlog_.reset();
    ahead_.reset();
    missing_ = false;
    asked_.reset();
}

void RedundancyGroup::acknowledge(std::uint64_t number) {
    confirmed_ = number;
    while (!unacknowledged_.empty() && unacknowledged_.front().number <= number) unacknowledged_.pop();
    if (repair_ && repair_->walked && repair_->last_number <= number) repair_.reset();
}

Position RedundancyGroup::position() const {
    return joined_ && cursor_ >= ring_->tail() ? ring_->position_before(cursor_) : position_;
}

Position RedundancyGroup::acknowledged() const {
    const Position reached = unacknowledged_.empty() ? position() : unacknowledged_.front().before;
    return repair_ ? std::min(reached, repair_->after) : reached;
}

// --- events -------------------------------------------------------------------------------------------------------

Octets RedundancyGroup::take_event(std::uint64_t number, const ProcessImage& image, const AsduFormat& format,
                                   AsduWriter& out) {
    if (repair_ && !repair_->walked) {
        cursor_ = std::max(cursor_, std::min(ring_->tail(), repair_->resume_at));
        if (cursor_ < repair_->resume_at) return take_from_ring(number);
        if (walk(image, format, out)) {
            unacknowledged_.push({number, repair_->resume_at, repair_->after});
            return out.octets();
        }
        end_walk(number - 1);
    }
    return join() ? take_from_ring(number) : take_from_backlog(number);
}

Octets RedundancyGroup::take_from_ring(std::uint64_t number) {
    if (cursor_ == ring_->head()) return {};
    const EventRing::Entry entry = ring_->at(cursor_);
    unacknowledged_.push({number, cursor_, ring_->position_before(cursor_)});
    cursor_ = entry.next;
    position_ = entry.complete;
    return entry.asdu;
}

Octets RedundancyGroup::take_from_backlog(std::uint64_t number) {
    if (!backlog_) return {};
    const EventRing::Entry entry = backlog_->front();
    unacknowledged_.push({number, not_in_ring, backlog_->position_before_front()});
    backlog_->pop();
    position_ = entry.complete;
    return entry.asdu;
}

/// True if the group reads the ring, or does so from now on because nothing is missing any more.
bool RedundancyGroup::join() {
    if (joined_ && !is_in_reach(cursor_)) {
        position_ = position();
        joined_ = false;
    }
    turn_to_next_piece();
    if (joined_ || missing_ || backlog_) return joined_;
    const auto place = place_in_ring(position_);
    missing_ = !place;
    joined_ = !missing_;
    if (joined_) cursor_ = *place;
    return joined_;
}

/// If the present one was sent.
void RedundancyGroup::turn_to_next_piece() {
    while (backlog_ && backlog_->empty()) {
        position_ = backlog_->covered();
        backlog_ = std::move(ahead_);
    }
}

/// Where what follows a position begins; nothing: the ring does not hold all of it.
std::optional<std::uint64_t> RedundancyGroup::place_in_ring(Position after) const {
    const EventRing::Place place = ring_->find(after);
    if (place.known != after || !is_in_reach(place.offset)) return std::nullopt;
    return place.offset;
}

// --- what the ring has lost ---------------------------------------------------------------------------------------

/// What follows a piece is asked for while the piece is being sent.
std::optional<Position> RedundancyGroup::take_backlog_request() {
    if (!started() || asked_ || (repair_ && !repair_->walked) || join()) return std::nullopt;
    if (missing_) {
        asked_ = position_;
    } else if (!ahead_ && !place_in_ring(backlog_->covered())) {
        asked_ = backlog_->covered();
    }
    return asked_;
}

std::size_t RedundancyGroup::feed(Position after, std::span<const ObjectUpdate> updates, Position up_to,
                                  const ProcessImage& image, const AsduFormat& format, std::size_t backlog_octets) {
    // The answer to a question from before the connection was lost would leave a hole.
    if (asked_ != after) return 0;
    asked_.reset();
    const EventRing::Place place = ring_->find(after);
    const Position until = is_in_reach(place.offset) ? place.known : ring_->end();
    auto piece = std::make_unique<EventBacklog>(EventBacklog::Piece{updates, after, until, up_to}, image, format,
                                                backlog_octets);
    const std::size_t taken = piece->taken();
    (backlog_ ? ahead_ : backlog_) = std::move(piece);
    turn_to_next_piece();
    missing_ = false;
    return taken;
}

// --- repair -------------------------------------------------------------------------------------------------------

void RedundancyGroup::repair(Position after) {
    forget_backlog();
    Repair repair;
    repair.after = std::min(after, acknowledged());
    repair.until = ring_->end();
    repair.resume_at = ring_->head();
    if (!joined_) cursor_ = ring_->find(position_).offset;
    joined_ = true;
    repair_ = repair;
}

void RedundancyGroup::drop_events() {
    repair_.reset();
    forget_backlog();
    unacknowledged_.clear();
    joined_ = true;
    cursor_ = ring_->head();
}

/// The next ASDU of the image's walk; false: it is through.
bool RedundancyGroup::walk(const ProcessImage& image, const AsduFormat& format, AsduWriter& out) {
    CommonAddress behind = 0;
    for (;;) {
        if (repair_->scan) {
            if (repair_->scan->next(image, repair_->until, format, out) == ImageScan::Step::built) return true;
            behind = repair_->scan->common_address();
        }
        const auto station = image.next_station(behind);
        if (!station) return false;
        ScanSelection updated;
        updated.cause = Cause::spontaneous;
        updated.form = ScanSelection::Form::event;
        updated.wait_for_events = false;
        updated.after = repair_->after;
        repair_->scan.emplace(*station, updated);
    }
}

void RedundancyGroup::end_walk(std::uint64_t last_number) {
    repair_->walked = true;
    repair_->last_number = last_number;
    position_ = repair_->until;
    if (last_number <= confirmed_) repair_.reset();
}

}  // namespace busbar::iec104
