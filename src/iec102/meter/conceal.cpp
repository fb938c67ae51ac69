#include "iec102/meter/conceal.hpp"

#include <algorithm>

#include "iec102/meter/asdu.hpp"

namespace busbar::iec102 {
namespace {

constexpr std::size_t body_at = 7 + asdu_header_size;  // of a frame of variable length

template <Described Element>
void conceal_in(OctetBuffer& frame) {
    const Element element{};
    iec60870::for_each_leaf(element, [&](auto field, const auto& member) {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, Password>) {
            const std::size_t begin = body_at + field.first_bit / 8,
                              end = std::min(frame.size(), begin + field.width / 8);
            for (std::size_t at = begin; at < end; ++at) frame[at] = 0;
        }
    });
}

}  // namespace

void conceal_password(OctetBuffer& frame) {
    if (frame.size() <= body_at || frame[0] != variable_start) return;
    if (frame[7] == static_cast<Octet>(TypeId::start_session)) conceal_in<Login>(frame);
    if (frame[7] == static_cast<Octet>(TypeId::point_parameters)) conceal_in<PointParameters>(frame);
}

}  // namespace busbar::iec102
