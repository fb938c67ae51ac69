#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string_view>

#include "base/result.hpp"
#include "config/server.hpp"
#include "connector/iec104_server/peers.hpp"
#include "net/event_loop.hpp"
#include "net/timer.hpp"

/// The server connector's station and connections without a store: events are made here. The counterpart of the bare
/// raw_source (as many as the window takes) and raw_pace (`rate` a second, each with its time in the shared file).
/// Each client is a group of its own; the slowest `stalled` ones are not waited for.
/// Arguments: port=N clients=N stalled=N n=EVENTS pack=OBJECTS_A_FRAME rate=EVENTS_A_SECOND shm=FILE. Prints one JSON
/// line when all clients have left.
namespace busbar {
namespace {

using connector::Peers;
using iec104::ControlledStation;
using iec60870::Ioa;

constexpr Ioa points = 100'000;
constexpr std::uint64_t most_ahead = 4096;  // events made but not sent yet
constexpr std::size_t shared_slots = std::size_t{1} << 24;

double processor_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::uint64_t nanoseconds() { return static_cast<std::uint64_t>(TimePoint::clock::now().time_since_epoch().count()); }

struct Options {
    std::uint16_t port = 0;
    std::uint64_t clients = 1, stalled = 0, events = 1'000'000, pack = 16, rate = 0;
    std::string shared;
};

/// Send times by IOA, shared with the bare client.
volatile std::uint64_t* map_times(const std::string& path) {
    if (path.empty()) return nullptr;
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    require(file >= 0 && ::ftruncate(file, shared_slots * 8) == 0, "the file of times");
    void* times = ::mmap(nullptr, shared_slots * 8, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ::close(file);
    require(times != MAP_FAILED, "the file of times");
    return static_cast<volatile std::uint64_t*>(times);
}

class Source {
public:
    explicit Source(const Options& options)
        : options_(options),
          times_(map_times(options.shared)),
          station_(station_config(), loop_.now()),
          pace_(loop_),
          peers_(loop_, station_, owner()) {
        config::ServerConfig config;
        config.network.max_connections = 1000;
        peers_.configure(config);
        const auto opened = peers_.open("127.0.0.1", options_.port);
        require(opened.has_value(), "the port is free");
        const TimePoint now = loop_.now();
        for (Ioa ioa = 1; ioa <= points; ++ioa) update(ioa, false, now);
        station_.flush(now);
    }

    void run() {
        loop_.run();
        fmt::print("{{\"who\":\"server_source\",\"sent\":{},\"cpu_s\":{:.3f},\"idle_cpu_s\":{:.3f}}}\n", made_,
                   cpu_end_ - cpu_start_, idle_cpu_);
    }

private:
    static iec104::ControlledStationConfig station_config() {
        iec104::ControlledStationConfig config;
        config.end_of_initialization = false;
        return config;
    }

    Peers::Owner owner() {
        Peers::Owner owner;
        owner.open_group = [this](const connector::GroupChoice&) { return station_.open_group("bench", position_); };
        owner.close_group = [this](ControlledStation::GroupId group) { station_.close_group(group); };
        owner.on_event = [this](iec104::ControlledSession& session, const iec104::ControlledSession::Event& event,
                                const net::PeerAddress&) {
            if (!std::holds_alternative<iec104::ControlledSession::TransferStarted>(event)) return;
            groups_.push_back(session.group());
            if (groups_.size() == options_.clients) begin();
        };
        owner.on_session_gone = [](auto&) {};
        owner.on_progress = [this] {
            if (running_ && options_.rate == 0) make_more();
        };
        owner.on_connected = [](const auto&, const auto&) {};
        owner.on_left = [this](const auto&, const auto&) {
            if (running_ && peers_.size() == 0) loop_.stop();
        };
        owner.on_refused = [](const auto&, const auto&, auto) {};
        owner.on_octets = [](const auto&, bool, Octets) {};
        return owner;
    }

    /// A second of silence first, to see that it costs nothing.
    void begin() {
        const double before = processor_seconds();
        pace_.after(std::chrono::seconds{1}, [this, before] {
            cpu_start_ = cpu_end_ = processor_seconds();
            idle_cpu_ = cpu_start_ - before;
            running_ = true;
            started_ = loop_.now();
            if (options_.rate == 0) return make_more();
            pace();
        });
    }

    void make_more() {
        if (made_ == options_.events) {
            cpu_end_ = processor_seconds();
            return;
        }
        const std::uint64_t slowest = slowest_position();
        if (position_.major - slowest > most_ahead / 2) return;
        const TimePoint now = loop_.now();  // of the batch, as in the connector
        while (made_ < options_.events && position_.major - slowest < most_ahead) {
            const std::uint64_t end = std::min(made_ + options_.pack, options_.events);
            while (made_ < end) update(static_cast<Ioa>(made_++ % points + 1), true, now);
            station_.flush(now);
        }
        peers_.wake_all();
    }

    std::uint64_t slowest_position() {
        sent_.clear();
        for (const auto group : groups_) sent_.push_back(station_.sent(group).major);
        const auto slowest = sent_.begin() + static_cast<std::ptrdiff_t>(options_.stalled);
        std::ranges::nth_element(sent_, slowest);
        return *slowest;
    }

    void pace() {
        const auto due = [this] { return started_ + std::chrono::nanoseconds{made_ * 1'000'000'000 / options_.rate}; };
        while (made_ < options_.events && due() <= loop_.now()) {
            const Ioa ioa = static_cast<Ioa>(made_++ % points + 1);
            if (times_) times_[ioa] = nanoseconds();
            const TimePoint now = loop_.now();
            update(ioa, true, now);
            station_.flush(now);
            peers_.wake_all();
        }
        cpu_end_ = processor_seconds();
        if (made_ < options_.events) pace_.at(due(), [this] { pace(); });
    }

    void update(Ioa ioa, bool event, TimePoint now) {
        const float value = static_cast<float>(ioa) * 0.5f;
        std::array<Octet, 12> element{0, 0, 0, 0, 0, 0x10, 0x27, 30, 12, 21, 11, 26};
        std::memcpy(element.data(), &value, sizeof value);
        iec104::ObjectUpdate update;
        update.common_address = 1;
        update.ioa = ioa;
        update.type = 36;
        update.element = element;
        update.event = event;
        update.position = {++position_.major, 0};
        station_.update(update, now);
    }

    Options options_;
    volatile std::uint64_t* times_;
    net::EventLoop loop_;
    iec104::Position position_;
    ControlledStation station_;
    net::Timer pace_;
    std::vector<ControlledStation::GroupId> groups_;
    std::vector<std::uint64_t> sent_;
    std::uint64_t made_ = 0;
    bool running_ = false;
    TimePoint started_{};
    double cpu_start_ = 0, cpu_end_ = 0, idle_cpu_ = 0;
    Peers peers_;
};

Options read_options(int count, char** arguments) {
    Options options;
    for (int i = 1; i < count; ++i) {
        const std::string_view argument = arguments[i];
        const auto equals = argument.find('=');
        require(equals != std::string_view::npos, "arguments are key=value");
        const auto key = argument.substr(0, equals), value = argument.substr(equals + 1);
        const auto number = [&](auto& into) { std::from_chars(value.data(), value.data() + value.size(), into); };
        if (key == "port") number(options.port);
        if (key == "clients") number(options.clients);
        if (key == "stalled") number(options.stalled);
        if (key == "n") number(options.events);
        if (key == "pack") number(options.pack);
        if (key == "rate") number(options.rate);
        if (key == "shm") options.shared = value;
    }
    return options;
}

}  // namespace
}  // namespace busbar

int main(int count, char** arguments) {
    busbar::Source source(busbar::read_options(count, arguments));
    source.run();
    return 0;
}
