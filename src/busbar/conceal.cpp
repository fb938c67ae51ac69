#include "busbar/conceal.hpp"

#include <cstring>
#include <string_view>

namespace busbar::program {

namespace {

constexpr std::string_view secret_flag = "--pwd";

void overwrite(char* text) { std::memset(text, 'x', std::strlen(text)); }

}  // namespace

void conceal_secrets(int argc, char** argv) {
    for (int index = 1; index < argc; ++index) {
        const std::string_view argument = argv[index];
        if (argument == secret_flag && index + 1 < argc)
            overwrite(argv[++index]);
        else if (argument.starts_with(secret_flag) && argument.substr(secret_flag.size()).starts_with('='))
            overwrite(argv[index] + secret_flag.size() + 1);
    }
}

}  // namespace busbar::program
