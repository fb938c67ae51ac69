// Values come back by themselves, whatever goes wrong with whichever frame.
#include "channel_bench.hpp"

namespace busbar::iec102::test {
namespace {

using Bench = MetersBench;

/// Each thing that can go wrong with each frame of the start-up and the first readings.
struct Fault {
    const char* name;
    OctetBuffer (*arrives)(const OctetBuffer& request, const OctetBuffer& answer);
};

OctetBuffer joined(OctetBuffer first, const OctetBuffer& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

constexpr Fault faults[] = {
    {"silence", [](const OctetBuffer&, const OctetBuffer&) { return OctetBuffer{}; }},
    {"noise",
     [](const OctetBuffer&, const OctetBuffer&) {
         return OctetBuffer{0x68, 0x21, 0x10, 0x33, 0x16, 0xFF, 0x68, 0x20, 0x20, 0x68};
     }},
    {"echo", [](const OctetBuffer& request, const OctetBuffer& answer) { return joined(request, answer); }},
    {"echo alone", [](const OctetBuffer& request, const OctetBuffer&) { return request; }},
    {"FF before it",
     [](const OctetBuffer&, const OctetBuffer& answer) {
         return joined({0xFF, 0xFF, 0xFF}, answer);
     }},
    {"false start before it",
     [](const OctetBuffer&, const OctetBuffer& answer) {
         return joined({0x68, 0xF0, 0xF0, 0x68}, answer);
     }},
    {"wrong checksum",
     [](const OctetBuffer&, const OctetBuffer& answer) {
         OctetBuffer damaged = answer;
         if (damaged.size() > 1) ++damaged[damaged.size() - 2];
         return damaged;
     }},
    {"cut",
     [](const OctetBuffer&, const OctetBuffer& answer) {
         return OctetBuffer(answer.begin(), answer.begin() + static_cast<std::ptrdiff_t>(answer.size() / 2));
     }},
    {"twice", [](const OctetBuffer&, const OctetBuffer& answer) { return joined(answer, answer); }},
    {"another address",
     [](const OctetBuffer&, const OctetBuffer& answer) {
         const Frame frame = parse_frame(answer).value();
         return encode_frame({frame.control, 77, frame.asdu});
     }},
};

constexpr std::size_t observed_frames = 16;  // start-up and two readings of two meters

TEST(MeterChannel, ValuesComeBackByThemselvesAfterEachFaultAtEachFrame) {
    for (const Fault& fault : faults) {
        for (std::size_t at = 0; at < observed_frames; ++at) {
            SCOPED_TRACE(std::string{fault.name} + " at frame " + std::to_string(at));
            Bench bench{2};
            bench.fault = fault.arrives;
            bench.fault_at = at;
            bench.advance(10s);
            EXPECT_GE(bench.readings_in("m1", 5s), 5u);
            EXPECT_GE(bench.readings_in("m2", 5s), 5u);
            EXPECT_EQ(bench.status(0).rounds_failed + bench.status(1).rounds_failed, 0u);
        }
    }
}

/// What the first meter says of itself for a while.
struct Mood {
    const char* name;
    void (*begin)(MeterPeer&);
    void (*end)(MeterPeer&);
    Duration recovery;
};

constexpr Mood moods[] = {
    {"busy", [](MeterPeer& peer) { peer.busy = true; }, [](MeterPeer& peer) { peer.busy = false; }, 5s},
    {"no data", [](MeterPeer& peer) { peer.not_ready = 20; }, [](MeterPeer& peer) { peer.not_ready = 0; }, 5s},
    {"one NACK", [](MeterPeer& peer) { peer.nacks = 1; }, [](MeterPeer&) {}, 5s},
    {"NACKs", [](MeterPeer& peer) { peer.nacks = 3; }, [](MeterPeer& peer) { peer.nacks = 0; }, 65s},
    {"refusal", [](MeterPeer& peer) { peer.refuse_reads = Cause::record_unknown; },
     [](MeterPeer& peer) { peer.refuse_reads.reset(); }, 65s},
    {"login refused", [](MeterPeer& peer) { peer.refuse_login = true; },
     [](MeterPeer& peer) { peer.refuse_login = false; }, 65s},
    {"session lost", [](MeterPeer& peer) { peer.session = false; }, [](MeterPeer&) {}, 65s},
};

TEST(MeterChannel, ValuesComeBackByThemselvesWhateverAMeterSaidAtAnyFrame) {
    for (const Mood& mood : moods) {
        for (std::size_t at = 0; at < observed_frames; ++at) {
            SCOPED_TRACE(std::string{mood.name} + " at frame " + std::to_string(at));
            Bench bench{2};
            bench.fault_at = at;
            bench.fault = [&](const OctetBuffer&, const OctetBuffer& answer) {
                mood.begin(bench.peer(1));
                return answer;
            };
            bench.advance(4s);
            EXPECT_GE(bench.readings_in("m2", 4s), 3u);  // the other keeps its rate
            mood.end(bench.peer(1));
            bench.advance(mood.recovery);
            EXPECT_GE(bench.readings_in("m1", 5s), 4u);
            EXPECT_EQ(bench.status(0).state, DeviceState::good);
            EXPECT_EQ(bench.status(0).demotions, 0u);
        }
    }
}

TEST(MeterChannel, ValuesComeBackAfterAClosedConnectionAtEachFrame) {
    for (std::size_t at = 0; at < observed_frames; ++at) {
        SCOPED_TRACE(at);
        Bench bench{2};
        bool closes = false;
        bench.fault_at = at;
        bench.fault = [&](const OctetBuffer&, const OctetBuffer&) {
            closes = true;
            return OctetBuffer{};
        };
        while (!closes) bench.advance(1ms);
        bench.close();
        bench.advance(5s);
        bench.connect();
        bench.advance(3s);
        EXPECT_GE(bench.readings_in("m1", 5s), 5u);
        EXPECT_GE(bench.readings_in("m2", 5s), 5u);
    }
}

/// Whatever asks m1 makes the other end close the connection, as a converter does that falls over it.
class ClosingBench : public Bench {
public:
    explicit ClosingBench(unsigned failures) : Bench(2) {
        for (DeviceConfig& config : configs) config.demotion = {true, failures, 60s};
        apply();
        on_frame = [this, carry = on_frame](const OctetBuffer& frame) {
            if (closes && parse_frame(frame)->link_address == 1) lost_ = true;
            carry(frame);
        };
    }
    void pass(Duration duration) {
        for (const TimePoint end = now + duration; now < end;) {
            advance(1ms);
            if (!std::exchange(lost_, false)) continue;
            lose();
            advance(1s);
            connect();
        }
    }
    bool closes = true;

private:
    bool lost_ = false;
};

TEST(MeterChannel, AMeterThatCostsTheConnectionIsDemoted) {
    ClosingBench bench{3};
    bench.pass(10s);
    EXPECT_EQ(bench.status(0).state, DeviceState::demoted);
    EXPECT_EQ(bench.status(0).rounds_failed, 3u);
    EXPECT_EQ(bench.status(1).rounds_failed, 0u);
    EXPECT_GE(bench.readings_in("m2", 10s), 9u);
    bench.closes = false;
    bench.pass(60s);
    EXPECT_GE(bench.readings_in("m1", 5s), 4u);
}

TEST(MeterChannel, OneLostConnectionDemotesNobody) {
    ClosingBench bench{1};
    bench.pass(300ms);
    EXPECT_EQ(bench.status(0).rounds_failed, 1u);
    EXPECT_EQ(bench.status(0).state, DeviceState::failing);
    bench.pass(10s);
    EXPECT_EQ(bench.status(0).state, DeviceState::demoted);
}

TEST(MeterChannel, ARestartedMeterIsReadAgain) {
    for (int step = 0; step < 50; ++step) {
        SCOPED_TRACE(step);
        Bench bench{1};
        bench.advance(2s + 10ms * step);
        // It is away for a while: a frame is lost, and the frame count bit with it.
        bench.silence(1);
        bench.advance(20s);
        bench.speak();
        bench.peer(1).restart();
        bench.advance(20s);
        EXPECT_EQ(bench.status(0).state, DeviceState::good);
    }
}

}  // namespace
}  // namespace busbar::iec102::test
