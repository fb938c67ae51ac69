#include "net/serial_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cstdio>
#include <fstream>

#include "net/net_bench.hpp"
#include "net/stream_connector.hpp"

namespace busbar::net {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// A serial line: its port, and the end at which the test is the meter.
class Line {
public:
    Line() : far_end_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
        ::grantpt(far_end_);
        ::unlockpt(far_end_);
        std::array<char, 128> name{};
        ::ptsname_r(far_end_, name.data(), name.size());
        port_ = name.data();
    }
    ~Line() { unplug(); }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    const std::string& port() const { return port_; }
    void send(const std::string& text) { EXPECT_EQ(::write(far_end_, text.data(), text.size()), std::ssize(text)); }
    std::string received(std::size_t count) {
        std::string text;
        std::array<char, 512> part{};
        while (text.size() < count) {
            pollfd wait{far_end_, POLLIN, 0};
            if (::poll(&wait, 1, 20000) != 1) break;
            const auto read = ::read(far_end_, part.data(), part.size());
            if (read <= 0) break;
            text.append(part.data(), static_cast<std::size_t>(read));
        }
        return text;
    }
    void unplug() {
        if (far_end_ >= 0) ::close(std::exchange(far_end_, -1));
    }

private:
    int far_end_;
    std::string port_;
};

class SerialStreamTest : public testing::Test {
protected:
    Result<std::unique_ptr<SerialStream>> open(const SerialSettings& settings = {}) {
        return SerialStream::open(loop_, line_.port(), settings);
    }
    std::string why_not(const std::string& port, const SerialSettings& settings = {}) {
        const auto opened = SerialStream::open(loop_, port, settings);
        return opened ? "opened" : opened.error().what;
    }
    /// Waits until there is something to read, and reads it.
    Transfer read(Stream& stream, std::size_t most = 100) {
        text_.resize(most);
        Transfer transfer = stream.read(text_);
        while (transfer.state == Transfer::State::blocked) {
            bool ready = false;
            stream.when_readable([&] { ready = true; });
            if (!loop_.run_until([&] { return ready; }, patience)) break;
            transfer = stream.read(text_);
        }
        text_.resize(transfer.octets);
        return transfer;
    }
    std::string text() const { return {text_.begin(), text_.end()}; }

    EventLoop loop_;
    Line line_;
    OctetBuffer text_;
};

TEST_F(SerialStreamTest, PassesOctetsAsTheyAreBothWays) {
    const auto stream = open();
    ASSERT_TRUE(stream) << stream.error().what;
    std::string all;
    for (int octet = 0; octet < 256; ++octet) all += static_cast<char>(octet);
    const OctetBuffer octets(all.begin(), all.end());
    ASSERT_EQ((*stream)->write(octets).octets, octets.size());
    EXPECT_EQ(line_.received(256), all);
    line_.send(all);
    std::string back;
    while (back.size() < all.size() && read(**stream, 300).state == Transfer::State::moved) back += text();
    EXPECT_EQ(back, all);
}

TEST_F(SerialStreamTest, DoesNotBlock) {
    const auto stream = open();
    ASSERT_TRUE(stream);
    OctetBuffer buffer(10);
    EXPECT_EQ((*stream)->read(buffer).state, Transfer::State::blocked);
    bool writable = false;
    (*stream)->when_writable([&] { writable = true; });
    EXPECT_TRUE(loop_.run_until([&] { return writable; }, patience));
    const OctetBuffer much(1 << 20);
    std::size_t written = 0;
    Transfer transfer = (*stream)->write(much);
    for (; transfer.state == Transfer::State::moved && written < much.size(); transfer = (*stream)->write(much))
        written += transfer.octets;
    EXPECT_EQ(transfer.state, Transfer::State::blocked);
    EXPECT_EQ((*stream)->peer(), PeerAddress{});
}

TEST_F(SerialStreamTest, ReadsNoMoreAtOnceThanItsBuffer) {
    const auto stream = open({.buffer_size = 3});
    ASSERT_TRUE(stream);
    line_.send("abcdef");
    EXPECT_LE(read(**stream).octets, 3u);
}

TEST_F(SerialStreamTest, DropsWhatLayInThePortBefore) {
    const int before = ::open(line_.port().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    line_.send("stale\n");
    const auto stream = open();
    ::close(before);
    ASSERT_TRUE(stream);
    line_.send("new");
    ASSERT_EQ(read(**stream).state, Transfer::State::moved);
    EXPECT_THAT(text(), StartsWith("n"));
}

TEST_F(SerialStreamTest, SaysThatThePortHasGone) {
    const auto stream = open();
    ASSERT_TRUE(stream);
    line_.unplug();
    const Transfer transfer = read(**stream);
    EXPECT_EQ(transfer.state, Transfer::State::ended);
    EXPECT_THAT(transfer.reason, StartsWith("the serial port has gone ("));
    const OctetBuffer octets(3);
    EXPECT_EQ((*stream)->write(octets).state, Transfer::State::ended);
}

TEST_F(SerialStreamTest, DoesNotCallBackAfterClose) {
    const auto stream = open();
    ASSERT_TRUE(stream);
    bool called = false;
    (*stream)->when_readable([&] { called = true; });
    (*stream)->close();
    (*stream)->close();
    bool later = false;
    loop_.post([&] { later = true; });
    ASSERT_TRUE(loop_.run_until([&] { return later; }, patience));
    EXPECT_FALSE(called);
}

TEST_F(SerialStreamTest, HasThePortToItselfUntilItIsClosed) {
    auto first = open();
    ASSERT_TRUE(first);
    EXPECT_EQ(why_not(line_.port()), "in use by another program");
    first->reset();
    EXPECT_EQ(why_not(line_.port()), "opened");
}

TEST_F(SerialStreamTest, LeavesAPortAloneThatSomebodyElseHasLocked) {
    const int other = ::open(line_.port().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    ASSERT_EQ(::flock(other, LOCK_EX | LOCK_NB), 0);
    EXPECT_EQ(why_not(line_.port()), "in use by another program");
    ::close(other);
    EXPECT_EQ(why_not(line_.port()), "opened");
}

TEST_F(SerialStreamTest, NamesASettingThatThePortDoesNotHave) {
    // A pseudo-terminal has 8 data bits and no parity, whatever it is told.
    EXPECT_EQ(why_not(line_.port(), {.parity = Parity::even}), "parity even is not possible on this port");
    EXPECT_EQ(why_not(line_.port(), {.parity = Parity::space}), "parity space is not possible on this port");
    EXPECT_EQ(why_not(line_.port(), {.data_bits = 7}), "7 data bits is not possible on this port");
    EXPECT_EQ(why_not(line_.port(), {.baud = 9601}), "9601 baud is no speed that a port has");
    EXPECT_EQ(why_not(line_.port(), {.stop_bits = 2}), "opened");
    // Nor has it control lines.
    EXPECT_THAT(why_not(line_.port(), {.rts = true}), StartsWith("RTS cannot be switched on: "));
    EXPECT_THAT(why_not(line_.port(), {.dtr = true}), StartsWith("DTR cannot be switched on: "));
}

TEST_F(SerialStreamTest, SaysWhyAPortCannotBeOpened) {
    EXPECT_EQ(why_not("/dev/there-is-no-such-port"), "No such file or directory");
    EXPECT_EQ(why_not("/dev/null"), "is no serial port");
    EXPECT_EQ(why_not("/dev"), "Is a directory");
}

TEST_F(SerialStreamTest, NamesTheGroupThatMayUseThePort) {
    const std::string file = testing::TempDir() + "busbar_serial_" + std::to_string(::getpid());
    std::ofstream(file) << "";
    ::chmod(file.c_str(), 0);
    const ::uid_t user = ::geteuid();  // root may open everything
    if (user == 0) {
        ASSERT_EQ(::seteuid(65534), 0);
    }
    const std::string why = why_not(file);
    ASSERT_EQ(::seteuid(user), 0);
    std::remove(file.c_str());
    EXPECT_THAT(why, StartsWith("Permission denied (it is for the group "));
}

TEST_F(SerialStreamTest, IsMadeByAStreamConnectorLikeAnyOther) {
    StreamConnector connector(loop_);
    std::unique_ptr<Stream> stream;
    std::string error;
    int answers = 0;
    const auto connect = [&](const std::string& port) {
        answers = 0;
        connector.connect({.path = port, .serial = SerialSettings{}}, 1s, [&](Result<std::unique_ptr<Stream>> made) {
            ++answers;
            if (made)
                stream = std::move(*made);
            else
                error = made.error().what;
        });
        EXPECT_EQ(answers, 0);
        return loop_.run_until([&] { return answers > 0; }, patience);
    };
    ASSERT_TRUE(connect(line_.port()));
    ASSERT_TRUE(stream) << error;
    line_.send("hello");
    EXPECT_EQ(read(*stream).state, Transfer::State::moved);
    ASSERT_TRUE(connect("/dev/there-is-no-such-port"));
    EXPECT_EQ(error, "/dev/there-is-no-such-port: No such file or directory");
}

}  // namespace
}  // namespace busbar::net
