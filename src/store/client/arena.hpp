#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

namespace busbar::store {

/// Memory for one reply, given back all at once; a small part stays for the next. Refuses more than `most` octets.
class Arena {
public:
    explicit Arena(std::size_t most) : most_(most) {}

    /// Null: that would be too much.
    void* allocate(std::size_t octets) {
        octets = octets / alignment * alignment + alignment;  // nothing is a place of its own, too
        if (octets > most_ - used_) return nullptr;
        used_ += octets;
        if (octets > left_) add_block(octets);
        std::byte* const start = next_;
        next_ += octets;
        left_ -= octets;
        return start;
    }

    void reset() {
        if (blocks_.size() > 1) blocks_.resize(1);
        used_ = 0;
        next_ = blocks_.empty() ? nullptr : blocks_.front().get();
        left_ = blocks_.empty() ? 0 : block_size;
    }

    std::size_t used() const { return used_; }

private:
    static constexpr std::size_t block_size = 65536;
    static constexpr std::size_t alignment = alignof(std::max_align_t);

    void add_block(std::size_t at_least) {
        // The first block is of the usual size, so that it can stay.
        if (blocks_.empty()) append(block_size);
        if (at_least > left_) append(std::max(at_least, block_size));
    }

    void append(std::size_t size) {
        blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(size));
        next_ = blocks_.back().get();
        left_ = size;
    }

    std::size_t most_, used_ = 0, left_ = 0;
    std::byte* next_ = nullptr;
    std::vector<std::unique_ptr<std::byte[]>> blocks_;
};

}  // namespace busbar::store
