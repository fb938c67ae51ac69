#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace busbar::store {

/// What became of the commands of one `submit`.
struct Batch {
    static constexpr std::size_t failures_kept = 32;
    struct Failure {
        std::size_t index;  // of the command in its batch
        std::string text;   // "WRONGTYPE Operation against a key …"
    };

    std::size_t good = 0;
    std::size_t failed = 0;             // answered with an error
    std::span<const Failure> failures;  // the first of them
    std::size_t lost = 0;               // not answered: whether they were executed is unknown
    std::string_view lost_reason;
    bool is_good() const { return failed == 0 && lost == 0; }
};

}  // namespace busbar::store
