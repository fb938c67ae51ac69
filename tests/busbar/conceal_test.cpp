#include "busbar/conceal.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace busbar::program {
namespace {

std::vector<std::string> concealed(std::vector<std::string> arguments) {
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    conceal_secrets(static_cast<int>(pointers.size()), pointers.data());
    return arguments;
}

using Words = std::vector<std::string>;

TEST(Conceal, OverwritesPasswordsAndNothingElse) {
    EXPECT_EQ(concealed({"busbar", "redis", "--pwd", "secret", "--host", "a"}),
              (Words{"busbar", "redis", "--pwd", "xxxxxx", "--host", "a"}));
    EXPECT_EQ(concealed({"busbar", "--pwd=secret"}), (Words{"busbar", "--pwd=xxxxxx"}));
    EXPECT_EQ(concealed({"busbar", "--pwd-file", "secret"}), (Words{"busbar", "--pwd-file", "secret"}));
    EXPECT_EQ(concealed({"busbar", "--pwd"}), (Words{"busbar", "--pwd"}));
    EXPECT_EQ(concealed({"busbar", "--pwd", "a", "--pwd", "b"}), (Words{"busbar", "--pwd", "x", "--pwd", "x"}));
}

}  // namespace
}  // namespace busbar::program
