#include "connector/iec104_client/feed.hpp"

#include <memory>
#include <utility>

namespace busbar::connector {

namespace {

constexpr std::size_t points_in_commit = 64;

}  // namespace

Feed::Feed(net::EventLoop& loop, store::UpdatesWriter& writer, iec60870::AsduFormat format, PointMaker maker,
           Owner owner)
    : loop_(loop), writer_(writer), format_(format), maker_(std::move(maker)), owner_(std::move(owner)) {}

void Feed::configure(iec60870::AsduFormat format, PointMaker maker) {
    format_ = format;
    maker_ = std::move(maker);
}

void Feed::begin(std::uint64_t connection) {
    connection_ = connection;
    last_number_ = 0;
    broken_ = false;
    waiting_.clear();
    paused_ = false;
}

void Feed::take(const iec60870::AsduView& asdu, std::uint64_t number) {
    if (broken_) return;
    if (waiting_.empty() && store(asdu)) {
        last_number_ = number;
        // The store works on the first frames of a long read, and more come for them, while the last are taken in.
        if (batch_.size() >= points_in_commit) {
            commit();
            writer_.flush();
        }
        return;
    }
    waiting_.push_back({{asdu.octets().begin(), asdu.octets().end()}, number});
    update_pause();
}

void Feed::pass(std::uint64_t number) {
    if (waiting_.empty()) {
        last_number_ = number;
    } else {
        waiting_.push_back({{}, number});
    }
}

bool Feed::store(const iec60870::AsduView& asdu) {
    const auto casdu = maker_.casdu_of(asdu.header().common_address);
    if (!casdu) {
        owner_.on_unlisted_station(asdu.header().common_address);
        return true;
    }
    switch (owner_.ownership(*casdu)) {
        case Ownership::asking: return false;
        case Ownership::elsewhere: ++dropped_; return true;
        case Ownership::ours: break;
    }
    maker_.make(asdu, loop_.utc_now(), [this](const point::Point& point, bool image) { append(point, image); });
    return true;
}

void Feed::append(const point::Point& point, bool image) {
    text_.resize(point::max_json_size + 6 * (point.source.size() + point.reason.size()));
    const std::string_view json(text_.data(),
                                static_cast<std::size_t>(point::write_json(text_.data(), point) - text_.data()));
    const store::ImageAddress address{point.casdu, point.ioa};
    if (image) {
        writer_.append(address, json);
    } else {
        writer_.append_entry(address, json);
    }
    batch_.push_back(address);
}

void Feed::commit() {
    if (broken_ || last_number_ == 0) return;
    auto sent = std::make_shared<Sent>(Sent{std::exchange(last_number_, 0), connection_, std::exchange(batch_, {})});
    writer_.commit([this, sent, alive = std::weak_ptr<const char>(alive_)](const store::Commit& commit) {
        if (!alive.expired()) answered(commit, *sent);
    });
    update_pause();
}

void Feed::answered(const store::Commit& commit, const Sent& sent) {
    for (const auto& refused : commit.refused) owner_.on_point_refused(sent.points[refused.index], refused.text);
    if (sent.connection == connection_) {
        if (!commit.stored) {
            if (!std::exchange(broken_, true)) owner_.on_store_failed(std::string(commit.reason));
        } else if (!broken_) {
            committed_ += commit.points;
            owner_.keep(sent.number, sent.connection);
        }
    }
    update_pause();
}

void Feed::ownership_changed() {
    take_waiting();
    commit();
    update_pause();
}

void Feed::take_waiting() {
    while (!waiting_.empty() && !broken_) {
        const auto& next = waiting_.front();
        if (!next.asdu.empty()) {
            const auto asdu = iec60870::AsduView::parse(next.asdu, format_);
            if (asdu && !store(*asdu)) return;
        }
        last_number_ = next.number;
        waiting_.pop_front();
    }
}

void Feed::update_pause() {
    const bool pause = !waiting_.empty() || (!broken_ && !writer_.has_room());
    if (pause == paused_) return;
    paused_ = pause;
    owner_.pause_reading(pause);
}

}  // namespace busbar::connector
