#pragma once

#include <cstdint>
#include <optional>

#include "base/octets.hpp"
#include "iec102/ft12/control.hpp"
#include "iec102/ft12/frame.hpp"

namespace busbar::iec102 {

/// The link to one link address as the primary station keeps it: the frame count bit, and the frame that is repeated
/// until it is answered.
class RemoteLink {
public:
    explicit RemoteLink(std::uint16_t link_address) : link_address_(link_address) {}

    /// The secondary station's frame count bit is not known any more: an answer did not come, the connection was lost,
    /// or somebody else used the line.
    void forget() { frame_count_.reset(); }
    bool is_reset() const { return frame_count_.has_value(); }

    /// The next frame. One that counts frames (FCV = 1) needs a link that is reset.
    void begin(PrimaryFunction function, OctetBuffer asdu = {});
    /// The frame to be sent, and sent again: the first time toggles the frame count bit, a repetition keeps it. It is
    /// valid until the next call of `begin`.
    Frame take_frame();
    /// It was answered. After a confirmed reset the next frame carries FCB = 1.
    void answered(const SecondaryControl& control);

    std::uint16_t link_address() const { return link_address_; }

private:
    std::uint16_t link_address_;
    std::optional<bool> frame_count_;  // of the last frame that carried it
    PrimaryFunction function_{};
    bool taken_ = false;
    OctetBuffer asdu_;
};

}  // namespace busbar::iec102
