#include "manage/rest/point_path.hpp"

#include <charconv>

namespace busbar::manage {

namespace {

template <class Integer>
bool read(const std::string& text, Integer most, Integer& value) {
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    return read.ec == std::errc{} && read.ptr == end && value <= most;
}

}  // namespace

Outcome<PointAddress> point_address(const Call& call) {
    PointAddress address;
    if (!read<std::uint16_t>(call.at("casdu"), 65535, address.casdu))
        return refuse(Problem::Kind::invalid, "invalid_address", "the CASDU is a whole number in 0 … 65535");
    if (!read<std::uint32_t>(call.at("ioa"), 0xFFFFFF, address.ioa))
        return refuse(Problem::Kind::invalid, "invalid_address", "the IOA is a whole number in 0 … 16777215");
    return address;
}

}  // namespace busbar::manage
