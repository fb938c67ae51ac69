#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace busbar::manage {

/// Why something was not done. `code` is a stable word for programs, `detail` a sentence for people.
struct Problem {
    enum class Kind : std::uint8_t {
        invalid,            // what was given makes no sense; `faults` says where
        not_logged_in,      // nobody, or nobody any more
        forbidden,          // not with these rights
        not_found,          // no such thing
        conflict,           // does not go with what is there
        changed_meanwhile,  // If-Match names another version than the present one
        too_large,
        too_many,     // requests of this kind; later again
        unavailable,  // the store or a connector is away
        failed,       // the machine's fault: a full disk, a damaged database
    };
    struct Fault {
        std::string where, what;  // "network.port", "0 is not in 1 … 65535"
    };

    Kind kind;
    std::string code, detail;
    std::vector<Fault> faults = {};
};

template <class Value>
using Outcome = tl::expected<Value, Problem>;

inline tl::unexpected<Problem> refuse(Problem::Kind kind, std::string code, std::string detail,
                                      std::vector<Problem::Fault> faults = {}) {
    return tl::make_unexpected(Problem{kind, std::move(code), std::move(detail), std::move(faults)});
}

}  // namespace busbar::manage
