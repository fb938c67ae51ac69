#include "store/store.hpp"

#include <algorithm>

namespace busbar::store {

Store::Store(net::EventLoop& loop, ClientOptions options)
    : loop_(loop), options_(std::move(options)), client_(loop_, options_) {
    options_.barred = nullptr;  // the other connections of this process only read
}

Store::~Store() { require(parts_.empty(), "a store outlives what lives on it"); }

void Store::start() {
    client_.start(
        [this] {
            down_reason_.clear();
            tell([](StorePart& part) { part.connected(); });
        },
        [this](const std::string& reason) {
            down_reason_ = reason;
            tell([&](StorePart& part) { part.disconnected(reason); });
        });
}

void Store::stop() {
    client_.stop();
    down_reason_ = "stopped";
}

/// A part may be made or destroyed by what another one is told: a destroyed one leaves a hole that is closed
/// afterwards.
void Store::tell(const std::function<void(StorePart&)>& news) {
    ++telling_;
    for (std::size_t i = 0; i < parts_.size(); ++i)
        if (parts_[i] != nullptr) news(*parts_[i]);
    if (--telling_ == 0) std::erase(parts_, nullptr);
}

void Store::remove(StorePart& part) {
    if (telling_ == 0) {
        std::erase(parts_, &part);
    } else {
        std::ranges::replace(parts_, &part, nullptr);
    }
}

StorePart::StorePart(Store& store) : store_(store) { store_.parts_.push_back(this); }

StorePart::~StorePart() { store_.remove(*this); }

}  // namespace busbar::store
