#pragma once

#include <cstdint>
#include <functional>
#include <optional>
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
    using Addresses = std::vector<ImageAddress>;
    static constexpr std::string_view keys_in_scan = "2000";
    static constexpr std::size_t max_waiting_keys = 20'000;  // of a scan: then it waits for the values

    void begin(ValueHandler value, DoneHandler done);
    void scan();
    void scanned(const Reply& reply);
    void go_on();
    void send_batch(Addresses addresses);
    void batch_read(const Reply& reply, const Addresses& addresses);
    void finish(const std::string& error);
    /// `work` for answers of this load only.
    template <class Work>
    auto in_load(Work work) {
        return guarded([this, load = load_, work = std::move(work)](const Reply& reply) {
            if (load == load_) work(reply);
        });
    }

    ValueHandler value_;
    DoneHandler done_;
    Addresses addresses_;   // to be read
    std::size_t next_ = 0;  // of them
    std::string scan_cursor_;
    std::size_t batches_ = 0;  // in flight
    bool loading_ = false, scan_ended_ = false, scan_in_flight_ = false;
    std::uint64_t load_ = 0;
};

}  // namespace busbar::store
