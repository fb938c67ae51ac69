// Two real links over a lossless virtual wire: sequence numbers far beyond their modulus, and whatever order of events
// a seed gives.
#include <gtest/gtest.h>

#include <cstring>
#include <deque>
#include <random>

#include "iec104/link/link.hpp"

namespace busbar::iec104::test {
namespace {

using namespace std::chrono_literals;

/// An ASDU that carries its number, so that the other end can check the order.
OctetBuffer numbered_asdu(std::uint64_t number, std::size_t size) {
    OctetBuffer asdu(std::max(size, sizeof number));
    std::memcpy(asdu.data(), &number, sizeof number);
    return asdu;
}

std::uint64_t number_in(Octets asdu) {
    std::uint64_t number = 0;
    std::memcpy(&number, asdu.data(), sizeof number);
    return number;
}

/// One end of the wire, with the invariants that hold whatever happens.
struct End {
    End(Role role, const LinkConfig& config) : link(role, config, TimePoint{}), k(config.k) {}

    void deliver(Octets octets, TimePoint now) {
        link.receive(octets, now);
        drain(now);
    }
    void drain(TimePoint now) {
        while (auto event = link.take_event(now)) {
            if (const auto* asdu = std::get_if<Link::AsduReceived>(&*event)) {
                EXPECT_EQ(number_in(asdu->octets), received) << "order";
                EXPECT_EQ(asdu->number, ++received);
            } else if (const auto* acknowledged = std::get_if<Link::AsduAcknowledged>(&*event)) {
                EXPECT_GT(acknowledged->up_to, last_acknowledged);
                last_acknowledged = acknowledged->up_to;
            } else if (const auto* over = std::get_if<Link::Closed>(&*event)) {
                closed = over->reason;
            } else {
                ++transfer_changes;
            }
        }
        EXPECT_LE(link.sent_count() - link.acknowledged_count(), k);
        EXPECT_LE(link.kept_count(), link.received_count());
    }
    bool send(std::size_t size, TimePoint now) {
        if (!link.send(numbered_asdu(link.sent_count(), size), now)) return false;
        return true;
    }
    void collect() {
        OctetBuffer octets;
        link.take_output(octets);
        wire.insert(wire.end(), octets.begin(), octets.end());
    }
    /// The next octets on their way to the other end.
    OctetBuffer take(std::size_t at_most) {
        const auto end = wire.begin() + static_cast<std::ptrdiff_t>(std::min(at_most, wire.size()));
        OctetBuffer octets(wire.begin(), end);
        wire.erase(wire.begin(), end);
        return octets;
    }

    Link link;
    unsigned k;
    std::uint64_t received = 0, last_acknowledged = 0;
    unsigned transfer_changes = 0;
    std::optional<std::string> closed;
    std::deque<Octet> wire;
};

TEST(LinkNumbers, Case37_FortyThousandFramesEachWay) {
    const LinkConfig config;
    End controlling(Role::controlling, config), controlled(Role::controlled, config);
    TimePoint now{};
    controlling.link.start_transfer(now);
    const auto exchange = [&](End& from, End& to) {
        from.collect();
        to.deliver(from.take(from.wire.size()), now);
    };
    while (controlling.received < 40'000 || controlled.received < 40'000) {
        for (auto* end : {&controlling, &controlled})
            while (end->link.sent_count() < 40'000 && end->send(10, now)) continue;
        exchange(controlling, controlled);
        controlled.link.keep(controlled.received, now);
        exchange(controlled, controlling);
        controlling.link.keep(controlling.received, now);
        now += 1ms;
        ASSERT_FALSE(controlling.closed) << *controlling.closed;
        ASSERT_FALSE(controlled.closed) << *controlled.closed;
    }
    now += 10s;  // t2 brings the rest
    for (auto* end : {&controlling, &controlled}) end->link.on_deadline(now);
    exchange(controlling, controlled);
    exchange(controlled, controlling);
    EXPECT_EQ(controlling.last_acknowledged, 40'000u);
    EXPECT_EQ(controlled.last_acknowledged, 40'000u);
}

TEST(LinkNumbers, Case37_ThirtyTwoThousandOpenFramesAcrossTheWrap) {
    const LinkConfig config{.k = 32767, .w = 20000};
    End controlling(Role::controlling, config), controlled(Role::controlled, config);
    TimePoint now{};
    controlling.link.start_transfer(now);
    for (int round = 0; round < 3; ++round) {
        controlling.collect();
        controlled.deliver(controlling.take(controlling.wire.size()), now);
        controlled.collect();
        controlling.deliver(controlled.take(controlled.wire.size()), now);
        while (controlled.send(10, now)) now += 100us;
        EXPECT_EQ(controlled.link.window(), 0u);
        controlled.collect();
        controlling.deliver(controlled.take(controlled.wire.size()), now);
        controlling.link.keep(controlling.received, now);
    }
    EXPECT_FALSE(controlling.closed || controlled.closed);
    EXPECT_EQ(controlling.received, 3u * 32767u);
}

/// A seed decides: parameters, sizes, how the stream is cut, when each side sends, keeps, stops, starts, and how long
/// the wire takes. Time never runs so far that a timer of the other side could rightly close.
class Simulation {
public:
    explicit Simulation(std::uint32_t seed)
        : random_(seed),
          controlling_(Role::controlling, random_config()),
          controlled_(Role::controlled, random_config()) {}

    void run() {
        controlling_.link.start_transfer(now_);
        for (int step = 0; step < 3000 && !testing::Test::HasFailure(); ++step) one_step();
        settle();
    }

private:
    unsigned below(unsigned bound) { return static_cast<unsigned>(random_() % bound); }

    LinkConfig random_config() {
        LinkConfig config;
        config.k = static_cast<std::uint16_t>(1 + below(30));
        config.w = static_cast<std::uint16_t>(1 + below(config.k));
        return config;
    }

    void one_step() {
        End& end = below(2) == 0 ? controlling_ : controlled_;
        End& other = &end == &controlling_ ? controlled_ : controlling_;
        switch (below(8)) {
            case 0:
            case 1: end.send(8 + below(242), now_); break;
            case 2: keep(end, end.link.kept_count() + below(5)); break;
            case 3: keep(end, end.link.received_count()); break;
            case 4: transfer(end, other, 1 + below(600)); break;
            case 5: pass_time(std::chrono::milliseconds(below(300))); break;
            case 6:
                if (below(20) == 0) controlling_.link.stop_transfer(now_);
                if (below(10) == 0) controlling_.link.start_transfer(now_);
                break;
            default: transfer(controlling_, controlled_, 4000), transfer(controlled_, controlling_, 4000); break;
        }
        check();
    }

    void keep(End& end, std::uint64_t number) {
        end.link.keep(std::min(number, end.link.received_count()), now_);
        end.drain(now_);
    }

    void transfer(End& from, End& to, std::size_t at_most) {
        from.collect();
        to.deliver(from.take(at_most), now_);
    }

    /// Everything on its way arrives and is kept before much time passes, so that t1 has no reason.
    void pass_time(Duration duration) {
        now_ += duration;
        for (auto* end : {&controlling_, &controlled_}) {
            end->link.on_deadline(now_);
            end->drain(now_);
        }
        if (now_ - settled_ > 2s) settle();
    }

    void settle() {
        for (int round = 0; round < 4; ++round) {
            transfer(controlling_, controlled_, controlling_.wire.size() + 10000);
            transfer(controlled_, controlling_, controlled_.wire.size() + 10000);
            keep(controlling_, controlling_.received);
            keep(controlled_, controlled_.received);
        }
        settled_ = now_;
    }

    void check() {
        // Nothing is acknowledged that was not kept: what one side knows as acknowledged, the other has kept.
        EXPECT_LE(controlling_.last_acknowledged, controlled_.link.kept_count());
        EXPECT_LE(controlled_.last_acknowledged, controlling_.link.kept_count());
        EXPECT_FALSE(controlling_.closed) << *controlling_.closed;
        EXPECT_FALSE(controlled_.closed) << *controlled_.closed;
    }

    std::mt19937 random_;
    End controlling_, controlled_;
    TimePoint now_{}, settled_{};
};

TEST(LinkSimulation, InvariantsHoldWhateverTheOrder) {
    for (std::uint32_t seed = 1; seed <= 150; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Simulation(seed).run();
        if (HasFailure()) return;
    }
}

}  // namespace
}  // namespace busbar::iec104::test
