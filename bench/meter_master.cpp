// The bare side of the measurement of meters: masters that do nothing but exchange the frames of a reading (162, ACK,
// poll, 163) with the meters of each line in turn, as fast as the line allows. Knows no scan rates, values or tags.
//
//   meter_master HOST METERS SECONDS PORT...
//
// Every line is one connection; its meters have the link addresses 1 to METERS, point 1, password 1. Prints one line of
// JSON: readings in SECONDS after the last meter has taken the login, and what they cost.
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using Octets = std::vector<std::uint8_t>;
using Clock = std::chrono::steady_clock;

[[noreturn]] void die(const char* what) {
    std::perror(what);
    std::exit(1);
}

Octets checked(Octets frame, std::size_t from) {
    std::uint8_t sum = 0;
    for (std::size_t index = from; index < frame.size(); ++index) sum = static_cast<std::uint8_t>(sum + frame[index]);
    frame.insert(frame.end(), {sum, 0x16});
    return frame;
}

Octets fixed(unsigned control, unsigned link) {
    return checked({0x10, static_cast<std::uint8_t>(control), static_cast<std::uint8_t>(link & 255),
                    static_cast<std::uint8_t>(link >> 8)},
                   1);
}

Octets variable(unsigned control, unsigned link, const Octets& asdu) {
    const auto length = static_cast<std::uint8_t>(asdu.size() + 3);
    Octets frame{0x68, length, length, 0x68};
    const Octets head = fixed(control, link);
    frame.insert(frame.end(), head.begin() + 1, head.begin() + 4);
    frame.insert(frame.end(), asdu.begin(), asdu.end());
    return checked(std::move(frame), 4);
}

int connect_to(const char* host, const char* port) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host, port, &wanted, &found) != 0) die("getaddrinfo");
    const int line = ::socket(found->ai_family, SOCK_STREAM, 0);
    if (::connect(line, found->ai_addr, found->ai_addrlen) != 0) die(port);
    ::freeaddrinfo(found);
    const int on = 1;
    ::setsockopt(line, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return line;
}

class Line {
public:
    Line(int line, unsigned meters) : line_(line), meters_(meters) { say(); }
    int descriptor() const { return line_; }
    bool is_open() const { return step_ >= opening * meters_; }
    std::uint64_t readings() const { return readings_; }

    void hear() {
        std::uint8_t octets[512];
        const ssize_t count = ::read(line_, octets, sizeof octets);
        if (count <= 0) die("read");
        heard_.insert(heard_.end(), octets, octets + count);
        if (heard_.size() < 4) return;
        const std::size_t size = heard_[0] == 0x10 ? 6u : heard_[1] + 6u;
        if (heard_.size() < size) return;
        if (is_open() && step_ % 2 == 1) {
            if (size != 110) std::exit((std::fprintf(stderr, "a reading of %zu octets\n", size), 1));
            ++readings_;
        }
        heard_.clear();
        ++step_;
        say();
    }

private:
    static constexpr unsigned opening = 4;  // status, reset, login, poll: once for each meter

    void say() {
        const Octets frame = next();
        if (::write(line_, frame.data(), frame.size()) != static_cast<ssize_t>(frame.size())) die("write");
    }
    Octets next() const {
        if (!is_open()) {
            const auto link = static_cast<unsigned>(step_ / opening + 1);
            switch (step_ % opening) {
                case 0: return fixed(0x49, link);
                case 1: return fixed(0x40, link);
                case 2: return variable(0x73, link, {0xB7, 1, 6, 1, 0, 0, 1, 0, 0, 0});
                default: return fixed(0x5B, link);
            }
        }
        // The frame count bit is 1 for every request and 0 for every poll, as it was for the login and its poll.
        const auto link = static_cast<unsigned>((step_ - opening * meters_) / 2 % meters_ + 1);
        if (step_ % 2 == 1) return fixed(0x5B, link);
        return variable(0x73, link, {0xA2, 3, 5, 1, 0, 0, 0xC0, 0xC1, 0xC2});
    }

    int line_;
    std::uint64_t meters_, step_ = 0, readings_ = 0;
    Octets heard_;
};

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double processor_seconds() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    return seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
}

/// Until all lines are open, or the time is over.
template <class Done>
void run(std::vector<Line>& lines, const Done& done) {
    std::vector<pollfd> waiting;
    for (const Line& line : lines) waiting.push_back({line.descriptor(), POLLIN, 0});
    while (!done()) {
        if (::poll(waiting.data(), waiting.size(), 100) < 0) die("poll");
        for (std::size_t index = 0; index < lines.size(); ++index) {
            if (waiting[index].revents != 0) lines[index].hear();
        }
    }
}

std::uint64_t readings_of(const std::vector<Line>& lines) {
    std::uint64_t sum = 0;
    for (const Line& line : lines) sum += line.readings();
    return sum;
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 5) return std::fprintf(stderr, "meter_master HOST METERS SECONDS PORT...\n"), 2;
    std::vector<Line> lines;
    for (int index = 4; index < count; ++index)
        lines.emplace_back(connect_to(arguments[1], arguments[index]), std::strtoul(arguments[2], nullptr, 10));
    run(lines, [&] {
        for (const Line& line : lines) {
            if (!line.is_open()) return false;
        }
        return true;
    });
    const auto began = Clock::now();
    const auto end = began + std::chrono::duration_cast<Clock::duration>(
                                 std::chrono::duration<double>(std::strtod(arguments[3], nullptr)));
    const std::uint64_t before = readings_of(lines);
    const double processor = processor_seconds();
    run(lines, [&] { return Clock::now() >= end; });
    const double passed = std::chrono::duration<double>(Clock::now() - began).count();
    const auto readings = static_cast<double>(readings_of(lines) - before);
    std::printf("{\"readings\":%.0f,\"seconds\":%.3f,\"readings_per_s\":%.3f,\"cpu_s_per_1000\":%.4f}\n", readings,
                passed, readings / passed, (processor_seconds() - processor) / readings * 1000);
}
