#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "iec104/station/frozen_counters.hpp"
#include "iec104/station/image_packer.hpp"
#include "iec104/station/process_image.hpp"
#include "iec60870/asdu/asdu.hpp"

namespace busbar::iec104 {

/// Which objects of a station a scan sends, and how.
struct ScanSelection {
    enum class Form : std::uint8_t {
        base,         // without time tag
        time_tagged,  // with CP56Time2a where there is one
        as_stored,    // with CP56Time2a where the type of the object's events has it
        event,        // as the object's last event
    };

    Cause cause{};  // objects whose type does not permit it are left out
    Form form = Form::base;
    bool test = false;
    std::uint8_t originator = 0;
    std::uint16_t groups = 0;                // any of these interrogation groups; 0 = all objects
    std::uint8_t counter_group = 0;          // 0 = all
    const FrozenCounters* frozen = nullptr;  // their readings are sent instead of the present values
    /// Objects updated later than the limit of `next`: wait for it (true), or leave them out.
    bool wait_for_events = true;
    /// Only objects updated after this.
    std::optional<Position> after;
};

/// A walk over the image of one station that gives its objects as ASDUs, values as they are when an ASDU is built.
/// It goes from type to type, and from address to address within one, so that ASDUs are full whatever lies side by
/// side. Objects that have to wait are remembered (a bounded number: then the walk waits too) and come later.
class ImageScan {
public:
    ImageScan(CommonAddress common_address, const ScanSelection& selection)
        : common_address_(common_address), selection_(selection) {}

    enum class Step : std::uint8_t { built, waiting, finished };
    /// Builds the next ASDU of objects not updated later than `limit`. `waiting`: none before `limit` has moved.
    Step next(const ProcessImage& image, Position limit, const AsduFormat& format, iec60870::AsduWriter& out);
    /// Leaves out the objects that wait and returns how many these were.
    std::size_t give_up_waiting();

    CommonAddress common_address() const { return common_address_; }

private:
    /// What the objects of one ASDU have in common: type and, for `time_tagged` and `as_stored`, whether it has the
    /// tag.
    using Pass = std::uint8_t;  // place of the type << 1 | tagged
    static constexpr Pass end = 128;

    Pass pass_of(const ImageObject& object) const;
    const iec60870::TypeDescription* type_of(Pass pass) const;
    bool selected(const ImageObject& object) const;
    const ImageObject& reading_of(const ImageObject& object) const;
    bool exists(const StationImage& station) const;
    bool walk(const StationImage& station, Position limit, const AsduFormat& format, iec60870::AsduWriter& out);
    bool retry(const StationImage& station, Position limit, const AsduFormat& format, iec60870::AsduWriter& out);
    void next_pass();
    void wait_for(const ImageObject& object);
    iec60870::AsduHeader header() const;

    CommonAddress common_address_;
    ScanSelection selection_;
    Pass pass_ = 0;
    Ioa next_ioa_ = 0;
    bool stalled_ = false;  // too many objects wait for the walk to go on
    std::vector<Ioa> waiting_;
    Position retry_at_;  // not before the limit has come here
};

}  // namespace busbar::iec104
