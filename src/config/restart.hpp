#pragma once

#include <type_traits>

#include "config/table/option.hpp"

namespace busbar::config {

/// True if a row marked `restarts` differs.
template <Described Struct>
bool differs_where_it_restarts(const Struct& one, const Struct& other) {
    bool differs = false;
    for_each_option<Struct>([&](const auto& option) {
        const auto& left = one.*option.member;
        const auto& right = other.*option.member;
        if (option.marks & restarts)
            differs = differs || !(left == right);
        else if constexpr (Described<std::remove_cvref_t<decltype(left)>>)
            differs = differs || differs_where_it_restarts(left, right);
    });
    return differs;
}

}  // namespace busbar::config
