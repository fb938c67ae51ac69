#include "iec104/link/link.hpp"

namespace busbar::iec104 {
namespace {

std::optional<std::string> outside(std::string_view name, std::int64_t value, std::int64_t least,
                                   std::int64_t greatest) {
    if (value >= least && value <= greatest) return std::nullopt;
    return std::string(name) + " = " + std::to_string(value) + " is not within " + std::to_string(least) + " to " +
           std::to_string(greatest);
}

}  // namespace

std::optional<std::string> check(const LinkConfig& config) {
    if (auto wrong = outside("t1", config.t1.count(), 1, 255)) return wrong;
    if (auto wrong = outside("t2", config.t2.count(), 1, 255)) return wrong;
    if (auto wrong = outside("t3", config.t3.count(), 1, 172800)) return wrong;
    if (auto wrong = outside("k", config.k, 1, sequence_modulus - 1)) return wrong;
    if (auto wrong = outside("w", config.w, 1, sequence_modulus - 1)) return wrong;
    if (config.t2 >= config.t1)
        return "t2 = " + std::to_string(config.t2.count()) +
               " must be smaller than t1 = " + std::to_string(config.t1.count());
    if (config.w > config.k)
        return "w = " + std::to_string(config.w) + " must not be greater than k = " + std::to_string(config.k);
    return std::nullopt;
}

}  // namespace busbar::iec104
