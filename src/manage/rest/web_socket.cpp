#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <deque>

#include "manage/rest/open_line.hpp"

// Beast's WebSocket is instantiated here and nowhere else; see http_server.cpp.

namespace busbar::manage {

namespace beast = boost::beast;
namespace websocket = beast::websocket;

namespace {

constexpr std::size_t longest_message = 64 << 10;  // from a client
constexpr auto idle_limit = std::chrono::seconds{60};
constexpr auto handshake_limit = std::chrono::seconds{15};

class WebSocket : public OpenLine, public std::enable_shared_from_this<WebSocket> {
public:
    WebSocket(WebStream stream, Upgrade request, std::shared_ptr<LiveClient> client, Ended ended)
        : stream_(std::move(stream)),
          request_(std::move(request)),
          client_(std::move(client)),
          ended_(std::move(ended)) {
        // Pings go out by themselves; who does not answer is closed.
        stream_.set_option(websocket::stream_base::timeout{handshake_limit, idle_limit, true});
        stream_.read_message_max(longest_message);
        stream_.text(true);
    }

    void begin() override {
        stream_.async_accept(request_, [self = shared_from_this()](beast::error_code error) {
            if (error || self->has_ended_) return self->end();
            self->is_open_ = true;
            self->client_->opened(*self);
            self->read();
        });
    }

    void send(std::string message) override {
        if (!is_open_ || closing_) return;
        waiting_ += message.size();
        queue_.push_back(std::move(message));
        write();
    }

    std::size_t waiting() const override { return waiting_; }
    std::uint64_t taken() const override { return taken_; }

    void close(const std::string& reason) override {
        if (closing_) return;
        closing_ = true;
        reason_ = reason.substr(0, 100);
        if (queue_.empty()) say_goodbye();
    }

    void cut() override { stream_.next_layer().close(); }

    void abandon() override {
        end();
        client_.reset();
    }

private:
    /// Whoever does not take the answers is asked for no more wishes.
    void read() {
        is_paused_ = waiting_ >= full;
        if (is_paused_) return;
        stream_.async_read(buffer_, [self = shared_from_this()](beast::error_code error, std::size_t) {
            if (error || self->has_ended_) return self->end();
            const std::string text = beast::buffers_to_string(self->buffer_.data());
            self->buffer_.consume(self->buffer_.size());
            if (!self->closing_) self->client_->received(text);
            self->read();
        });
    }

    void write() {
        if (writing_ || queue_.empty()) return;
        writing_ = true;
        stream_.async_write(boost::asio::buffer(queue_.front()),
                            [self = shared_from_this()](beast::error_code error, std::size_t) {
                                self->writing_ = false;
                                if (error || self->has_ended_) return self->end();
                                self->written();
                            });
    }

    void written() {
        waiting_ -= queue_.front().size();
        taken_ += queue_.front().size();
        queue_.pop_front();
        if (is_paused_) read();
        if (!queue_.empty()) return write();
        if (closing_) return say_goodbye();
        client_->drained();
    }

    void say_goodbye() {
        stream_.async_close({websocket::close_code::normal, reason_},
                            [self = shared_from_this()](beast::error_code) { self->end(); });
    }

    void end() {
        if (std::exchange(has_ended_, true)) return;
        closing_ = true;
        cut();
        if (std::exchange(is_open_, false)) client_->closed();
        ended_(shared_from_this());
    }

    websocket::stream<WebStream> stream_;
    Upgrade request_;
    std::shared_ptr<LiveClient> client_;
    Ended ended_;
    beast::flat_buffer buffer_;
    std::deque<std::string> queue_;
    std::string reason_;
    std::size_t waiting_ = 0;
    std::uint64_t taken_ = 0;
    bool is_open_ = false, is_paused_ = false, writing_ = false, closing_ = false, has_ended_ = false;
};

}  // namespace

std::shared_ptr<OpenLine> make_web_socket(WebStream stream, Upgrade request, std::shared_ptr<LiveClient> client,
                                          OpenLine::Ended ended) {
    return std::make_shared<WebSocket>(std::move(stream), std::move(request), std::move(client), std::move(ended));
}

}  // namespace busbar::manage
