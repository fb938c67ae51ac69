#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace busbar::iec104 {

/// First in, first out; holds no memory before its first element comes, unlike std::deque.
template <class T>
class Fifo {
public:
    bool empty() const { return first_ == items_.size(); }
    std::size_t size() const { return items_.size() - first_; }
    T& front() { return items_[first_]; }
    const T& front() const { return items_[first_]; }

    void push(T item) {
        if (first_ > 16 && first_ > items_.size() / 2) {
            items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(first_));
            first_ = 0;
        }
        items_.push_back(std::move(item));
    }
    void pop() {
        if (++first_ == items_.size()) clear();
    }
    void clear() {
        items_.clear();
        first_ = 0;
    }

private:
    std::vector<T> items_;
    std::size_t first_ = 0;
};

}  // namespace busbar::iec104
