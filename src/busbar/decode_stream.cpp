#include "busbar/decode_stream.hpp"

#include "iec104/apci/apci.hpp"

namespace busbar::program {
namespace {

constexpr Octet greatest_length = 253;

std::string count_octets(std::size_t count) { return std::to_string(count) + (count == 1 ? " octet" : " octets"); }

}  // namespace

void ApduStream::feed(Octets octets, const ApduPlace& place) {
    const unsigned index = place.frame == place_.frame ? place_.apdu : 0;
    place_ = place;
    place_.apdu = index;
    if (ended_ || octets.empty()) return;
    if (!in_track_ && !iec104::apdu_size(octets)) {
        output_->fault(place_, count_octets(octets.size()) + " from the middle of something");
        return;
    }
    in_track_ = true;
    pending_.insert(pending_.end(), octets.begin(), octets.end());
    while (take_one()) {
    }
}

bool ApduStream::take_one() {
    if (pending_.size() < 2) return false;  // start and length are read together
    auto size = iec104::apdu_size(pending_);
    if (!size && size.error().at == 1 && pending_[1] > greatest_length) {
        // Too long, but its end is known: a decoder can show what a station must refuse.
        size = std::size_t{pending_[1]} + 2;
        if (pending_.size() < *size) return false;
        output_->fault(place_, iec104::apdu_size(pending_).error().what);
    }
    if (!size) {
        output_->fault(place_, size.error().what);
        pending_.clear();
        ended_ = true;
        return false;
    }
    if (pending_.size() < *size) return false;
    output_->apdu(place_, Octets{pending_}.first(*size));
    ++place_.apdu;
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(*size));
    return true;
}

void ApduStream::lose_track(const ApduPlace& place) {
    if (!pending_.empty()) output_->fault(place, count_octets(pending_.size()) + " of an APDU whose rest is missing");
    pending_.clear();
    in_track_ = ended_ = false;
}

void ApduStream::restart(const ApduPlace& place) {
    lose_track(place);
    in_track_ = true;
}

void ApduStream::finish(const ApduPlace& place) {
    if (!pending_.empty()) output_->fault(place, count_octets(pending_.size()) + " left over");
    pending_.clear();
}

}  // namespace busbar::program
