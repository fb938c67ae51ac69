#pragma once

#include <cstdint>
#include <string_view>

namespace busbar::store {

/// What an error reply means for what was asked (rule 1 of the design).
enum class ErrorKind : std::uint8_t {
    transient,  // the store as a whole cannot at present: ask again later
    permanent,  // it will never do this for this key: going on asking would block a line
};

/// `text` as the store sent it, with or without the leading "-": "OOM command not allowed when …". What names a fault
/// of one key (WRONGTYPE, NOPERM, ERR) is permanent, everything else - also codes of stores to come - transient.
ErrorKind kind_of_error(std::string_view text);

}  // namespace busbar::store
