#include <benchmark/benchmark.h>
#include <malloc.h>

#include <array>
#include <memory>
#include <random>
#include <vector>

#include "iec104/station/controlled_station.hpp"

/// What the controlled station costs without sockets: per information object, per frame, per point and per connection.
/// The control room is as cheap as it can be: it counts I-frames and acknowledges them in eights.
namespace busbar::iec104 {
namespace {

constexpr std::array<Octet, 12> measured{0, 0, 0x80, 0x3F, 0, 0x10, 0x27, 30, 8, 21, 11, 26};
constexpr TypeId float_with_time = 36;

void count_each(benchmark::State& state, const char* name, double each) {
    state.counters[name] = benchmark::Counter(static_cast<double>(state.iterations()) * each,
                                              benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

class Bench {
public:
    explicit Bench(Ioa points, unsigned connections = 1) : station_(config(), TimePoint{}) {
        for (Ioa ioa = 1; ioa <= points; ++ioa) update(ioa, false);
        station_.set_stations(std::array<CommonAddress, 1>{1});
        for (unsigned i = 0; i < connections; ++i) {
            const auto group = station_.open_group("bench", position_);
            rooms_.push_back({station_.connect(group, now_)});
            receive(rooms_.back(), {0x68, 4, 7, 0, 0, 0});
        }
    }

    void update(Ioa ioa, bool event) {
        ObjectUpdate update;
        update.common_address = 1;
        update.ioa = ioa;
        update.type = float_with_time;
        update.element = measured;
        update.event = event;
        update.position = {++position_.major, 0};
        station_.update(update, now_);
    }

    void flush() {
        station_.flush(now_);
        for (Room& room : rooms_) read(room);
    }

    void interrogate() {
        Room& room = rooms_.front();
        const auto number = static_cast<Octet>(room.requests * 2),
                   number_high = static_cast<Octet>(room.requests++ >> 7);
        receive(room, {0x68, 14, number, number_high, static_cast<Octet>(room.received * 2),
                       static_cast<Octet>(room.received >> 7), 100, 1, 6, 0, 1, 0, 0, 0, 0, 20});
    }

    const ControlledStation& station() const { return station_; }
    std::uint64_t frames() const { return rooms_.front().received; }

private:
    struct Room {
        std::unique_ptr<ControlledSession> session;
        std::uint64_t received = 0, acknowledged = 0;
        unsigned requests = 0;
    };

    static ControlledStationConfig config() {
        ControlledStationConfig config;
        config.end_of_initialization = false;
        return config;
    }

    void receive(Room& room, std::initializer_list<Octet> octets) {
        room.session->receive(Octets(octets.begin(), octets.size()), now_);
        while (room.session->take_event(now_)) {
        }
        read(room);
    }

    void read(Room& room) {
        room.session->take_output(buffer_, now_);
        for (std::size_t at = 0; at < buffer_.size(); at += buffer_[at + 1] + std::size_t{2})
            room.received += (buffer_[at + 2] & 1) == 0;
        if (room.received - room.acknowledged < 8) return;
        room.acknowledged = room.received;
        const auto number = static_cast<std::uint16_t>(room.received % 32768);
        receive(room, {0x68, 4, 1, 0, static_cast<Octet>(number * 2), static_cast<Octet>(number >> 7)});
    }

    TimePoint now_{};
    Position position_;
    ControlledStation station_;
    std::vector<Room> rooms_;
    OctetBuffer buffer_;
};

void interrogation(benchmark::State& state) {
    const auto points = static_cast<Ioa>(state.range(0));
    Bench bench(points);
    for (auto _ : state) bench.interrogate();
    count_each(state, "object", points);
    if (bench.station().counters().interrogation_objects !=
        std::uint64_t{points} * static_cast<std::uint64_t>(state.iterations()))
        state.SkipWithError("objects are missing");
}
BENCHMARK(interrogation)->Arg(1000)->Arg(100'000)->Arg(1'000'000);

void one_object_events(benchmark::State& state) {
    const auto connections = static_cast<unsigned>(state.range(0));
    Bench bench(100'000, connections);
    Ioa ioa = 0;
    for (auto _ : state) {
        bench.update(ioa++ % 100'000 + 1, true);
        bench.flush();
    }
    count_each(state, "delivery", connections);
}
BENCHMARK(one_object_events)->Arg(1)->Arg(100);

void full_events(benchmark::State& state) {
    const auto connections = static_cast<unsigned>(state.range(0));
    Bench bench(100'000, connections);
    Ioa ioa = 0;
    for (auto _ : state) {
        for (int i = 0; i < 128; ++i) bench.update(ioa++ % 100'000 + 1, true);
        bench.flush();
    }
    count_each(state, "delivery", 128.0 * connections);
}
BENCHMARK(full_events)->Arg(1)->Arg(100);

void update_without_event(benchmark::State& state, bool scattered) {
    const auto points = static_cast<Ioa>(state.range(0));
    Bench bench(points);
    std::vector<Ioa> order(1 << 16);
    std::mt19937 random(1);
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = 1 + static_cast<Ioa>(scattered ? random() % points : i % points);
    std::size_t next = 0;
    for (auto _ : state) bench.update(order[next++ % order.size()], false);
    count_each(state, "object", 1);
}
BENCHMARK_CAPTURE(update_without_event, in_order, false)->Arg(100'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(update_without_event, scattered, true)->Arg(100'000)->Arg(1'000'000);

double heap() { return static_cast<double>(mallinfo2().uordblks + mallinfo2().hblkhd); }

void memory_of_points(benchmark::State& state) {
    const auto points = static_cast<Ioa>(state.range(0));
    const double before = heap();
    Bench bench(points, 0);
    for (auto _ : state) benchmark::DoNotOptimize(bench.station().object_count());
    state.counters["octets/point"] =
        (heap() - before - static_cast<double>(ControlledStationConfig{}.ring_octets)) / points;
}
BENCHMARK(memory_of_points)->Arg(100'000)->Arg(1'000'000)->Iterations(1);

void memory_of_connections(benchmark::State& state) {
    constexpr unsigned connections = 1000;
    ControlledStation station({}, TimePoint{});
    std::vector<std::unique_ptr<ControlledSession>> sessions;
    sessions.reserve(connections);
    const double before = heap();
    for (unsigned i = 0; i < connections; ++i)
        sessions.push_back(station.connect(station.open_group("bench", {}), TimePoint{}));
    for (auto _ : state) benchmark::DoNotOptimize(sessions.size());
    state.counters["octets/connection"] = (heap() - before) / connections;
}
BENCHMARK(memory_of_connections)->Iterations(1);

}  // namespace
}  // namespace busbar::iec104
