#include "manage/actions/worker.hpp"

#include <fmt/format.h>
#include <malloc.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <utility>

namespace busbar::manage {

namespace {

using Then = std::function<void()>;

/// A large import leaves hundreds of megabytes that the allocator would keep.
constexpr std::chrono::seconds give_back_after{2};

void note(const std::exception& error) { fmt::print(stderr, "a job failed: {}\n", error.what()); }

Then outcome_of(const std::function<Then()>& piece) {
    try {
        return piece();
    } catch (const std::exception& error) {
        note(error);
        return [] {};
    }
}

void go_on(const Then& then) {
    try {
        then();
    } catch (const std::exception& error) {
        note(error);
    }
}

}  // namespace

Worker::Worker(net::EventLoop& loop) : loop_(loop), thread_([this] { work_on(); }) {}

void Worker::end() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    news_.notify_one();
    thread_.join();
}

void Worker::run(std::function<std::function<void()>()> work) {
    {
        const std::lock_guard lock(mutex_);
        pieces_.push_back(std::move(work));
    }
    news_.notify_one();
}

std::size_t Worker::waiting() const {
    const std::lock_guard lock(mutex_);
    return pieces_.size();
}

void Worker::work_on() {
    const auto has_news = [this] { return ending_ || !pieces_.empty(); };
    bool has_worked = false;
    std::unique_lock lock(mutex_);
    for (;;) {
        if (has_worked && !news_.wait_for(lock, give_back_after, has_news)) {
            has_worked = false;
            lock.unlock();
            malloc_trim(0);
            lock.lock();
        }
        news_.wait(lock, has_news);
        if (ending_) return;
        has_worked = true;
        auto piece = std::move(pieces_.front());
        pieces_.pop_front();
        lock.unlock();
        auto then = outcome_of(piece);
        // What a piece holds (a connection, perhaps for the last time) belongs to the loop: it goes back there.
        loop_.post([piece = std::move(piece), then = std::move(then)] { go_on(then); });
        lock.lock();
    }
}

}  // namespace busbar::manage
