#pragma once

#include <array>

#include "iec104/station/process_image.hpp"
#include "iec60870/asdu/asdu.hpp"
#include "iec60870/asdu/type_table.hpp"

namespace busbar::iec104 {

/// Collects objects of one station and type in the order of their addresses and builds the ASDU that carries most of
/// them: a sequence (SQ = 1) where addresses follow each other for long enough, else single addresses.
class ImagePacker {
public:
    /// `type`: as what the objects are sent.
    ImagePacker(const iec60870::TypeDescription& type, const AsduFormat& format);

    /// False: full, not taken. The object must stay where it is until `build`. A run too short to be worth an ASDU of
    /// its own becomes single addresses.
    bool offer(const ImageObject& object) {
        if (count_ == run_ && run_ < longest_run_ && (count_ == 0 || object.ioa == objects_[count_ - 1]->ioa + 1)) {
            ++run_;
        } else if (run_ >= most_singles_ || count_ >= most_singles_) {
            return false;
        }
        objects_[count_++] = &object;
        return true;
    }
    bool empty() const { return count_ == 0; }
    /// Writes the ASDU of all that were taken.
    void build(iec60870::AsduHeader header, iec60870::AsduWriter& out) const;

private:
    const iec60870::TypeDescription& type_;
    unsigned most_singles_;  // objects in an ASDU with SQ = 0
    unsigned longest_run_;   // in one with SQ = 1
    unsigned count_ = 0;
    unsigned run_ = 0;  // of the first ones, at addresses that follow each other
    std::array<const ImageObject*, 127> objects_;
};

}  // namespace busbar::iec104
