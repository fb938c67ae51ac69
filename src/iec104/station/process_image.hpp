#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "iec104/station/object_update.hpp"
#include "iec60870/asdu/type_table.hpp"

namespace busbar::iec104 {

/// Types that can have a present value, in 6 bits: process information (1-40), and behind it the parameters 110-112.
constexpr std::uint8_t place_of_type(TypeId type) { return static_cast<std::uint8_t>(type >= 110 ? type - 49 : type); }
constexpr TypeId type_at_place(unsigned place) { return static_cast<TypeId>(place >= 61 ? place + 49 : place); }

/// One object of the image, ready to be sent: 40 octets, so that a million of them are small and a scan is fast.
struct ImageObject {
    /// Where the octets behind the element come from.
    enum class Tag : std::uint8_t {
        none,
        cp24,   // part of the event's type
        cp56,   // part of the event's type
        aside,  // CP56Time2a that the event's type has no room for
    };

    Position position;               // of its last update
    std::array<Octet, 12> octets{};  // element, behind it the time tag
    Ioa ioa = 0;
    std::uint16_t groups = 0;  // bit n: interrogation group n + 1
    TypeId type = 0;           // of its events; 0 = has attributes, but no value yet
    TypeId base_type = 0;      // the same without time tag; 0 = there is none
    std::uint8_t element_size = 0;
    Tag tag = Tag::none;
    std::uint8_t counter_group : 3 = 0;
    bool double_transmission : 1 = false;
    bool periodic : 1 = false;  // listed for cyclic or background transmission
};
static_assert(sizeof(ImageObject) == 40);

/// The objects of one station, sorted by address: blocks of at most `block_size`, found by the first address in each.
class StationImage {
public:
    const ImageObject* find(Ioa ioa) const;
    ImageObject* find(Ioa ioa) { return const_cast<ImageObject*>(std::as_const(*this).find(ioa)); }
    /// Finds or creates.
    ImageObject& at(Ioa ioa);
    bool erase(Ioa ioa);

    /// Calls `visit(object)` in the order of the addresses from `first` on, until it returns false.
    template <class Visit>
    void for_each_from(Ioa first, Visit visit) const {
        if (blocks_.empty()) return;
        std::size_t block = block_of(first);
        std::size_t index = lower_bound(blocks_[block], first);
        for (; block < blocks_.size(); ++block, index = 0) {
            for (; index < blocks_[block].size(); ++index) {
                if (!visit(blocks_[block][index])) return;
            }
        }
    }

    bool empty() const { return blocks_.empty(); }
    std::size_t memory() const;

    /// Types that objects have or once had: bit n = the type at place n (place_of_type).
    std::uint64_t types = 0, base_types = 0;
    bool listed = false;     // exists even without an object
    std::size_t values = 0;  // objects that have a value

private:
    static constexpr std::size_t block_size = 128;
    using Block = std::vector<ImageObject>;

    std::size_t block_of(Ioa ioa) const;
    static std::size_t lower_bound(const Block& block, Ioa ioa);
    ImageObject& insert(std::size_t block, std::size_t index, Ioa ioa);
    void insert_block(std::size_t block, Block objects);

    std::vector<Ioa> first_addresses_;
    std::vector<Block> blocks_;
    mutable std::size_t last_block_ = 0;  // updates often come in the order of addresses
};

/// The present values of all stations, as ready-made information objects.
class ProcessImage {
public:
    const StationImage* station(CommonAddress common_address) const;
    /// The first station behind `common_address`.
    std::optional<CommonAddress> next_station(CommonAddress common_address) const;
    std::size_t station_count() const { return stations_.size(); }
    /// Stations that exist even without an object.
    void set_stations(std::span<const CommonAddress> stations);

    const ImageObject* find(CommonAddress common_address, Ioa ioa) const;
    /// Finds or creates object and station.
    ImageObject& at(CommonAddress common_address, Ioa ioa);
    /// Takes type, octets and position of an update whose element has the size that `type` wants.
    const ImageObject& store(const ObjectUpdate& update, const iec60870::TypeDescription& type);
    void erase(CommonAddress common_address, Ioa ioa);
    /// Removes all objects; listed stations stay.
    void clear();

    /// Values may already be what events up to here say, although the objects' positions are older: an object is sent
    /// only to who has been sent those.
    void set_as_new_as(Position position) { as_new_as_ = position; }
    Position as_new_as() const { return as_new_as_; }

    std::size_t value_count() const;
    std::size_t memory() const;

private:
    struct Station {
        CommonAddress common_address;
        std::unique_ptr<StationImage> image;
    };
    std::size_t index_of(CommonAddress common_address) const;
    StationImage& station_at(CommonAddress common_address);
    void drop_empty_stations();

    std::vector<Station> stations_;  // sorted
    mutable std::size_t last_station_ = 0;
    Position as_new_as_;
};

}  // namespace busbar::iec104
