#include "net/handshakes.hpp"

#include <utility>

namespace busbar::net {

struct Handshakes::Handshake {
    Handshake(EventLoop& loop, std::unique_ptr<TlsStream> with, const IpAddress& from, Done then)
        : stream(std::move(with)), address(from), done(std::move(then)), time(loop) {}

    std::unique_ptr<TlsStream> stream;
    IpAddress address;
    Done done;
    Timer time;
};

void Handshakes::begin(std::unique_ptr<TlsStream> stream, const IpAddress& address, Done done) {
    if (under_way_.size() >= most) end_oldest();
    const auto handshake = std::make_shared<Handshake>(loop_, std::move(stream), address, std::move(done));
    under_way_.push_back(handshake);
    handshake->time.after(limit, [this, weak = std::weak_ptr(handshake)] {
        if (const auto late = weak.lock()) finish(late, fail("TLS: the handshake was not finished in time"));
    });
    step(handshake);
}

void Handshakes::step(const std::shared_ptr<Handshake>& handshake) {
    Transfer transfer = handshake->stream->handshake();
    switch (transfer.state) {
        case Transfer::State::moved: return finish(handshake, std::unique_ptr<Stream>(std::move(handshake->stream)));
        case Transfer::State::ended: return finish(handshake, fail(std::move(transfer.reason)));
        case Transfer::State::blocked: break;
    }
    // The stream goes with the handshake, and what it waits for with the stream.
    handshake->stream->when_handshake([this, weak = std::weak_ptr(handshake)] {
        if (const auto next = weak.lock()) step(next);
    });
}

void Handshakes::finish(const std::shared_ptr<Handshake>& handshake, Result<std::unique_ptr<Stream>> result) {
    under_way_.remove(handshake);
    handshake->time.cancel();
    handshake->stream.reset();
    handshake->done(std::move(result));
}

bool Handshakes::end_oldest() {
    if (under_way_.empty()) return false;
    const auto oldest = under_way_.front();  // kept while it is taken out
    finish(oldest, fail("TLS: the handshake was not finished when others came"));
    return true;
}

std::vector<IpAddress> Handshakes::cancel() {
    std::vector<IpAddress> addresses;
    for (const auto& handshake : under_way_) addresses.push_back(handshake->address);
    under_way_.clear();
    return addresses;
}

}  // namespace busbar::net
