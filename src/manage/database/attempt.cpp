#include "manage/database/attempt.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <exception>

namespace busbar::manage {

bool attempt(std::string_view what, const std::function<void()>& work) {
    try {
        work();
        return true;
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}: {}\n", what, error.what());
        return false;
    }
}

}  // namespace busbar::manage
