#include "iec104/station/event_packer.hpp"

#include <algorithm>
#include <array>

#include "base/result.hpp"

namespace busbar::iec104 {

using iec60870::AsduHeader;
using iec60870::TypeDescription;

namespace {

constexpr std::uint64_t closed_to_others = 1;  // of a type that carries one object

/// All header fields that the objects of one ASDU share; never 0 or closed_to_others.
std::uint64_t shared_fields(const ObjectUpdate& update, TypeId type) {
    return std::uint64_t{1} << 63 | std::uint64_t{update.negative} << 41 | std::uint64_t{update.test} << 40 |
           std::uint64_t{type} << 32 | static_cast<std::uint64_t>(update.cause) << 24 |
           std::uint64_t{update.originator} << 16 | update.common_address;
}

}  // namespace

EventPacker::EventPacker(EventRing& ring, const AsduFormat& format, Position start)
    : ring_(ring), writer_(format), last_(start), complete_(start) {}

void EventPacker::add(const ObjectUpdate& update, const TypeDescription& type, bool twice) {
    const Octets tag = type.time_tag_of(update.element);
    const Octets element = update.element.first(update.element.size() - tag.size());
    if (twice && !tag.empty() && type.without_time_tag != 0) {
        add_one(update, *iec60870::find_type(type.without_time_tag), element);
    }
    add_one(update, type, update.element);
    if (twice && tag.empty() && type.with_cp56 != 0 && !update.time_tag.empty()) {
        std::array<Octet, 16> tagged;
        const auto end = std::copy(element.begin(), element.end(), tagged.begin());
        std::copy(update.time_tag.begin(), update.time_tag.end(), end);
        add_one(update, *iec60870::find_type(type.with_cp56),
                Octets(tagged).first(element.size() + update.time_tag.size()));
    }
}

void EventPacker::add_one(const ObjectUpdate& update, const TypeDescription& type, Octets element) {
    const std::uint64_t fields = shared_fields(update, type.id);
    const bool continues = update.position <= last_;
    if (open_ != fields || !writer_.add(update.ioa, element)) {
        if (open_ != 0) {
            close(continues ? complete_ : last_);
        } else if (continues) {
            ring_.set_end(complete_);
        }
        start(update, type.id);
        open_ = type.max_count == 1 ? closed_to_others : fields;
        open_continues_ = continues;
        require(writer_.add(update.ioa, element), "an event fits into an ASDU");
    }
    if (!continues) {
        complete_ = last_;
        last_ = update.position;
    }
}

void EventPacker::start(const ObjectUpdate& update, TypeId type) {
    AsduHeader header;
    header.type = type;
    header.cause = update.cause;
    header.negative = update.negative;
    header.test = update.test;
    header.originator = update.originator;
    header.common_address = update.common_address;
    writer_.start(header);
}

void EventPacker::close(Position complete) {
    ring_.append(writer_.octets(), complete, open_continues_);
    open_ = 0;
}

void EventPacker::advance(Position position) {
    if (position > last_) {
        complete_ = last_;
        last_ = position;
    }
    if (open_ == 0) ring_.set_end(last_);
}

void EventPacker::flush() {
    if (open_ != 0) close(last_);
}

}  // namespace busbar::iec104
