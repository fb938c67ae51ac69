#include <array>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include "manage/rest/open_line.hpp"

namespace busbar::manage {

namespace asio = boost::asio;

namespace {

constexpr auto beat_every = std::chrono::seconds{15};
constexpr auto goodbye_limit = std::chrono::seconds{2};

/// Server-sent events: a response that does not end.
class EventSource : public OpenLine, public std::enable_shared_from_this<EventSource> {
public:
    EventSource(WebStream stream, std::string response, std::shared_ptr<LiveClient> client, Ended ended)
        : stream_(std::move(stream)),
          beat_(stream_.get_executor()),
          next_(std::move(response)),
          client_(std::move(client)),
          ended_(std::move(ended)) {}

    void begin() override {
        listen();
        beat();
        write();
        client_->opened(*this);
    }

    void send(std::string message) override {
        if (closing_) return;
        next_ += "data: " + message + "\n\n";
        write();
    }

    std::size_t waiting() const override { return now_.size() + next_.size(); }
    std::uint64_t taken() const override { return taken_; }

    void close(const std::string&) override {
        closing_ = true;
        if (now_.empty() && next_.empty()) end_soon();
    }

    void cut() override { stream_.close(); }

    void abandon() override {
        end();
        client_.reset();
    }

private:
    /// A client says nothing more; that it goes is heard here.
    void listen() {
        stream_.async_read_some(asio::buffer(heard_),
                                [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                                    error ? self->end() : self->listen();
                                });
    }

    /// A comment now and then: a line that is dead is found by it.
    void beat() {
        beat_.expires_after(beat_every);
        beat_.async_wait([self = shared_from_this()](boost::system::error_code error) {
            if (error || self->has_ended_) return;
            if (self->waiting() == 0 && !self->closing_) {
                self->next_ = ":\n\n";
                self->write();
            }
            self->beat();
        });
    }

    void write() {
        if (!now_.empty() || next_.empty()) return;
        now_.swap(next_);
        asio::async_write(stream_, asio::buffer(now_),
                          [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                              self->taken_ += self->now_.size();
                              self->now_.clear();
                              if (error || self->has_ended_) return self->end();
                              self->written();
                          });
    }

    void written() {
        if (!next_.empty()) return write();
        closing_ ? end_soon() : client_->drained();
    }

    void end_soon() {
        stream_.tcp().expires_after(goodbye_limit);
        stream_.say_end([self = shared_from_this()](boost::system::error_code) { self->end(); });
    }

    void end() {
        if (std::exchange(has_ended_, true)) return;
        closing_ = true;
        beat_.cancel();
        cut();
        client_->closed();
        ended_(shared_from_this());
    }

    WebStream stream_;
    asio::steady_timer beat_;
    std::string now_, next_;
    std::shared_ptr<LiveClient> client_;
    Ended ended_;
    std::array<char, 512> heard_{};
    std::uint64_t taken_ = 0;
    bool closing_ = false, has_ended_ = false;
};

}  // namespace

std::shared_ptr<OpenLine> make_event_source(WebStream stream, std::string response, std::shared_ptr<LiveClient> client,
                                            OpenLine::Ended ended) {
    return std::make_shared<EventSource>(std::move(stream), std::move(response), std::move(client), std::move(ended));
}

}  // namespace busbar::manage
