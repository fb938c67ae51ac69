#include "busbar/conceal.hpp"

#include <cstring>
#include <string_view>

namespace busbar::program {

namespace {

constexpr std::string_view secret_flag = "--pwd", url_flag = "--store";

void overwrite(char* text) { std::memset(text, 'x', std::strlen(text)); }

/// Of "redis://user:password@host" what stands between the colon and the at.
void overwrite_password(char* text) {
    const std::string_view url(text);
    const auto scheme = url.find("://"), at = url.rfind('@');
    if (scheme == std::string_view::npos || at == std::string_view::npos) return;
    const auto colon = url.find(':', scheme + 3);
    if (colon < at) std::memset(text + colon + 1, 'x', at - colon - 1);
}

}  // namespace

void conceal_secrets(int argc, char** argv) {
    for (int index = 1; index < argc; ++index) {
        const std::string_view argument = argv[index];
        if (argument == secret_flag && index + 1 < argc)
            overwrite(argv[++index]);
        else if (argument.starts_with(secret_flag) && argument.substr(secret_flag.size()).starts_with('='))
            overwrite(argv[index] + secret_flag.size() + 1);
        else if (argument == url_flag && index + 1 < argc)
            overwrite_password(argv[++index]);
        else if (argument.starts_with(url_flag) && argument.substr(url_flag.size()).starts_with('='))
            overwrite_password(argv[index]);
    }
}

}  // namespace busbar::program
