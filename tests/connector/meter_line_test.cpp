#include "connector/iec102_client/meter_line.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "connector/iec102_client/gateway.hpp"
#include "net/event_loop.hpp"

namespace busbar::connector {
namespace {

using namespace std::chrono_literals;

constexpr Duration patience = 20s;  // of real time, for what ought to happen at once

/// A program that is connected to a gateway.
class Client {
public:
    explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        void* where = &address;
        EXPECT_EQ(::connect(socket_, static_cast<sockaddr*>(where), sizeof address), 0);
    }
    ~Client() { ::close(socket_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    void send(const std::string& octets) const {
        EXPECT_EQ(::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL), std::ssize(octets));
    }

private:
    int socket_;
};

/// A serial line at whose other end nobody takes anything, with a gateway.
class FullLine {
public:
    explicit FullLine(std::uint32_t buffer_size) : far_end_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
        ::grantpt(far_end_);
        ::unlockpt(far_end_);
        std::array<char, 128> name{};
        ::ptsname_r(far_end_, name.data(), name.size());
        config::MeterSerial serial;
        serial.port = name.data();
        serial.buffer_size = buffer_size;
        config::MeterChannel channel;
        channel.name = "line";
        channel.connection = serial;
        channel.gateways.emplace_back().port = 0;
        channel.gateways[0].interface_address = "127.0.0.1";
        line_ = std::make_unique<MeterLine>(loop_, channel, std::vector<iec102::DeviceConfig>{}, owner());
        EXPECT_TRUE(loop_.run_until([this] { return line_->tcp() == MeterLine::Tcp::connected; }, patience));
    }
    ~FullLine() {
        line_.reset();
        ::close(far_end_);
    }
    FullLine(const FullLine&) = delete;
    FullLine& operator=(const FullLine&) = delete;

    /// What becomes of a client that sends these pieces, each when the line has begun to take the one before.
    std::string after(const std::vector<std::size_t>& pieces) {
        reason_.clear();
        const Client client(line_->gateways()[0]->port());
        EXPECT_TRUE(loop_.run_until([this] { return line_->holder() != nullptr; }, patience));
        for (const std::size_t piece : pieces) {
            client.send(std::string(piece, 'x'));
            EXPECT_TRUE(loop_.run_until([this] { return !reason_.empty() || has_octets(); }, patience));
        }
        if (!loop_.run_until([this] { return !reason_.empty(); }, 20ms)) {
            line_->close_gateway_client("stays");
            EXPECT_TRUE(loop_.run_until([this] { return !reason_.empty(); }, patience));
        }
        return reason_;
    }

private:
    bool has_octets() const {
        pollfd wait{far_end_, POLLIN, 0};
        return ::poll(&wait, 1, 0) == 1;
    }
    MeterLine::Owner owner() {
        return {.on_event = [](const auto&) {},
                .on_up = [](MeterLine&) {},
                .on_lost = [](MeterLine&, const std::string&) {},
                .on_refused = [](MeterLine&, const std::string& why) { ADD_FAILURE() << why; },
                .on_client = [](MeterLine&, const Gateway&) {},
                .on_client_left = [this](MeterLine&, const Gateway&, const std::string& why) { reason_ = why; },
                .on_gateway_failed = [](MeterLine&, const std::string& why) { ADD_FAILURE() << why; },
                .on_lock_limit = [](MeterLine&) {},
                .on_frame = [](MeterLine&, bool, Octets) {},
                .barred = [] { return std::nullopt; }};
    }

    net::EventLoop loop_;
    int far_end_;
    std::string reason_;
    std::unique_ptr<MeterLine> line_;
};

TEST(MeterLine, KeepsNoMoreForASerialLineThanItsBufferSize) {
    constexpr auto too_much = "sends more than the line takes";
    EXPECT_EQ(FullLine(300).after({300}), "stays");
    EXPECT_EQ(FullLine(300).after({301}), too_much);
    // The system takes some thousands: the rest waits here, and counts with what comes later.
    EXPECT_EQ(FullLine(65'000).after({60'000}), "stays");
    EXPECT_EQ(FullLine(65'000).after({60'000, 30'000}), too_much);
    EXPECT_EQ(FullLine(95'000).after({60'000, 30'000}), "stays");
}

TEST(MeterLine, KeepsNoMoreForAClientThanItsLimit) {
    net::EventLoop loop;
    std::string reason;
    config::MeterGateway config;
    config.port = 0;
    Gateway gateway(loop, config,
                    {.on_client = [](Gateway&) { return std::string(); },
                     .on_octets = [](Gateway&, Octets) {},
                     .on_left = [&](Gateway&, const std::string& why) { reason = why; }});
    ASSERT_TRUE(gateway.open());
    const Client client(gateway.port());
    ASSERT_TRUE(loop.run_until([&] { return gateway.has_client(); }, patience));
    const OctetBuffer octets(300);
    gateway.give(octets, 300);
    loop.run_until([] { return false; }, 10ms);
    EXPECT_EQ(reason, "");
    gateway.give(Octets(octets).first(200), 300);
    gateway.give(Octets(octets).first(101), 300);
    ASSERT_TRUE(loop.run_until([&] { return !reason.empty(); }, patience));
    EXPECT_EQ(reason, "does not take what the line says");
}

}  // namespace
}  // namespace busbar::connector
