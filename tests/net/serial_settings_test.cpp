#include "net/serial_settings.hpp"

#include <gtest/gtest.h>

#include <termios.h>

#include <array>
#include <utility>

namespace busbar::net {
namespace {

constexpr tcflag_t parity_bits = PARENB | PARODD | CMSPAR;

TEST(SerialSettings, TellTheSystemEveryCombination) {
    constexpr std::array<tcflag_t, 4> sizes{CS5, CS6, CS7, CS8};
    constexpr std::array<std::pair<Parity, tcflag_t>, 5> parities{{{Parity::none, 0},
                                                                   {Parity::even, PARENB},
                                                                   {Parity::odd, PARENB | PARODD},
                                                                   {Parity::mark, PARENB | PARODD | CMSPAR},
                                                                   {Parity::space, PARENB | CMSPAR}}};
    for (std::uint8_t data_bits = 5; data_bits <= 8; ++data_bits) {
        for (std::uint8_t stop_bits = 1; stop_bits <= 2; ++stop_bits) {
            for (const auto& [parity, flags] : parities) {
                const SerialSettings settings{9600, data_bits, stop_bits, parity};
                SCOPED_TRACE(to_string(settings));
                const auto attributes = serial_attributes(settings);
                ASSERT_TRUE(attributes);
                EXPECT_EQ(attributes->c_cflag & CSIZE, sizes[data_bits - 5u]);
                EXPECT_EQ((attributes->c_cflag & CSTOPB) != 0, stop_bits == 2);
                EXPECT_EQ(attributes->c_cflag & parity_bits, flags);
                EXPECT_EQ((attributes->c_iflag & INPCK) != 0, parity != Parity::none);
            }
        }
    }
}

TEST(SerialSettings, TellTheSystemTheSpeed) {
    constexpr std::array<std::pair<std::uint32_t, speed_t>, 8> speeds{{{50, B50},
                                                                       {300, B300},
                                                                       {1200, B1200},
                                                                       {9600, B9600},
                                                                       {19200, B19200},
                                                                       {38400, B38400},
                                                                       {115200, B115200},
                                                                       {4000000, B4000000}}};
    for (const auto& [baud, speed] : speeds) {
        const auto attributes = serial_attributes({.baud = baud});
        ASSERT_TRUE(attributes) << baud;
        EXPECT_EQ(cfgetospeed(&*attributes), speed) << baud;
        EXPECT_EQ(cfgetispeed(&*attributes), speed) << baud;
    }
}

TEST(SerialSettings, RefuseWhatNoPortHas) {
    EXPECT_EQ(serial_attributes({.baud = 9601}).error().what, "9601 baud is no speed that a port has");
    EXPECT_EQ(serial_attributes({.baud = 14400}).error().what, "14400 baud is no speed that a port has");
    EXPECT_EQ(serial_attributes({.baud = 0}).error().what, "0 baud is no speed that a port has");
    EXPECT_EQ(serial_attributes({.data_bits = 4}).error().what, "4 data bits must be 5-8");
    EXPECT_EQ(serial_attributes({.data_bits = 9}).error().what, "9 data bits must be 5-8");
    EXPECT_EQ(serial_attributes({.stop_bits = 0}).error().what, "0 stop bits must be 1 or 2");
    EXPECT_EQ(serial_attributes({.stop_bits = 3}).error().what, "3 stop bits must be 1 or 2");
}

TEST(SerialSettings, LeaveOctetsAsTheyAre) {
    const auto attributes = serial_attributes({});
    ASSERT_TRUE(attributes);
    EXPECT_EQ(attributes->c_lflag, 0u);  // no lines, no echo, no signals
    EXPECT_EQ(attributes->c_oflag, 0u);  // no CR for LF
    EXPECT_EQ(attributes->c_iflag & (IXON | IXOFF | ICRNL | INLCR | ISTRIP | PARMRK), 0u);
    EXPECT_EQ(attributes->c_cflag & CRTSCTS, 0u);
    EXPECT_EQ(attributes->c_cflag & (CLOCAL | CREAD), CLOCAL | CREAD);
}

TEST(SerialSettings, SayWhatAPortHasNotTaken) {
    const SerialSettings settings{19200, 7, 2, Parity::mark};
    const termios told = *serial_attributes(settings);
    EXPECT_EQ(not_taken(told, told, settings), "");
    const auto changed = [&](tcflag_t away, tcflag_t instead = 0) {
        termios in_force = told;
        in_force.c_cflag = (in_force.c_cflag & ~away) | instead;
        return not_taken(told, in_force, settings);
    };
    EXPECT_EQ(changed(CSIZE, CS8), "7 data bits");
    EXPECT_EQ(changed(CSTOPB), "2 stop bits");
    EXPECT_EQ(changed(PARENB), "parity mark");
    EXPECT_EQ(changed(CMSPAR), "parity mark");
    termios slower = told;
    cfsetospeed(&slower, B9600);
    EXPECT_EQ(not_taken(told, slower, settings), "19200 baud");
}

TEST(SerialSettings, AreWrittenAsManualsWriteThem) {
    EXPECT_EQ(to_string(SerialSettings{}), "9600-8N1");
    EXPECT_EQ(to_string(SerialSettings{300, 7, 2, Parity::even}), "300-7E2");
    EXPECT_EQ(to_string(SerialSettings{1200, 5, 1, Parity::mark}), "1200-5M1");
    EXPECT_EQ(to_string(SerialSettings{1200, 6, 1, Parity::odd}), "1200-6O1");
    EXPECT_EQ(to_string(SerialSettings{1200, 6, 1, Parity::space}), "1200-6S1");
}

TEST(SerialSettings, SayWhatACharacterTakes) {
    EXPECT_EQ(octet_time({9600, 8, 1, Parity::none}).count(), 1'041'666);  // 10 bits
    EXPECT_EQ(octet_time({9600, 8, 1, Parity::even}).count(), 1'145'833);  // 11
    EXPECT_EQ(octet_time({300, 7, 2, Parity::mark}).count(), 36'666'666);  // 11
    EXPECT_EQ(octet_time({1000, 5, 1, Parity::none}).count(), 7'000'000);  // 7
}

}  // namespace
}  // namespace busbar::net
