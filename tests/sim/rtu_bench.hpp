#pragma once

#include "bench.hpp"
#include "sim/rtu/rtu.hpp"

namespace busbar::sim::test {

/// Two objects: a single point at IOA 1 (type 30), a float at IOA 2 (type 36); commands 45 at IOA 10 (status 1) and 50
/// at IOA 11 (status 2). Common address 1.
inline Substation small_substation() {
    Substation substation;
    for (const TypeId type : {TypeId{30}, TypeId{36}}) {
        SimPoint& point = substation.points.emplace_back();
        point.common_address = 1;
        point.ioa = type == 30 ? 1 : 2;
        point.type = type;
        point.maximum = type == 30 ? 1 : 100;
        point.step = 1;
    }
    for (const TypeId type : {TypeId{45}, TypeId{50}}) {
        SimCommand& command = substation.commands.emplace_back();
        command.common_address = 1;
        command.ioa = type == 45 ? 10 : 11;
        command.type = type;
        command.status = type == 45 ? 1 : 2;
    }
    return substation;
}

/// Numbered events of type 7 (no time tag): as short as events get.
inline RtuConfig numbered_config(std::uint64_t total, double per_second = 1) {
    RtuConfig config;
    config.station.end_of_initialization = false;
    config.activity = {.events_per_second = per_second, .total = total, .numbered = true};
    return config;
}

/// An RTU on a virtual clock, with any number of control rooms made by `connect`.
class RtuBench {
public:
    explicit RtuBench(const RtuConfig& config = numbered_config(0, 0), Substation substation = small_substation())
        : rtu(config, std::move(substation), log.journal, clock.now) {}

    std::unique_ptr<net::Session> open(std::string_view address = "10.0.0.1") {
        return rtu.connect(
            {*net::IpAddress::parse(address), 5000}, [] {}, clock.now);
    }
    SessionBench connect(std::string_view address = "10.0.0.1") { return SessionBench(clock, open(address)); }
    /// One that has data transfer started.
    SessionBench start(std::string_view address = "10.0.0.1") {
        SessionBench session = connect(address);
        session.receive(startdt_act);
        EXPECT_EQ(session.sent().substr(0, 17), startdt_con);
        return session;
    }
    /// Lets the RTU's own clock go on; sessions have theirs.
    void advance(Duration duration) {
        const TimePoint end = clock.now + duration;
        while (rtu.next_deadline() && *rtu.next_deadline() <= end) {
            clock.now = std::max(clock.now, *rtu.next_deadline());
            rtu.on_deadline(clock.now);
        }
        clock.now = end;
    }

    VirtualClock clock;
    JournalBench log{clock};
    Rtu rtu;
};

/// An RTU with one control room, which acknowledges everything.
struct RtuDialogue : RtuBench {
    RtuDialogue(const RtuConfig& config, Substation substation)
        : RtuBench(config, std::move(substation)), scada(start()) {}

    std::vector<std::string> ask(std::string_view asdu) {
        scada.receive_i(requests++, received, asdu);
        return hear();
    }
    std::vector<std::string> hear() {
        const auto asdus = scada.sent_asdus();
        received += static_cast<unsigned>(asdus.size());
        scada.acknowledge(received);
        return asdus;
    }

    SessionBench scada;
    unsigned requests = 0, received = 0;
};

}  // namespace busbar::sim::test
