#include "sim/scada/command_request.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <concepts>

#include "iec104/station/command_words.hpp"
#include "iec60870/asdu/visit.hpp"
#include "sim/wire/words.hpp"

namespace busbar::sim {
namespace {

using iec60870::TypeId;

using iec104::command_without_time_tag;

std::optional<double> read_value(TypeId type, std::string_view word) {
    const TypeId base = command_without_time_tag(type);
    const bool from_one = base == 46 || base == 47;  // 1 off or lower, 2 on or higher
    if (word == "off" || word == "lower") return from_one ? 1 : 0;
    if (word == "on" || word == "higher") return from_one ? 2 : 1;
    return read_number<double>(word);
}

/// What an element of `type` can carry of this value.
bool fits(TypeId type, double value) {
    switch (command_without_time_tag(type)) {
        case 45: return value == 0 || value == 1;
        case 46:
        case 47: return value >= 0 && value <= 3 && value == std::floor(value);
        case 48:
        case 110: return value >= -1 && value <= 1;
        case 49:
        case 111: return value >= -32768 && value <= 32767 && value == std::floor(value);
        case 51: return value >= 0 && value <= 4294967295.0 && value == std::floor(value);
        case 113: return value >= 0 && value <= 255 && value == std::floor(value);
        default: return true;
    }
}

struct Composer {
    const CommandRequest& request;
    bool select;
    UtcTime time;

    template <class FieldOf, class Member>
    void operator()(FieldOf, Member& member) {
        if constexpr (std::same_as<Member, iec60870::Cp56Time2a>) {
            member = iec60870::make_cp56(iec60870::StationTime(time.time_since_epoch()));
        } else if constexpr (FieldOf::key == "select") {
            member = select;
        } else if constexpr (FieldOf::key == "qualifier") {
            member = static_cast<Member>(request.qualifier);
        } else if constexpr (FieldOf::key == "value" && std::same_as<Member, iec60870::Fraction>) {
            member.raw = static_cast<std::int16_t>(std::clamp(std::round(request.value * 32768), -32768.0, 32767.0));
        } else if constexpr (FieldOf::key == "value") {
            member = static_cast<Member>(request.value);
        }
    }
};

}  // namespace

Result<CommandRequest> parse_command(std::string_view text) {
    const std::vector<std::string_view> words = split_words(text);
    if (words.size() < 4) return fail("a command needs TYPE CASDU IOA VALUE");
    CommandRequest request;
    const auto type = read_number<unsigned>(words[0]);
    request.type = static_cast<TypeId>(type.value_or(0) & 0xff);
    if (request.type != type || !(iec104::is_command(request.type) || iec104::is_parameter(request.type)))
        return fail(fmt::format("\"{}\" is no command type (45-51, 58-64, 110-113)", words[0]));
    const auto casdu = read_number<unsigned>(words[1]);
    if (!casdu || *casdu < 1 || *casdu > 65535) return fail(fmt::format("\"{}\" is no common address", words[1]));
    request.common_address = static_cast<iec60870::CommonAddress>(*casdu);
    const auto ioa = read_number<unsigned>(words[2]);
    if (!ioa || *ioa > 16777215) return fail(fmt::format("\"{}\" is no information object address", words[2]));
    request.ioa = *ioa;
    const auto value = read_value(request.type, words[3]);
    if (!value || !fits(request.type, *value))
        return fail(fmt::format("\"{}\" is no value of type {}", words[3], *type));
    request.value = *value;
    for (const std::string_view word : std::span(words).subspan(4)) {
        using enum CommandRequest::Mode;
        constexpr std::array<std::pair<std::string_view, CommandRequest::Mode>, 4> modes{
            {{"direct", direct}, {"select", select}, {"select-only", select_only}, {"cancel", cancel}}};
        const auto mode = std::ranges::find(modes, word, [](const auto& entry) { return entry.first; });
        const auto qualifier = word.starts_with("qualifier=") ? read_number<unsigned>(word.substr(10)) : std::nullopt;
        if (mode != modes.end()) {
            request.mode = mode->second;
        } else if (qualifier && *qualifier <= 127) {
            request.qualifier = *qualifier;
        } else if (word == "test") {
            request.test = true;
        } else {
            return fail(fmt::format("\"{}\": neither a mode, nor qualifier=0 to 127, nor test", word));
        }
    }
    return request;
}

Octets encode_command(const CommandRequest& request, bool select, iec60870::Cause cause, std::uint8_t originator,
                      UtcTime time, iec60870::AsduWriter& writer) {
    std::array<Octet, 24> element{};
    const unsigned size = iec60870::compose_element(request.type, element, Composer{request, select, time});
    iec60870::AsduHeader header;
    header.type = request.type;
    header.cause = cause;
    header.test = request.test;
    header.originator = originator;
    header.common_address = request.common_address;
    writer.start(header);
    writer.add(request.ioa, Octets(element).first(size));
    return writer.octets();
}

}  // namespace busbar::sim
