#include "iec104/station/image_packer.hpp"

#include <algorithm>

#include "base/result.hpp"

namespace busbar::iec104 {

namespace {

constexpr unsigned most_objects = 127;  // VSQ, bits 0-6

}  // namespace

ImagePacker::ImagePacker(const iec60870::TypeDescription& type, const AsduFormat& format) : type_(type) {
    const unsigned body = format.max_size - format.header_size();
    most_singles_ = type.max_count == 1 ? 1 : std::min(most_objects, body / (format.ioa_size + type.size));
    longest_run_ = type.sequence_allowed ? std::min(most_objects, (body - format.ioa_size) / type.size) : 0;
}

void ImagePacker::build(iec60870::AsduHeader header, iec60870::AsduWriter& out) const {
    header.type = type_.id;
    header.sequence = run_ > 1 && run_ == count_;
    out.start(header);
    for (unsigned i = 0; i < count_; ++i) {
        const ImageObject& object = *objects_[i];
        const bool added = out.add(object.ioa, Octets(object.octets).first(type_.size));
        require(added, "as many objects as were counted fit into an ASDU");
    }
}

}  // namespace busbar::iec104
