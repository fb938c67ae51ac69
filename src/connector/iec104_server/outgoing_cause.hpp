#pragma once

#include <cstdint>

#include "iec60870/asdu/type_table.hpp"

namespace busbar::connector {

/// How the cause of a stored point goes out (option `cause`, requirement SC-11).
enum class CausePolicy : std::uint8_t {
    standard,  // 1, 2, 3, 11, 12 where the type permits them; everything else as 3
    verbatim,  // what is stored
};

struct Outgoing {
    iec60870::Cause cause;
    bool by_itself;  // false: becomes the present value, nothing is sent
};

/// `stored`: the cause in the store (0-63). `unchanged`: an interrogated value equal to the one before
/// ("changed":false); such entries are not sent by themselves, except counters (37-41).
Outgoing outgoing(const iec60870::TypeDescription& type, std::uint8_t stored, bool unchanged, CausePolicy policy);

}  // namespace busbar::connector
