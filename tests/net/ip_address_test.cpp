#include "net/ip_address.hpp"

#include <gtest/gtest.h>

namespace busbar::net {
namespace {

IpAddress address(std::string_view text) { return IpAddress::parse(text).value(); }

TEST(IpAddress, IsWrittenAsItIsRead) {
    for (const auto* text : {"10.1.0.7", "0.0.0.0", "255.255.255.255", "::1", "::", "fe80::1:2"}) {
        EXPECT_EQ(address(text).to_string(), text);
    }
}

TEST(IpAddress, IsTheIpv4AddressThatCameThroughAnIpv6Socket) {
    EXPECT_EQ(address("::ffff:10.1.0.7"), address("10.1.0.7"));
}

TEST(IpAddress, RefusesWhatIsNone) {
    for (const auto* text : {"", "10.1.0", "10.1.0.256", "10.1.0.7 ", "rtu-1", "::g"}) {
        EXPECT_FALSE(IpAddress::parse(text)) << text;
    }
}

TEST(PeerAddress, KeepsPortAndAddressApart) {
    EXPECT_EQ((PeerAddress{address("10.1.0.7"), 2404}).to_string(), "10.1.0.7:2404");
    EXPECT_EQ((PeerAddress{address("::1"), 2404}).to_string(), "[::1]:2404");
}

TEST(AllowList, PermitsEveryoneWhenEmpty) { EXPECT_TRUE(AllowList().permits(address("10.1.0.7"))); }

TEST(AllowList, PermitsAddressesAndNetworks) {
    struct Row {
        const char* entry;
        const char* client;
        bool permitted;
    };
    for (const Row& row : std::initializer_list<Row>{{"10.1.0.7", "10.1.0.7", true},
                                                     {"10.1.0.7", "10.1.0.8", false},
                                                     {"10.1.0.0/16", "10.1.255.1", true},
                                                     {"10.1.0.0/16", "10.2.0.1", false},
                                                     {"10.1.2.128/25", "10.1.2.127", false},
                                                     {"10.1.2.128/25", "10.1.2.129", true},
                                                     {"0.0.0.0/0", "192.0.2.1", true},
                                                     {"0.0.0.0/0", "::1", false},
                                                     {"::1", "::1", true},
                                                     {"::/0", "10.1.0.7", false},
                                                     {"2001:db8::/33", "2001:db8:7fff::1", true},
                                                     {"2001:db8::/33", "2001:db8:8000::1", false},
                                                     {"10.1.0.7", "::ffff:10.1.0.7", true}}) {
        const auto list = AllowList::parse({"192.168.7.7", row.entry}).value();
        EXPECT_EQ(list.permits(address(row.client)), row.permitted) << row.entry << " " << row.client;
    }
}

TEST(AllowList, NamesTheEntryThatMakesNoSense) {
    for (const auto* entry : {"10.1.0.0/33", "10.1.0.0/", "10.1.0.0/x", "::/129", "10.1/16", "10.1.0.0/-1", "scada"}) {
        const auto list = AllowList::parse({"10.1.0.7", entry});
        ASSERT_FALSE(list) << entry;
        EXPECT_NE(list.error().what.find(std::string("'") + entry + "'"), std::string::npos) << list.error().what;
    }
}

}  // namespace
}  // namespace busbar::net
