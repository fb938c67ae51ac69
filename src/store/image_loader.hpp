#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/keys.hpp"
#include "store/store.hpp"

namespace busbar::store {

/// Reads image keys: all of them (SCAN, then MGET), or those of known addresses (MGET alone, four times as fast).
/// Several batches are in flight; one load at a time.
class ImageLoader : StorePart {
public:
    static constexpr std::size_t keys_in_batch = 1000;
    static constexpr std::size_t batches_in_flight = 4;

    /// `json` is nothing if the key is missing or no string. The text is borrowed. In load_all a key may come twice.
    using ValueHandler = std::function<void(ImageAddress, std::optional<std::string_view> json)>;
    /// Once, last. An empty error: everything was handed on.
    using DoneHandler = std::function<void(const std::string& error)>;

    explicit ImageLoader(Store& store);

    void load_all(ValueHandler value, DoneHandler done);
    /// `addresses` is kept until done.
    void load(std::vector<ImageAddress> addresses, ValueHandler value, DoneHandler done);
    /// Neither handler is called any more.
    void cancel();
    bool is_loading() const { return loading_; }

private:
    void scan(std::string_view cursor);
    void scanned(const Reply& reply);
    void send_batches();
    void batch_read(const Reply& reply, std::span<const ImageAddress> addresses);
    void finish(const std::string& error);

    ValueHandler value_;
    DoneHandler done_;
    std::vector<ImageAddress> addresses_;  // to be read
    std::size_t next_ = 0;
    std::size_t in_flight_ = 0;
    bool loading_ = false, scanning_ = false;
    std::uint64_t load_ = 0;  // answers of an earlier load are dropped
};

}  // namespace busbar::store
