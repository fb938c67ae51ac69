#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.hpp"
#include "net/session.hpp"
#include "sim/wire/journal.hpp"

/// What tests of simulators have in common: a virtual clock, hex in and out, files that go with the test.
namespace busbar::sim::test {

using namespace std::chrono_literals;

inline OctetBuffer octets_of(std::string_view text) {
    auto octets = from_hex(text);
    EXPECT_TRUE(octets) << "not hex: " << text;
    return octets ? *octets : OctetBuffer{};
}

inline std::string hex(Octets octets) {
    std::string text = to_hex(octets, ' ');
    for (char& character : text) character = static_cast<char>(std::toupper(character));
    return text;
}

/// A directory of its own, gone with the test.
class TemporaryDirectory {
public:
    TemporaryDirectory() {
        std::string name = (std::filesystem::temp_directory_path() / "busbar-sim-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    std::string file(std::string_view name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

inline std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// 2026-11-21 09:00 UTC when the monotonic clock says 0.
struct VirtualClock {
    TimePoint now{};
    UtcTime utc() const {
        return UtcTime(1795251600000ms) + std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
    }
};

/// A journal in a file, read back as lines without their times.
class JournalBench {
public:
    explicit JournalBench(const VirtualClock& clock) : journal([&clock] { return clock.utc(); }) {
        journal.write_to(LineLog(directory.file("journal")));
        file_.open(directory.file("journal"));
    }

    /// What was written since the last call: `"what":"connected","peer":"…"`, without braces, one entry a line.
    std::vector<std::string> lines() {
        std::vector<std::string> lines;
        file_.clear();
        for (std::string line; std::getline(file_, line);) {
            lines.push_back(line.substr(33, line.size() - 34));  // behind {"at":"…",
        }
        return lines;
    }
    /// Those that begin with this `what`.
    std::vector<std::string> lines(std::string_view what) {
        std::vector<std::string> chosen;
        const std::string start = "\"what\":\"" + std::string(what) + "\"";
        for (const std::string& line : lines()) {
            if (line.starts_with(start)) chosen.push_back(line.substr(std::min(line.size(), start.size() + 1)));
        }
        return chosen;
    }

    TemporaryDirectory directory;
    Journal journal;

private:
    std::ifstream file_;
};

/// The frames of an output in hex, " | " between them.
inline std::string frames(Octets octets) {
    std::string text;
    while (!octets.empty()) {
        const std::size_t size = std::min<std::size_t>(octets.size(), octets.size() > 1 ? octets[1] + 2u : 1u);
        text += (text.empty() ? "" : " | ") + hex(octets.first(size));
        octets = octets.subspan(size);
    }
    return text;
}

inline constexpr std::string_view startdt_act = "68 04 07 00 00 00", startdt_con = "68 04 0B 00 00 00";
inline constexpr std::string_view stopdt_act = "68 04 13 00 00 00", stopdt_con = "68 04 23 00 00 00";
inline constexpr std::string_view testfr_act = "68 04 43 00 00 00", testfr_con = "68 04 83 00 00 00";

/// One session with a test as its peer.
class SessionBench {
public:
    SessionBench(VirtualClock& clock, std::unique_ptr<net::Session> under_test)
        : session(std::move(under_test)), clock_(clock) {}

    void receive(std::string_view text) {
        const OctetBuffer octets = octets_of(text);
        session->receive(octets, clock_.now);
    }
    void receive_i(unsigned send_number, unsigned receive_number, std::string_view asdu) {
        const OctetBuffer octets = octets_of(asdu);
        OctetBuffer apdu{0x68,
                         static_cast<Octet>(octets.size() + 4),
                         static_cast<Octet>(send_number * 2),
                         static_cast<Octet>(send_number / 128),
                         static_cast<Octet>(receive_number * 2),
                         static_cast<Octet>(receive_number / 128)};
        apdu.insert(apdu.end(), octets.begin(), octets.end());
        session->receive(apdu, clock_.now);
    }
    void acknowledge(unsigned number) {
        const OctetBuffer s_frame{0x68, 4, 1, 0, static_cast<Octet>(number * 2), static_cast<Octet>(number / 128)};
        session->receive(s_frame, clock_.now);
    }
    OctetBuffer sent_octets() {
        OctetBuffer octets;
        session->take_output(octets, clock_.now);
        return octets;
    }
    /// Frames sent since the last call.
    std::string sent() { return frames(sent_octets()); }
    /// The ASDUs of the I-frames among them, in hex.
    std::vector<std::string> sent_asdus() {
        std::vector<std::string> asdus;
        const OctetBuffer octets = sent_octets();
        for (Octets rest(octets); rest.size() > 1;) {
            const Octets apdu = rest.first(std::min<std::size_t>(rest.size(), rest[1] + 2u));
            if ((apdu[2] & 1) == 0) asdus.push_back(hex(apdu.subspan(6)));
            rest = rest.subspan(apdu.size());
        }
        return asdus;
    }
    /// Runs deadlines up to `duration` from now.
    void advance(Duration duration) {
        const TimePoint end = clock_.now + duration;
        for (auto next = session->next_deadline(); next && *next <= end; next = session->next_deadline()) {
            clock_.now = std::max(clock_.now, *next);
            session->on_deadline(clock_.now);
            if (session->closed()) break;
        }
        clock_.now = end;
    }
    void disconnect() {
        session->disconnected("closed by the peer", clock_.now);
        session.reset();
    }

    std::unique_ptr<net::Session> session;

private:
    VirtualClock& clock_;
};

}  // namespace busbar::sim::test
