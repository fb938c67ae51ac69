#include "manage/actions/worker.hpp"

#include <utility>

namespace busbar::manage {

Worker::Worker(net::EventLoop& loop) : loop_(loop), thread_([this] { work_on(); }) {}

Worker::~Worker() {
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
    std::unique_lock lock(mutex_);
    for (;;) {
        news_.wait(lock, [this] { return ending_ || !pieces_.empty(); });
        if (ending_) return;
        auto piece = std::move(pieces_.front());
        pieces_.pop_front();
        lock.unlock();
        auto then = piece();
        // What a piece holds (a connection, perhaps for the last time) belongs to the loop: it goes back there.
        loop_.post([piece = std::move(piece), then = std::move(then)] { then(); });
        lock.lock();
    }
}

}  // namespace busbar::manage
