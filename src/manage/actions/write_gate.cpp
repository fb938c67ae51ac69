#include "manage/actions/write_gate.hpp"

#include <future>
#include <utility>

namespace busbar::manage {

bool WriteGate::holds(std::function<void()> work) {
    if (!closed_) return false;
    waiting_.push_back(std::move(work));
    return true;
}

void WriteGate::open() {
    closed_ = false;
    for (auto& work : std::exchange(waiting_, {})) work();
}

void WriteGate::close() {
    const auto closed = std::make_shared<std::promise<void>>();
    auto is_closed = closed->get_future();
    loop_.post([this, closed] {
        closed_ = true;
        closed->set_value();
    });
    is_closed.wait_for(patience);
}

}  // namespace busbar::manage
