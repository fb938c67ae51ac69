#include "iec104/station/image_scan.hpp"

#include <algorithm>
#include <functional>
#include <optional>

namespace busbar::iec104 {

using iec60870::AsduWriter;
using iec60870::Direction;
using iec60870::TypeDescription;

namespace {

constexpr std::size_t most_waiting = 1024;

}  // namespace

ImageScan::Pass ImageScan::pass_of(const ImageObject& object) const {
    using Tag = ImageObject::Tag;
    switch (selection_.form) {
        case ScanSelection::Form::event: return static_cast<Pass>(place_of_type(object.type) << 1);
        case ScanSelection::Form::base: return static_cast<Pass>(place_of_type(object.base_type) << 1);
        case ScanSelection::Form::as_stored:
            return static_cast<Pass>(place_of_type(object.base_type) << 1 | (object.tag == Tag::cp56 ? 1 : 0));
        case ScanSelection::Form::time_tagged:
            return static_cast<Pass>(place_of_type(object.base_type) << 1 |
                                     (object.tag == Tag::cp56 || object.tag == Tag::aside ? 1 : 0));
    }
    return end;
}

/// As what the objects of a pass are sent; nullptr: not at all.
const TypeDescription* ImageScan::type_of(Pass pass) const {
    const auto* type = iec60870::find_type(type_at_place(pass >> 1));
    if (type == nullptr || !type->permits(Direction::monitor, selection_.cause)) return nullptr;
    return (pass & 1) != 0 ? iec60870::find_type(type->with_cp56) : type;
}

bool ImageScan::exists(const StationImage& station) const {
    const bool event = selection_.form == ScanSelection::Form::event;
    const std::uint64_t types = event ? station.types : station.base_types;
    return (types >> (pass_ >> 1) & 1) != 0;
}

bool ImageScan::selected(const ImageObject& object) const {
    return object.type != 0 && (selection_.groups == 0 || (object.groups & selection_.groups) != 0) &&
           (selection_.counter_group == 0 || object.counter_group == selection_.counter_group) &&
           (!selection_.after || object.position > *selection_.after);
}

const ImageObject& ImageScan::reading_of(const ImageObject& object) const {
    return selection_.frozen == nullptr ? object : selection_.frozen->reading_of(common_address_, object);
}

iec60870::AsduHeader ImageScan::header() const {
    iec60870::AsduHeader header;
    header.cause = selection_.cause;
    header.test = selection_.test;
    header.originator = selection_.originator;
    header.common_address = common_address_;
    return header;
}

ImageScan::Step ImageScan::next(const ProcessImage& image, Position limit, const AsduFormat& format, AsduWriter& out) {
    const StationImage* station = image.station(common_address_);
    if (station == nullptr) return Step::finished;
    if (!waiting_.empty() && limit >= retry_at_ && retry(*station, limit, format, out)) return Step::built;
    while (pass_ != end) {
        if (walk(*station, limit, format, out)) return Step::built;
        if (stalled_) return Step::waiting;
    }
    return waiting_.empty() ? Step::finished : Step::waiting;
}

/// On through the objects of the present pass. False: nothing built, the pass is over or the walk stalled.
bool ImageScan::walk(const StationImage& station, Position limit, const AsduFormat& format, AsduWriter& out) {
    stalled_ = false;
    const TypeDescription* type = exists(station) ? type_of(pass_) : nullptr;
    if (type == nullptr) {
        next_pass();
        return false;
    }
    ImagePacker packer(*type, format);
    Ioa resume = 0;
    station.for_each_from(next_ioa_, [&](const ImageObject& object) {
        if (object.ioa > highest_ioa(format)) return false;
        const ImageObject& reading = reading_of(object);
        if (pass_of(reading) != pass_ || !selected(object)) return true;
        const bool due = object.position <= limit;
        if (!due && !selection_.wait_for_events) return true;
        stalled_ = !due && waiting_.size() == most_waiting;
        if (stalled_ || (due && !packer.offer(reading))) {
            resume = object.ioa;
            return false;
        }
        if (!due) wait_for(object);
        return true;
    });
    if (resume == 0) {
        next_pass();
    } else {
        next_ioa_ = resume;
    }
    if (packer.empty()) return false;
    packer.build(header(), out);
    return true;
}

void ImageScan::next_pass() {
    ++pass_;
    next_ioa_ = 0;
}

void ImageScan::wait_for(const ImageObject& object) {
    waiting_.push_back(object.ioa);
    retry_at_ = std::max(retry_at_, object.position);
}

/// An ASDU of objects that have waited long enough. False: none of them has.
bool ImageScan::retry(const StationImage& station, Position limit, const AsduFormat& format, AsduWriter& out) {
    std::optional<ImagePacker> packer;
    Pass pass = end;
    bool full = false;
    Position latest;
    const auto is_done = [&](Ioa ioa) {
        if (full) return false;
        const ImageObject* object = station.find(ioa);
        if (object == nullptr || !selected(*object)) return true;  // removed, or another kind of object now
        const ImageObject& reading = reading_of(*object);
        const TypeDescription* type = type_of(pass_of(reading));
        if (type == nullptr) return true;
        if (object->position > limit) {
            latest = std::max(latest, object->position);
            return false;
        }
        if (!packer) {
            packer.emplace(*type, format);
            pass = pass_of(reading);
        }
        if (pass_of(reading) != pass) return false;
        full = !packer->offer(reading);
        return !full;
    };
    waiting_.erase(std::remove_if(waiting_.begin(), waiting_.end(), std::ref(is_done)), waiting_.end());
    if (!packer) {
        retry_at_ = latest;
        return false;
    }
    packer->build(header(), out);
    return true;
}

std::size_t ImageScan::give_up_waiting() {
    const std::size_t count = waiting_.size();
    waiting_ = {};
    return count;
}

}  // namespace busbar::iec104
