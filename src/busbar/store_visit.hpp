#pragma once

#include <functional>
#include <string>

#include "config/store.hpp"
#include "net/event_loop.hpp"
#include "store/store.hpp"

namespace busbar::program {

/// A short visit to the store: connects, does something, ends. The first trouble ends it.
class StoreVisit {
public:
    explicit StoreVisit(const config::StoreOptions& options);

    /// `work` is called with a connection and has to call `finish`, now or later. Returns the code given there; throws
    /// std::runtime_error if the store cannot be reached, or goes before.
    int run(std::function<void()> work);
    void finish(int code);

    net::EventLoop& loop() { return loop_; }
    store::Store& store() { return store_; }

private:
    class News : store::StorePart {
    public:
        explicit News(StoreVisit& visit) : StorePart(visit.store_), visit_(visit) {}

    private:
        void connected() override;
        void disconnected(const std::string& reason) override;
        StoreVisit& visit_;
    };

    std::string name_;  // of the store, for messages
    net::EventLoop loop_;
    store::Store store_;
    std::function<void()> work_;
    int code_ = 0;
    std::string trouble_;
    News news_{*this};
};

}  // namespace busbar::program
