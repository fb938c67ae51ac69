#include "iec102/link/remote_link.hpp"

#include <utility>

namespace busbar::iec102 {

void RemoteLink::begin(PrimaryFunction function, OctetBuffer asdu) {
    require(is_reset() || !counts_frames(function), "the link is reset before frames are counted");
    function_ = function;
    asdu_ = std::move(asdu);
    taken_ = false;
}

Frame RemoteLink::take_frame() {
    PrimaryControl control{function_};
    if (counts_frames(function_)) {
        if (!taken_) frame_count_ = !*frame_count_;
        control.frame_count_valid = true;
        control.frame_count = *frame_count_;
    }
    taken_ = true;
    return {to_octet(control), link_address_, asdu_};
}

void RemoteLink::answered(const SecondaryControl& control) {
    if (function_ == PrimaryFunction::reset_remote_link && control.function == SecondaryFunction::ack)
        frame_count_ = false;
}

}  // namespace busbar::iec102
