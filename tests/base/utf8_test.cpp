#include "base/utf8.hpp"

#include <gtest/gtest.h>

namespace busbar {
namespace {

TEST(Utf8, IsExact) {
    for (const std::string_view wrong :
         {"\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xC3"})
        EXPECT_EQ(first_not_utf8(wrong), 0u);
    EXPECT_EQ(first_not_utf8("a\xF4\x8F\xBF\xBF\xED\x9F\xBF"), std::string_view::npos);
}

}  // namespace
}  // namespace busbar
