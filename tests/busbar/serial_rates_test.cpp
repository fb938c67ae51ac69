#include <gtest/gtest.h>

#include "config/meter.hpp"
#include "net/serial_settings.hpp"

#include <termios.h>

namespace busbar {
namespace {

TEST(SerialRates, ThatConfigurationsMayHaveAreThoseOfThePorts) {
    EXPECT_EQ(config::baud_rates().size(), 30u);
    for (const std::uint32_t baud : config::baud_rates()) EXPECT_TRUE(net::serial_attributes({.baud = baud})) << baud;
}

}  // namespace
}  // namespace busbar
