#include "store/error_stream.hpp"

#include <algorithm>
#include <utility>

namespace busbar::store {

namespace {

constexpr Duration retry_after_error = std::chrono::seconds{5};

}  // namespace

ErrorStream::ErrorStream(Store& store, std::string_view source, std::string_view stream)
    : StorePart(store), source_(source), timer_(store.loop()) {
    use_stream(stream);
}

void ErrorStream::use_stream(std::string_view stream) {
    head_ = to_resp(12, {"XADD", stream, "MAXLEN", "~", std::to_string(entries_kept), "*", "source"});
}

void ErrorStream::report(std::string_view reason, std::string_view data) {
    const auto now = store_.loop().now();
    if (auto report = throttle_.admit({source_, std::string{reason}, std::string{data.substr(0, max_data)}}, now))
        write(std::move(*report));
    schedule();
}

void ErrorStream::schedule() {
    auto due = throttle_.next_deadline();
    if (!waiting_.empty() && store_.is_connected()) {
        const auto retry = store_.loop().now() + retry_after_error;
        due = due ? std::min(*due, retry) : retry;
    }
    if (due) timer_.at(*due, guarded([this] { write_due(); }));
}

void ErrorStream::write_due() {
    for (auto& report : std::exchange(waiting_, {})) write(std::move(report));
    for (auto& report : throttle_.take_due(store_.loop().now())) write(std::move(report));
    schedule();
}

void ErrorStream::connected() { write_due(); }

void ErrorStream::write(ErrorReport report) {
    if (!store_.is_connected()) return keep(std::move(report));
    auto& commands = store_.client().buffer();
    commands.raw(head_);
    commands.bulk(report.source);
    commands.bulk("reason");
    commands.bulk(report.reason);
    commands.bulk("data");
    commands.bulk(report.data);
    store_.client().submit(guarded([this, report = std::move(report)](const Reply& reply) mutable {
        if (reply.is_good()) return;
        keep(std::move(report));
        schedule();
    }));
}

void ErrorStream::keep(ErrorReport report) {
    if (waiting_.size() == max_waiting) waiting_.erase(waiting_.begin());
    waiting_.push_back(std::move(report));
}

}  // namespace busbar::store
