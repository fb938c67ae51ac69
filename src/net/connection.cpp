#include "net/connection.hpp"

#include <utility>

#include "base/result.hpp"
#include "net/native.hpp"

namespace busbar::net {

std::shared_ptr<Connection> Connection::open(EventLoop& loop, std::unique_ptr<Stream> stream,
                                             const MakeSession& make_session, std::function<void(Connection&)> ended) {
    const std::shared_ptr<Connection> connection(new Connection(loop, std::move(stream)));
    connection->session_ = make_session(connection->peer_, *connection);
    if (!connection->session_) return nullptr;
    connection->ended_ = std::move(ended);
    connection->wake();
    connection->wait_readable();
    return connection;
}

Connection::Connection(EventLoop& loop, std::unique_ptr<Stream> stream)
    : loop_(loop), stream_(std::move(stream)), peer_(stream_->peer()), alarm_(loop) {}

void Connection::wake() {
    if (woken_ || in_session_) return;
    woken_ = true;
    loop_.native().woken.push_back(weak_from_this());
}

void Connection::flush() {
    if (!is_over() && !in_session_ && output_.empty()) write();
}

void Connection::drive_woken() {
    woken_ = false;
    drive();
}

/// After every input: output first, then the end, then the next deadline.
void Connection::drive() {
    if (is_over()) return;
    if (output_.empty()) write();
    if (!closing_) {
        if (auto reason = session_->closed()) start_closing(std::move(*reason));
    }
    if (closing_ && output_.empty()) return end(*closing_);
    set_alarm();
}

void Connection::read() {
    const auto self = shared_from_this();
    waits_readable_ = false;
    if (is_over() || closing_ || (reading_paused_ && !write_failure_)) return;
    auto& buffer = loop_.native().read_buffer;
    const Transfer transfer = stream_->read(buffer);
    if (transfer.state == Transfer::State::ended) return end(write_failure_.value_or(transfer.reason));
    if (transfer.state == Transfer::State::moved) {
        ++counters_.reads;
        counters_.octets_read += transfer.octets;
        in_session_ = true;
        session_->receive(Octets(buffer).first(transfer.octets), loop_.now());
        in_session_ = false;
        drive();
    } else if (write_failure_) {
        return end(*write_failure_);
    }
    wait_readable();
}

void Connection::write() {
    if (output_.empty()) session_->take_output(output_, loop_.now());
    if (output_.empty()) return;
    if (auto reason = session_->barred(loop_.now())) {
        forget_output();
        return close(std::move(*reason));
    }
    const Transfer transfer = stream_->write(Octets(output_).subspan(written_));
    if (transfer.state == Transfer::State::ended) {
        write_failure_ = transfer.reason;
        forget_output();
        return wait_readable();  // what the peer said before it went is still to be read
    }
    if (transfer.state == Transfer::State::moved) ++counters_.writes;
    counters_.octets_written += transfer.octets;
    written_ += transfer.octets;
    if (unwritten() == 0) return forget_output();
    if (waits_writable_) return;
    waits_writable_ = true;
    stream_->when_writable([this] {
        const auto self = shared_from_this();
        waits_writable_ = false;
        write();
        drive();
    });
}

void Connection::forget_output() {
    output_.clear();
    written_ = 0;
}

void Connection::end(const std::string& reason) {
    alarm_.cancel();
    // Closed with octets unread, TCP resets, and the peer may never see our last ones.
    stream_->read(loop_.native().read_buffer);
    stream_->close();
    const auto session = std::move(session_);
    session->disconnected(reason, loop_.now());
    if (ended_) ended_(*this);
}

void Connection::start_closing(std::string reason) {
    closing_ = std::move(reason);
    close_by_ = loop_.now() + closing_limit;
}

void Connection::close(std::string reason) {
    if (is_over() || closing_) return;
    start_closing(std::move(reason));
    wake();
}

void Connection::validate_again() {
    if (is_over() || closing_) return;
    if (auto refusal = stream_->refusal_now(); !refusal.empty()) close(std::move(refusal));
}

void Connection::resume_reading() {
    reading_paused_ = false;
    wait_readable();
}

void Connection::wait_readable() {
    if (is_over() || waits_readable_ || closing_ || (reading_paused_ && !write_failure_)) return;
    waits_readable_ = true;
    stream_->when_readable([this] { read(); });
}

/// Deadlines move on with nearly every frame; the alarm stays where it is unless it would come too late.
void Connection::set_alarm() {
    const auto deadline = closing_ ? close_by_ : session_->next_deadline();
    if (!deadline || (alarm_.is_running() && alarm_at_ <= *deadline)) return;
    alarm_at_ = *deadline;
    alarm_.at(alarm_at_, [this] { on_alarm(); });
}

void Connection::on_alarm() {
    const auto self = shared_from_this();
    const TimePoint now = loop_.now();
    if (closing_ && now >= close_by_) return end(*closing_);
    if (const auto deadline = session_->next_deadline(); !closing_ && deadline && *deadline <= now) {
        in_session_ = true;
        session_->on_deadline(now);
        in_session_ = false;
    }
    if (output_.empty()) OctetBuffer().swap(output_);  // an idle connection keeps no memory
    drive();
}

}  // namespace busbar::net
