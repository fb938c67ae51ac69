#include "connector/common/counters.hpp"

namespace busbar::connector {

iec104::LinkCounters sum(const iec104::LinkCounters& left, const iec104::LinkCounters& right) {
    iec104::LinkCounters total = left;
    total.i_sent += right.i_sent;
    total.i_received += right.i_received;
    total.s_sent += right.s_sent;
    total.s_received += right.s_received;
    total.u_sent += right.u_sent;
    total.u_received += right.u_received;
    total.ignored += right.ignored;
    total.t1_expired += right.t1_expired;
    total.t2_expired += right.t2_expired;
    total.t3_expired += right.t3_expired;
    total.octets_sent += right.octets_sent;
    total.octets_received += right.octets_received;
    return total;
}

}  // namespace busbar::connector
