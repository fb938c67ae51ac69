#include "iec60870/asdu/asdu.hpp"

#include <algorithm>
#include <cstring>

#include "iec60870/asdu/type_table.hpp"

namespace busbar::iec60870 {
namespace {

constexpr TypeId segment_type = 125;  // F_SG_NA_1: the only type whose object says how long it is
constexpr unsigned length_of_segment_at = 3;
constexpr unsigned vsq_at = 1;
constexpr unsigned cause_at = 2;
constexpr unsigned max_count = 127;
constexpr Octet sequence_bit = 0x80;
constexpr Octet negative_bit = 0x40;
constexpr Octet test_bit = 0x80;

unsigned load(const Octet* octets, unsigned size) {
    unsigned value = 0;
    for (unsigned i = 0; i < size; ++i) value |= static_cast<unsigned>(octets[i]) << (8 * i);
    return value;
}

Octet* store(Octet* out, unsigned value, unsigned size) {
    for (unsigned i = 0; i < size; ++i) *out++ = static_cast<Octet>(value >> (8 * i));
    return out;
}

Octet cause_octet(Cause cause, bool negative, bool test) {
    return static_cast<Octet>((static_cast<unsigned>(cause) & 0x3f) | (negative ? negative_bit : 0u) |
                              (test ? test_bit : 0u));
}

/// Objects lie behind each other; the address either before each, or once before all.
std::size_t body_size(const AsduHeader& header, unsigned element_size, unsigned ioa_size) {
    const std::size_t addresses = header.sequence ? 1 : header.count;
    return addresses * ioa_size + std::size_t{header.count} * element_size;
}

tl::unexpected<Error> wrong_length(std::size_t needed, std::size_t present, std::size_t header_size) {
    return fail("type and VSQ need " + std::to_string(needed) + " octets, body has " + std::to_string(present),
                header_size + std::min(needed, present));
}

/// What VSQ may say for this type (IEC 60870-5-101, 7.2.2); private ones (no type) have no such rule.
Result<void> check_count(const AsduHeader& header, const TypeDescription* type, Counting counting) {
    if (header.count == 0) return fail("VSQ counts no object", vsq_at);
    if (counting == Counting::sent || type == nullptr) return {};
    if (header.sequence && !type->sequence_allowed)
        return fail("SQ = 1 is not allowed for type " + std::to_string(type->id), vsq_at);
    if (header.count > 1 && type->carries_one_object())
        return fail(
            "type " + std::to_string(type->id) + " carries one object, VSQ counts " + std::to_string(header.count),
            vsq_at);
    return {};
}

}  // namespace

Result<AsduHeader> AsduView::parse_header(Octets asdu, const AsduFormat& format) {
    if (asdu.size() < format.header_size())
        return fail("ASDU ends inside its header of " + std::to_string(format.header_size()) + " octets", asdu.size());
    AsduHeader header;
    header.type = asdu[0];
    header.sequence = asdu[vsq_at] & sequence_bit;
    header.count = asdu[vsq_at] & 0x7f;
    header.cause = static_cast<Cause>(asdu[cause_at] & 0x3f);
    header.negative = asdu[cause_at] & negative_bit;
    header.test = asdu[cause_at] & test_bit;
    header.originator = format.cause_size > 1 ? asdu[cause_at + 1] : Octet{0};
    const unsigned address = load(&asdu[cause_at + format.cause_size], format.common_address_size);
    // One octet of common address says "all stations" by 255 (IEC 60870-5-101, 7.2.4).
    header.common_address =
        format.common_address_size == 1 && address == 255 ? all_stations : static_cast<CommonAddress>(address);
    return header;
}

Result<AsduView> AsduView::parse(Octets asdu, const AsduFormat& format, Counting counting) {
    const auto header = parse_header(asdu, format);
    if (!header) return tl::make_unexpected(header.error());
    AsduView view;
    view.header_ = *header;
    view.octets_ = asdu;
    view.description_ = find_type(header->type);
    const unsigned private_size = view.description_ ? 0 : format.private_size(header->type);
    if (!view.description_ && private_size == 0) return view;

    if (asdu.size() > max_asdu_size) return fail("ASDU has more than 249 octets", max_asdu_size);
    if (const auto count = check_count(*header, view.description_, counting); !count)
        return tl::make_unexpected(count.error());
    const std::size_t present = asdu.size() - format.header_size();
    const Octet* body = asdu.data() + format.header_size();
    std::size_t element_size = view.description_ ? view.description_->size : private_size;
    if (header->type == segment_type && present > format.ioa_size + std::size_t{length_of_segment_at})
        element_size += body[format.ioa_size + length_of_segment_at];
    const std::size_t needed = body_size(*header, static_cast<unsigned>(element_size), format.ioa_size);
    if (needed != present) return wrong_length(needed, present, format.header_size());

    const std::uint64_t addresses = std::uint64_t{1} << (8 * format.ioa_size);
    if (header->sequence && load(body, format.ioa_size) + std::uint64_t{header->count} > addresses)
        return fail("the sequence runs past the greatest information object address", format.header_size());

    view.body_ = body;
    view.ioa_size_ = format.ioa_size;
    view.element_size_ = static_cast<std::uint8_t>(element_size);
    view.stride_ = static_cast<std::uint8_t>(element_size + (header->sequence ? 0u : format.ioa_size));
    view.size_ = header->count;
    return view;
}

void AsduWriter::start(const AsduHeader& header) {
    header_ = header;
    header_.count = 0;
    count_ = 0;
    next_ioa_ = 0;
    const TypeDescription* type = find_type(header.type);
    limit_ = type && type->carries_one_object() ? 1 : max_count;
    Octet* out = buffer_.data();
    *out++ = header.type;
    *out++ = header.sequence ? sequence_bit : Octet{0};
    *out++ = cause_octet(header.cause, header.negative, header.test);
    if (format_.cause_size > 1) *out++ = header.originator;
    out = store(out, header.common_address, format_.common_address_size);
    size_ = static_cast<std::uint8_t>(out - buffer_.data());
}

bool AsduWriter::add(Ioa ioa, Octets element) {
    const bool with_address = !header_.sequence || count_ == 0;
    const std::size_t needed = element.size() + (with_address ? format_.ioa_size : 0u);
    if (count_ == limit_ || size_ + needed > std::min<std::size_t>(format_.max_size, max_asdu_size)) return false;
    if (!with_address && ioa != next_ioa_) return false;
    Octet* out = buffer_.data() + size_;
    if (with_address) out = store(out, ioa, format_.ioa_size);
    if (!element.empty()) std::memcpy(out, element.data(), element.size());
    size_ = static_cast<std::uint8_t>(size_ + needed);
    next_ioa_ = ioa + 1;
    header_.count = ++count_;
    buffer_[vsq_at] = static_cast<Octet>((header_.sequence ? sequence_bit : 0u) | count_);
    return true;
}

Octets mirror(Octets asdu, Cause cause, bool negative, std::span<Octet> out, const AsduFormat& format) {
    require(asdu.size() >= format.header_size() && out.size() >= asdu.size(), "a mirrored ASDU has a header and room");
    std::copy(asdu.begin(), asdu.end(), out.begin());
    out[cause_at] = cause_octet(cause, negative, asdu[cause_at] & test_bit);
    return out.first(asdu.size());
}

}  // namespace busbar::iec60870
