#include "iec104/station/process_image.hpp"

#include <algorithm>
#include <utility>

namespace busbar::iec104 {

// --- one station --------------------------------------------------------------------------------------------------

std::size_t StationImage::block_of(Ioa ioa) const {
    const std::size_t last = last_block_;
    if (last < blocks_.size() && first_addresses_[last] <= ioa &&
        (last + 1 == blocks_.size() || ioa < first_addresses_[last + 1])) {
        return last;
    }
    const auto behind = std::upper_bound(first_addresses_.begin(), first_addresses_.end(), ioa);
    const auto block = static_cast<std::size_t>(behind - first_addresses_.begin());
    return last_block_ = block == 0 ? 0 : block - 1;
}

std::size_t StationImage::lower_bound(const Block& block, Ioa ioa) {
    // Addresses rise by at least one: the object cannot lie behind this index, and often lies at it.
    const Ioa first = block.front().ioa;
    if (ioa <= first) return 0;
    const std::size_t limit = std::min<std::size_t>(ioa - first, block.size());
    if (limit < block.size() && block[limit].ioa == ioa) return limit;
    const auto end = block.begin() + static_cast<std::ptrdiff_t>(limit);
    const auto found = std::lower_bound(block.begin(), end, ioa,
                                        [](const ImageObject& object, Ioa wanted) { return object.ioa < wanted; });
    return static_cast<std::size_t>(found - block.begin());
}

const ImageObject* StationImage::find(Ioa ioa) const {
    if (blocks_.empty()) return nullptr;
    const Block& block = blocks_[block_of(ioa)];
    const std::size_t index = lower_bound(block, ioa);
    return index < block.size() && block[index].ioa == ioa ? &block[index] : nullptr;
}

ImageObject& StationImage::at(Ioa ioa) {
    if (ImageObject* found = find(ioa)) return *found;
    if (blocks_.empty()) {
        insert_block(0, {});
        return insert(0, 0, ioa);
    }
    const std::size_t block = block_of(ioa);
    return insert(block, lower_bound(blocks_[block], ioa), ioa);
}

ImageObject& StationImage::insert(std::size_t block, std::size_t index, Ioa ioa) {
    if (blocks_[block].size() == block_size) {
        // At an end nothing moves, so that addresses in order fill their blocks; else the block is halved.
        const std::size_t cut = index == 0 || index == block_size ? index : block_size / 2;
        Block behind;
        if (cut < block_size) behind.reserve(block_size);
        const auto first_moved = blocks_[block].begin() + static_cast<std::ptrdiff_t>(cut);
        behind.assign(first_moved, blocks_[block].end());
        blocks_[block].erase(first_moved, blocks_[block].end());
        insert_block(block + 1, std::move(behind));
        if (index >= cut && cut > 0) {
            ++block;
            index -= cut;
        }
    }
    ImageObject object;
    object.ioa = ioa;
    Block& into = blocks_[block];
    const auto inserted = into.insert(into.begin() + static_cast<std::ptrdiff_t>(index), object);
    first_addresses_[block] = into.front().ioa;
    return *inserted;
}

void StationImage::insert_block(std::size_t block, Block objects) {
    const auto at = static_cast<std::ptrdiff_t>(block);
    first_addresses_.insert(first_addresses_.begin() + at, objects.empty() ? 0 : objects.front().ioa);
    blocks_.insert(blocks_.begin() + at, std::move(objects));
}

bool StationImage::erase(Ioa ioa) {
    if (blocks_.empty()) return false;
    const std::size_t number = block_of(ioa);
    Block& block = blocks_[number];
    const std::size_t index = lower_bound(block, ioa);
    if (index == block.size() || block[index].ioa != ioa) return false;
    if (block[index].type != 0) --values;
    block.erase(block.begin() + static_cast<std::ptrdiff_t>(index));
    if (block.empty()) {
        blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(number));
        first_addresses_.erase(first_addresses_.begin() + static_cast<std::ptrdiff_t>(number));
    } else {
        first_addresses_[number] = block.front().ioa;
    }
    return true;
}

std::size_t StationImage::memory() const {
    std::size_t octets = sizeof *this + first_addresses_.capacity() * sizeof(Ioa) + blocks_.capacity() * sizeof(Block);
    for (const Block& block : blocks_) octets += block.capacity() * sizeof(ImageObject);
    return octets;
}

// --- all stations -------------------------------------------------------------------------------------------------

std::size_t ProcessImage::index_of(CommonAddress common_address) const {
    const std::size_t last = last_station_;
    if (last < stations_.size() && stations_[last].common_address == common_address) return last;
    const auto found =
        std::lower_bound(stations_.begin(), stations_.end(), common_address,
                         [](const Station& station, CommonAddress wanted) { return station.common_address < wanted; });
    return last_station_ = static_cast<std::size_t>(found - stations_.begin());
}

const StationImage* ProcessImage::station(CommonAddress common_address) const {
    const std::size_t index = index_of(common_address);
    const bool known = index < stations_.size() && stations_[index].common_address == common_address;
    return known ? stations_[index].image.get() : nullptr;
}

StationImage& ProcessImage::station_at(CommonAddress common_address) {
    const std::size_t index = index_of(common_address);
    if (index == stations_.size() || stations_[index].common_address != common_address) {
        stations_.insert(stations_.begin() + static_cast<std::ptrdiff_t>(index),
                         Station{common_address, std::make_unique<StationImage>()});
    }
    return *stations_[index].image;
}

std::optional<CommonAddress> ProcessImage::next_station(CommonAddress common_address) const {
    const auto found =
        std::upper_bound(stations_.begin(), stations_.end(), common_address,
                         [](CommonAddress wanted, const Station& station) { return wanted < station.common_address; });
    if (found == stations_.end()) return std::nullopt;
    return found->common_address;
}

void ProcessImage::set_stations(std::span<const CommonAddress> stations) {
    for (Station& station : stations_) station.image->listed = false;
    for (const CommonAddress common_address : stations) station_at(common_address).listed = true;
    drop_empty_stations();
}

void ProcessImage::drop_empty_stations() {
    std::erase_if(stations_, [](const Station& station) { return station.image->empty() && !station.image->listed; });
}

const ImageObject* ProcessImage::find(CommonAddress common_address, Ioa ioa) const {
    const StationImage* found = station(common_address);
    return found == nullptr ? nullptr : found->find(ioa);
}

ImageObject& ProcessImage::at(CommonAddress common_address, Ioa ioa) { return station_at(common_address).at(ioa); }

const ImageObject& ProcessImage::store(const ObjectUpdate& update, const iec60870::TypeDescription& type) {
    StationImage& station = station_at(update.common_address);
    ImageObject& object = station.at(update.ioa);
    if (object.type == 0) ++station.values;
    object.position = update.position;
    const auto end = std::copy(update.element.begin(), update.element.end(), object.octets.begin());
    object.element_size = static_cast<std::uint8_t>(update.element.size() - type.time_tag_of(update.element).size());
    switch (type.time_tag) {
        case iec60870::TimeTag::none:
            object.tag = ImageObject::Tag::none;
            if (update.time_tag.empty() || type.with_cp56 == 0) break;
            object.tag = ImageObject::Tag::aside;
            std::copy(update.time_tag.begin(), update.time_tag.end(), end);
            break;
        case iec60870::TimeTag::cp24: object.tag = ImageObject::Tag::cp24; break;
        case iec60870::TimeTag::cp56: object.tag = ImageObject::Tag::cp56; break;
    }
    if (object.type != update.type) {
        object.type = update.type;
        object.base_type = type.without_time_tag;
        station.types |= std::uint64_t{1} << place_of_type(object.type);
        station.base_types |= std::uint64_t{1} << place_of_type(object.base_type);
    }
    return object;
}

void ProcessImage::erase(CommonAddress common_address, Ioa ioa) {
    const std::size_t index = index_of(common_address);
    if (index == stations_.size() || stations_[index].common_address != common_address) return;
    stations_[index].image->erase(ioa);
    if (stations_[index].image->empty()) drop_empty_stations();
}

void ProcessImage::clear() {
    for (Station& station : stations_) {
        const bool listed = station.image->listed;
        *station.image = {};
        station.image->listed = listed;
    }
    drop_empty_stations();
}

std::size_t ProcessImage::value_count() const {
    std::size_t count = 0;
    for (const Station& station : stations_) count += station.image->values;
    return count;
}

std::size_t ProcessImage::memory() const {
    std::size_t octets = stations_.capacity() * sizeof(Station);
    for (const Station& station : stations_) octets += station.image->memory();
    return octets;
}

}  // namespace busbar::iec104
