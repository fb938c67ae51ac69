#pragma once

#include <array>
#include <cstdint>

#include "base/octets.hpp"

namespace busbar::iec60870 {

/// Type identification 0-255; names and descriptions: type_table.hpp.
using TypeId = std::uint8_t;
/// Common address of ASDU: 1-65534 a station, 65535 all stations (control direction), 0 not used.
using CommonAddress = std::uint16_t;
/// Information object address, 0-16777215; 0 = not relevant.
using Ioa = std::uint32_t;

inline constexpr CommonAddress all_stations = 65535;

enum class Direction : std::uint8_t { monitor, control };

/// Cause of transmission (IEC 60870-5-101, 7.2.3); any value 0-63 can occur.
enum class Cause : std::uint8_t {
    periodic = 1,
    background = 2,
    spontaneous = 3,
    initialised = 4,
    request = 5,
    activation = 6,
    activation_con = 7,
    deactivation = 8,
    deactivation_con = 9,
    activation_term = 10,
    return_remote = 11,
    return_local = 12,
    file_transfer = 13,
    interrogated_by_station = 20,
    interrogated_by_group_1 = 21,
    interrogated_by_group_16 = 36,
    counter_general = 37,
    counter_group_1 = 38,
    counter_group_4 = 41,
    unknown_type = 44,
    unknown_cause = 45,
    unknown_common_address = 46,
    unknown_ioa = 47,
};

/// A private or reserved type: nothing is known of its elements but how many octets each object has.
struct PrivateType {
    TypeId type = 0;  // 0: none
    std::uint8_t size = 0;
    bool operator==(const PrivateType&) const = default;
};

/// Sizes of the fields that the interoperability list leaves open, in octets. 104 fixes them at 2, 2 and 3.
struct AsduFormat {
    std::uint8_t cause_size = 2;                 // 1-2; with 1 there is no originator address
    std::uint8_t common_address_size = 2;        // 1-2
    std::uint8_t ioa_size = 3;                   // 1-3
    std::uint8_t max_size = 249;                 // longest ASDU we send
    std::array<PrivateType, 8> private_types{};  // that both sides have agreed on

    /// Octets of an object of a private type; 0: there is no such agreement.
    constexpr std::uint8_t private_size(TypeId type) const {
        for (const PrivateType& one : private_types) {
            if (one.type == type && type != 0) return one.size;
        }
        return 0;
    }
    constexpr unsigned header_size() const { return 2u + cause_size + common_address_size; }
    bool operator==(const AsduFormat&) const = default;
};

inline constexpr unsigned max_asdu_size = 249;

struct AsduHeader {
    TypeId type = 0;
    bool sequence = false;   // VSQ bit 7: one address, then elements at consecutive addresses
    std::uint8_t count = 0;  // VSQ bits 0-6
    Cause cause{};
    bool negative = false;  // P/N
    bool test = false;      // T
    std::uint8_t originator = 0;
    CommonAddress common_address = 0;

    bool operator==(const AsduHeader&) const = default;
};

/// One information object inside an ASDU. `element` is the information elements with their time tag, without the
/// address.
struct InformationObject {
    Ioa ioa;
    Octets element;
};

struct TypeDescription;

/// How many objects are accepted: as many as the standard permits the type to carry, or, for those who show what was
/// sent whatever it is, as many as VSQ says and the body holds.
enum class Counting : std::uint8_t { permitted, sent };

/// An ASDU that lies in somebody else's octets. Parsing checks the body's length against type and VSQ before anything
/// is read and allocates nothing. Types without a description (unknown, private) parse with `description() == nullptr`
/// and, unless the format says their size, no objects; their octets are in `octets()`.
class AsduView {
public:
    /// The header alone, for refusals: needs only `format.header_size()` octets.
    static Result<AsduHeader> parse_header(Octets asdu, const AsduFormat& format = {});
    /// The error names what is wrong and the octet, counted from the start of the ASDU.
    static Result<AsduView> parse(Octets asdu, const AsduFormat& format = {}, Counting counting = Counting::permitted);

    const AsduHeader& header() const { return header_; }
    const TypeDescription* description() const { return description_; }
    Octets octets() const { return octets_; }
    /// Number of information objects; 0 for types whose size nobody knows.
    unsigned size() const { return size_; }
    InformationObject operator[](unsigned index) const {
        const Octet* object = body_ + std::size_t{index} * stride_;
        const Ioa ioa = header_.sequence ? address(body_) + index : address(object);
        return {ioa, Octets{object + ioa_size_, element_size_}};
    }

    class Iterator {
    public:
        using value_type = InformationObject;
        using difference_type = std::ptrdiff_t;
        Iterator() = default;
        Iterator(const AsduView* view, unsigned index) : view_(view), index_(index) {}
        InformationObject operator*() const { return (*view_)[index_]; }
        Iterator& operator++() {
            ++index_;
            return *this;
        }
        Iterator operator++(int) {
            auto before = *this;
            ++index_;
            return before;
        }
        bool operator==(const Iterator&) const = default;

    private:
        const AsduView* view_ = nullptr;
        unsigned index_ = 0;
    };
    Iterator begin() const { return {this, 0}; }
    Iterator end() const { return {this, size_}; }

private:
    Ioa address(const Octet* octets) const {
        Ioa ioa = octets[0];
        if (ioa_size_ > 1) ioa |= Ioa{octets[1]} << 8;
        if (ioa_size_ > 2) ioa |= Ioa{octets[2]} << 16;
        return ioa;
    }

    AsduHeader header_;
    const TypeDescription* description_ = nullptr;
    Octets octets_;
    const Octet* body_ = nullptr;
    std::uint8_t ioa_size_ = 3;
    std::uint8_t stride_ = 0;  // octets from one object to the next
    std::uint8_t element_size_ = 0;
    std::uint8_t size_ = 0;
};

/// Builds one ASDU in place: header, then as many objects as fit. Objects at consecutive addresses may be packed with
/// SQ = 1 by `start(header with sequence = true)`: then `add` refuses an address that does not follow.
class AsduWriter {
public:
    explicit AsduWriter(const AsduFormat& format = {}) : format_(format) {}

    /// `header.count` is ignored; it is counted here.
    void start(const AsduHeader& header);
    /// False: full (size, 127 objects) or, in a sequence, not the next address; nothing was taken.
    bool add(Ioa ioa, Octets element);
    bool empty() const { return count_ == 0; }
    const AsduHeader& header() const { return header_; }
    /// The finished ASDU; valid until the next `start`.
    Octets octets() const { return {buffer_.data(), size_}; }

private:
    AsduFormat format_;
    AsduHeader header_;
    std::array<Octet, max_asdu_size> buffer_{};
    std::uint8_t size_ = 0;
    std::uint8_t count_ = 0;
    std::uint8_t limit_ = 0;  // most objects this type carries
    Ioa next_ioa_ = 0;
};

/// Copies `asdu` to `out` with another cause and P/N: confirmations, terminations and refusals mirror what they answer.
/// `out` must hold asdu.size() octets; returns them.
Octets mirror(Octets asdu, Cause cause, bool negative, std::span<Octet> out, const AsduFormat& format = {});

}  // namespace busbar::iec60870
