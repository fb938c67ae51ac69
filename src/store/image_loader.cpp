#include "store/image_loader.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "store/reply_text.hpp"

namespace busbar::store {

ImageLoader::ImageLoader(Store& store) : StorePart(store) {}

void ImageLoader::load_all(ValueHandler value, DoneHandler done) {
    begin(std::move(value), std::move(done));
    scan_cursor_ = "0";
    scan_ended_ = false;
    scan();
}

void ImageLoader::load(std::vector<ImageAddress> addresses, ValueHandler value, DoneHandler done) {
    begin(std::move(value), std::move(done));
    addresses_ = std::move(addresses);
    scan_ended_ = true;
    // Never done before this call has returned, also if there is nothing to read.
    store_.loop().post(guarded([this, load = load_] {
        if (load == load_) go_on();
    }));
}

void ImageLoader::begin(ValueHandler value, DoneHandler done) {
    cancel();
    value_ = std::move(value);
    done_ = std::move(done);
    loading_ = true;
}

void ImageLoader::cancel() {
    ++load_;
    loading_ = scan_in_flight_ = false;
    batches_ = 0;
    next_ = 0;
    addresses_.clear();
    value_ = nullptr;
    done_ = nullptr;
}

void ImageLoader::scan() {
    scan_in_flight_ = true;
    store_.client().command({"SCAN", scan_cursor_, "MATCH", keys::image_pattern, "COUNT", keys_in_scan},
                            in_load([this](const Reply& reply) { scanned(reply); }));
}

void ImageLoader::scanned(const Reply& reply) {
    scan_in_flight_ = false;
    const auto parts = reply.children();
    if (parts.size() != 2) return finish(fault_of(reply));
    scan_cursor_ = parts[0].text();
    scan_ended_ = scan_cursor_ == "0";
    for (const auto& key : parts[1].children())
        if (const auto address = parse_image_key(key.text())) addresses_.push_back(*address);
    go_on();
}

/// Asks for more keys while few wait, and for values while there are keys.
void ImageLoader::go_on() {
    if (next_ == addresses_.size()) {
        addresses_.clear();
        next_ = 0;
    }
    if (!scan_ended_ && !scan_in_flight_ && addresses_.size() - next_ < max_waiting_keys) scan();
    while (batches_ < batches_in_flight && next_ < addresses_.size()) {
        const auto first = addresses_.begin() + static_cast<std::ptrdiff_t>(next_);
        const auto size = std::min(keys_in_batch, addresses_.size() - next_);
        next_ += size;
        send_batch({first, first + static_cast<std::ptrdiff_t>(size)});
    }
    if (scan_ended_ && batches_ == 0) finish({});
}

void ImageLoader::send_batch(Addresses addresses) {
    ++batches_;
    auto& commands = store_.client().buffer();
    commands.array(addresses.size() + 1);
    commands.bulk("MGET");
    std::array<char, max_image_key_size> key;
    for (const auto address : addresses) {
        const auto* end = write_image_key(key.data(), address);
        commands.bulk({key.data(), static_cast<std::size_t>(end - key.data())});
    }
    store_.client().submit(
        in_load([this, addresses = std::move(addresses)](const Reply& reply) { batch_read(reply, addresses); }));
}

void ImageLoader::batch_read(const Reply& reply, const Addresses& addresses) {
    --batches_;
    const auto values = reply.children();
    if (values.size() != addresses.size()) return finish(fault_of(reply));
    const auto load = load_;
    const auto value = value_;  // a cancel() out of it must not end it
    for (std::size_t i = 0; i < values.size() && load == load_; ++i) {
        const bool present = values[i].kind() == Reply::Kind::string;
        value(addresses[i], present ? std::optional{values[i].text()} : std::nullopt);
    }
    if (load == load_) go_on();
}

void ImageLoader::finish(const std::string& error) {
    const auto done = std::exchange(done_, nullptr);
    cancel();
    done(error);
}

}  // namespace busbar::store
