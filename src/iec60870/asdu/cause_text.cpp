#include "iec60870/asdu/cause_text.hpp"

#include <array>
#include <string_view>

namespace busbar::iec60870 {
namespace {

constexpr std::array<std::string_view, 17> first_causes{
    "not used",
    "periodic",
    "background scan",
    "spontaneous",
    "initialized",
    "request",
    "activation",
    "activation confirmation",
    "deactivation",
    "deactivation confirmation",
    "activation termination",
    "return information, remote command",
    "return information, local command",
    "file transfer",
    "authentication",
    "session key maintenance",
    "role and update key maintenance",
};

}  // namespace

std::string cause_text(Cause cause) {
    const auto number = static_cast<unsigned>(cause);
    if (number < first_causes.size()) return std::string{first_causes[number]};
    if (number == 20) return "interrogated by station";
    if (number >= 21 && number <= 36) return "interrogated by group " + std::to_string(number - 20);
    if (number == 37) return "general counter request";
    if (number >= 38 && number <= 41) return "counter group " + std::to_string(number - 37);
    if (number == 44) return "unknown type identification";
    if (number == 45) return "unknown cause";
    if (number == 46) return "unknown common address";
    if (number == 47) return "unknown information object address";
    return (number < 48 ? "reserved " : "special use ") + std::to_string(number);
}

}  // namespace busbar::iec60870
