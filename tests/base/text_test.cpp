#include "base/text.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace busbar {
namespace {

template <class Number>
std::string text_of(Number number) {
    char text[max_number_size];
    return {text, write_number(text, number)};
}

TEST(NumberText, IsTheShortestThatReadsBackTheSame) {
    EXPECT_EQ(text_of(0.1f), "0.1");
    EXPECT_EQ(text_of(23.5), "23.5");
    EXPECT_EQ(text_of(-42), "-42");
    EXPECT_EQ(text_of(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
    EXPECT_EQ(text_of(std::numeric_limits<double>::denorm_min()), "5e-324");
}

}  // namespace
}  // namespace busbar
