#include "connector/iec104_client/line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "connector/common/counters.hpp"

namespace busbar::connector {

using iec104::ControllingSession;
using iec104::TransferState;

namespace {

/// The main address may be a little slower than the others.
constexpr Duration favour_of_the_first = std::chrono::seconds{1};

}  // namespace

Line::Line(net::EventLoop& loop, LineConfig config, Owner owner)
    : loop_(loop), config_(std::move(config)), owner_(std::move(owner)), favour_(loop), stop_limit_(loop) {
    make_paths();
    begin();
}

Line::~Line() = default;

/// As many as there are addresses; those that there are keep their connections.
void Line::make_paths() {
    while (paths_.size() > config_.addresses.size()) {
        const auto path = std::move(paths_.back());
        paths_.pop_back();
        if (const auto* session = path->session()) past_ = sum(past_, session->link().counters());
        if (carrier_ != path.get()) continue;
        carrier_ = nullptr;
        owner_.on_lost(path->peer(), "configuration changed");
    }
    LinePath::Owner& owner = *this;
    for (std::size_t i = 0; i < config_.addresses.size(); ++i) {
        if (i < paths_.size()) {
            paths_[i]->use(config_.addresses[i]);
        } else {
            paths_.push_back(std::make_unique<LinePath>(loop_, config_, config_.addresses[i], owner));
        }
    }
    preferred_ %= paths_.size();
}

void Line::begin() {
    if (is_single()) return paths_[preferred_]->connect();
    for (const auto& path : paths_) path->connect();
    if (paths_.size() > 1) favour_.after(favour_of_the_first, [this] { choose(); });
}

void Line::configure(LineConfig config) {
    config_ = std::move(config);
    make_paths();
    for (const auto& path : paths_) path->configure();
    if (is_single()) {
        for (const auto& path : paths_) {
            if (path.get() == carrier_ || (!carrier_ && path == paths_[preferred_])) continue;
            path->rest();
            path->close("only one connection at a time");
        }
        if (!carrier_) paths_[preferred_]->connect_later();
    } else {
        for (const auto& path : paths_) path->connect_later();
    }
    choose();
}

// --- which connection carries the line

/// The next that is connected, beginning with the preferred one.
LinePath* Line::next_usable() const {
    for (std::size_t i = 0; i < paths_.size(); ++i) {
        const auto& path = paths_[(preferred_ + i) % paths_.size()];
        if (path->is_usable() && path->transfer() == TransferState::stopped) return path.get();
    }
    return nullptr;
}

void Line::choose() {
    if (carrier_ || stopping_) return;
    auto* next = next_usable();
    const bool first_may_come = favour_.is_running() && !paths_.front()->is_usable();
    if (!next || first_may_come) return;
    favour_.cancel();
    switching_ = false;
    held_ = false;
    carrier_ = next;
    carrier_number_ = next->number();
    preferred_ = index_of(*next);
    owner_.on_up(next->peer());
    allow_transfer(allowed_);
}

/// The carrier has stopped, and stands by while another goes on. With frames that were not stored it cannot stay: the
/// station has to send them again, and does so only after a loss.
void Line::hand_over(LinePath& path) {
    const auto& link = path.session()->link();
    if (is_single() || link.received_count() != link.kept_count()) return path.close("switched over");
    carrier_ = nullptr;
    path.pause_reading(false);
    owner_.on_left(path.peer());
    choose();
}

std::size_t Line::index_of(const LinePath& path) const {
    const auto found = std::ranges::find(paths_, &path, &std::unique_ptr<LinePath>::get);
    return static_cast<std::size_t>(found - paths_.begin());
}

/// One connection at a time: to the next address, unless another was asked for.
void Line::try_again(LinePath& path) {
    if (!is_single()) return path.connect_later();
    const bool asked_for = std::exchange(switching_, false);
    if (!asked_for) preferred_ = after(index_of(path));
    auto& next = *paths_[preferred_];
    asked_for&&& next != &path ? next.connect() : next.connect_later();
}

Result<void> Line::switch_over(const std::string& peer) {
    if (paths_.size() < 2) return fail("the station has one address only");
    const std::size_t here = carrier_ ? index_of(*carrier_) : preferred_;
    std::size_t target = after(here);
    if (!peer.empty()) {
        const auto found = std::ranges::find_if(paths_, [&](const auto& path) { return path->peer() == peer; });
        if (found == paths_.end()) return fail(fmt::format("'{}' is no address of the station", peer));
        target = static_cast<std::size_t>(found - paths_.begin());
    } else if (!is_single()) {
        while (target != here && !paths_[target]->is_usable()) target = after(target);
    }
    if (target == here && carrier_) return fail("no other address of the station is connected");
    if (!is_single() && !paths_[target]->is_usable())
        return fail(fmt::format("there is no connection with {}", paths_[target]->peer()));
    preferred_ = target;
    switching_ = true;
    if (!carrier_) {
        if (is_single()) {
            for (const auto& path : paths_) path->rest();
            begin();
        }
        choose();
    } else if (carrier_->transfer() == TransferState::stopped) {
        hand_over(*carrier_);
    } else if (carrier_->transfer() == TransferState::pending_started) {
        carrier_->close("switched over");
    } else {
        carrier_->with_session([](auto& session, TimePoint now) {
            session.stop_transfer(now);
            return true;
        });
    }
    return {};
}

bool Line::has_standby() const {
    return std::ranges::any_of(
        paths_, [this](const auto& path) { return path.get() != carrier_ && !is_single() && path->is_usable(); });
}

// --- what paths say

std::uint64_t Line::path_connected(LinePath&) { return ++number_; }

void Line::path_ready(LinePath& path) {
    choose();
    if (carrier_ != &path) owner_.on_standby_up(path);
}

void Line::path_refused(LinePath& path, const std::string& reason) {
    if (&path == paths_.front().get()) favour_.cancel();
    owner_.on_refused(path.peer(), reason);
    try_again(path);
    choose();
}

void Line::path_lost(LinePath& path, const std::string& reason, const iec104::LinkCounters& counters) {
    past_ = sum(past_, counters);
    const bool carried = carrier_ == &path;
    if (carried) {
        carrier_ = nullptr;
        if (!switching_) preferred_ = after(index_of(path));
        owner_.on_lost(path.peer(), reason);
    } else if (!stopping_) {
        owner_.on_standby_lost(path.peer(), reason);
    }
    if (stopping_) return finish_if_over();
    try_again(path);
    choose();
}

void Line::path_event(LinePath& path, const Event& event) {
    if (carrier_ != &path) return;
    const bool stopped = std::holds_alternative<ControllingSession::TransferStopped>(event);
    if (stopped && stopping_) path.close("stopped");
    owner_.on_event(event, path.number());
    if (stopped && switching_ && !stopping_) hand_over(path);
}

void Line::path_read_done(LinePath& path) {
    if (carrier_ == &path) owner_.on_read_done(path.number());
}

void Line::path_octets(LinePath& path, bool sent, Octets octets) { owner_.on_octets(path, sent, octets); }

std::optional<std::string> Line::path_barred() const { return owner_.barred ? owner_.barred() : std::nullopt; }

// --- wishes

void Line::reconnect(const std::string& reason) {
    preferred_ = 0;
    switching_ = true;  // to the first address
    for (const auto& path : paths_) {
        path->rest();
        path->close(reason);
    }
    if (std::ranges::none_of(paths_, [](const auto& path) { return path->tcp() == Tcp::connected; })) return begin();
    if (paths_.size() > 1) favour_.after(config_.reconnect * 11 / 10 + favour_of_the_first, [this] { choose(); });
}

void Line::stop(std::function<void()> done) {
    stopping_ = std::move(done);
    favour_.cancel();
    for (const auto& path : paths_) {
        path->rest();
        if (path.get() != carrier_ || path->transfer() != TransferState::started) path->close("stopped");
    }
    if (carrier_ && carrier_->transfer() == TransferState::started) {
        with_session([](auto& session, TimePoint now) {
            session.stop_transfer(now);
            return true;
        });
        stop_limit_.after(config_.session.link.t1, [this] { close("stopped"); });
    }
    loop_.post([this] { finish_if_over(); });
}

void Line::finish_if_over() {
    const auto is_connected = [](const auto& path) { return path->tcp() == Tcp::connected; };
    if (!stopping_ || std::ranges::any_of(paths_, is_connected)) return;
    stop_limit_.cancel();
    const auto done = stopping_;
    stopping_ = nullptr;
    done();
}

void Line::allow_transfer(bool allowed) {
    allowed_ = allowed;
    with_session([&](auto& session, TimePoint now) {
        session.allow_transfer(allowed_ && !held_ && !switching_, now);
        return true;
    });
}

void Line::stop_transfer() {
    held_ = true;
    with_session([](auto& session, TimePoint now) {
        session.allow_transfer(false, now);
        session.stop_transfer(now);
        return true;
    });
}

void Line::start_transfer() {
    held_ = false;
    allow_transfer(allowed_);
}

void Line::keep(std::uint64_t number, std::uint64_t connection) {
    if (connection != carrier_number_) return;
    with_session([&](auto& session, TimePoint now) {
        session.keep(number, now);
        return true;
    });
}

void Line::close(const std::string& reason) {
    if (carrier_) carrier_->close(reason);
}

void Line::validate_again() {
    for (const auto& path : paths_) path->validate_again();
}

void Line::pause_reading() {
    if (carrier_) carrier_->pause_reading(true);
}

void Line::resume_reading() {
    if (carrier_) carrier_->pause_reading(false);
}

bool Line::with_session(const std::function<bool(ControllingSession&, TimePoint)>& request) {
    return carrier_ && carrier_->with_session(request);
}

// --- state

Line::Tcp Line::tcp() const { return carrier_ ? carrier_->tcp() : paths_[preferred_]->tcp(); }

std::string Line::peer() const { return carrier_ ? carrier_->peer() : paths_[preferred_]->peer(); }

const ControllingSession* Line::session() const { return carrier_ ? carrier_->session() : nullptr; }

iec104::LinkCounters Line::counters() const {
    auto all = past_;
    for (const auto& path : paths_) {
        if (const auto* session = path->session()) all = sum(all, session->link().counters());
    }
    return all;
}

}  // namespace busbar::connector
