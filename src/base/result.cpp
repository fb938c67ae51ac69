#include "base/result.hpp"

#include <cstdio>
#include <cstdlib>

namespace busbar {

void require(bool invariant, const char* sentence) {
    if (invariant) return;
    std::fprintf(stderr, "busbar: invariant broken: %s\n", sentence);
    std::abort();
}

}  // namespace busbar
