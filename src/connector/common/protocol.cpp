#include "connector/common/protocol.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace busbar::connector {

iec60870::AsduFormat asdu_format(const config::Protocol& protocol) {
    iec60870::AsduFormat format{protocol.cot_size, protocol.ca_size, protocol.ioa_size, protocol.asdu_max};
    for (std::size_t i = 0; i < std::min(format.private_types.size(), protocol.private_types.size()); ++i)
        format.private_types[i] = {protocol.private_types[i].type, protocol.private_types[i].size};
    return format;
}

iec104::LinkConfig link_config(const config::Protocol& protocol) {
    iec104::LinkConfig link;
    link.t1 = protocol.t1;
    link.t2 = protocol.t2;
    link.t3 = protocol.t3;
    link.k = protocol.k;
    link.w = protocol.w;
    link.shortest_asdu = static_cast<std::uint8_t>(asdu_format(protocol).header_size());
    return link;
}

Result<void> check_address(const iec60870::AsduFormat& format, std::uint16_t casdu, std::uint32_t ioa) {
    const std::uint32_t greatest_casdu = format.common_address_size == 1 ? 254 : 65534;
    const std::uint32_t greatest_ioa = (std::uint32_t{1} << (8 * format.ioa_size)) - 1;
    if (casdu == 0 || casdu > greatest_casdu) {
        return fail(fmt::format("casdu {} cannot be sent: 1-{}", casdu, greatest_casdu));
    }
    if (ioa == 0 || ioa > greatest_ioa) return fail(fmt::format("ioa {} cannot be sent: 1-{}", ioa, greatest_ioa));
    return {};
}

}  // namespace busbar::connector
