#pragma once

#include <cstddef>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace busbar {

/// What is wrong, for a person, and where: the offset of the first offending octet or character if there is one.
struct Error {
    static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

    std::string what;
    std::size_t at = nowhere;
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(std::string what, std::size_t at = Error::nowhere) {
    return tl::make_unexpected(Error{std::move(what), at});
}

/// An invariant of ours, checked in release builds too: better restarted than wrong.
void require(bool invariant, const char* sentence);

}  // namespace busbar
