#include <fmt/format.h>

#include "busbar/decode_ft12.hpp"

namespace busbar::program {

using iec102::FrameStart;

namespace {

std::string count_octets(std::size_t count) { return fmt::format("{} {}", count, count == 1 ? "octet" : "octets"); }

}  // namespace

void Ft12Stream::feed(Octets octets, const ApduPlace& place) {
    const unsigned index = place.frame == place_.frame ? place_.apdu : 0;
    place_ = place;
    place_.apdu = index;
    pending_.insert(pending_.end(), octets.begin(), octets.end());
    while (take_one()) {
    }
}

bool Ft12Stream::take_one() {
    if (pending_.empty()) return false;
    const FrameStart start = iec102::examine_frame(pending_);
    if (start.verdict == FrameStart::Verdict::incomplete) return false;
    if (start.verdict != FrameStart::Verdict::whole) {
        skip(start.verdict == FrameStart::Verdict::no_start ? "" : start.error.what);
        return true;
    }
    report_skipped();
    output_->apdu(place_, Octets(pending_).first(start.size));
    ++place_.apdu;
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(start.size));
    return true;
}

/// The first reason tells what a person wants to know; the rest follows from it.
void Ft12Stream::skip(const std::string& why) {
    if (why_skipped_.empty()) why_skipped_ = why;
    ++skipped_;
    pending_.erase(pending_.begin());
}

void Ft12Stream::report_skipped() {
    if (skipped_ == 0) return;
    output_->fault(place_, count_octets(skipped_) + " that belong to no frame" +
                               (why_skipped_.empty() ? "" : ": " + why_skipped_));
    skipped_ = 0;
    why_skipped_.clear();
}

/// What began like a frame will not be one any more; there may be one in it.
void Ft12Stream::give_up_rest() {
    while (!pending_.empty()) {
        if (!take_one()) skip("a frame whose rest is missing");
    }
    report_skipped();
}

void Ft12Stream::lose_track(const ApduPlace& place) {
    give_up_rest();
    place_ = place;
}

void Ft12Stream::finish(const ApduPlace& place) {
    place_ = place;
    give_up_rest();
}

}  // namespace busbar::program
